"""What clients consists of: its routes, its tables, its migrations, its event handlers."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from services.clients.audit_checkpoints.commands import print_checkpoints
from services.clients.care_team import routes as care_team_routes
from services.clients.profiles import routes as profile_routes
from services.clients.setup import routes as setup_routes
from services.clients.subscriptions import HANDLERS
from services.clients.tables import Base
from shared.service import Service
from shared.web import tags
from shared.web.routes import under

ROUTES = under(tags.CLIENTS, profile_routes.ROUTES, care_team_routes.ROUTES, setup_routes.ROUTES)
MIGRATIONS = Path(__file__).parent / "migrations"
COMMANDS = {"audit-checkpoints": print_checkpoints}
SERVICE = Service("clients", Base.metadata, MIGRATIONS, ROUTES, HANDLERS, commands=COMMANDS)


def create_app() -> Flask:
    """The WSGI application of the web process."""
    return SERVICE.web()
