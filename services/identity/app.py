"""What identity consists of: its routes, its tables, its migrations."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from services.identity.invitations import routes as invitation_routes
from services.identity.locations import routes as location_routes
from services.identity.organization import routes as organization_routes
from services.identity.sessions import routes as session_routes
from services.identity.sign_up import routes as sign_up_routes
from services.identity.staff import routes as staff_routes
from services.identity.subscriptions import HANDLERS
from services.identity.tables import TABLES
from shared.service import Service

ROUTES = (
    *sign_up_routes.ROUTES,
    *organization_routes.ROUTES,
    *location_routes.ROUTES,
    *staff_routes.ROUTES,
    *invitation_routes.ROUTES,
    *session_routes.ROUTES,
)
MIGRATIONS = Path(__file__).parent / "migrations"
SERVICE = Service("identity", TABLES, MIGRATIONS, ROUTES, HANDLERS)


def create_app() -> Flask:
    """The WSGI application of the web process."""
    return SERVICE.web()
