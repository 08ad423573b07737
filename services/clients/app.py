"""What clients consists of: its routes, its tables, its migrations, its event handlers."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from services.clients.audit_checkpoints.commands import print_checkpoints
from services.clients.bulk_assignments import routes as bulk_assignment_routes
from services.clients.care_team import routes as care_team_routes
from services.clients.client_changes import routes as client_change_routes
from services.clients.client_changes.models import EXPIRED as EXPIRED_CHANGES
from services.clients.client_import import routes as client_import_routes
from services.clients.client_import.models import EXPIRED as EXPIRED_IMPORTS
from services.clients.client_merges import routes as merge_routes
from services.clients.client_reports import routes as client_report_routes
from services.clients.copies.queries import practice_today
from services.clients.dated_addresses import routes as address_routes
from services.clients.duplicates import routes as duplicate_routes
from services.clients.duplicates.finder import PairFinder
from services.clients.families.models import EXPIRED as EXPIRED_MERGES
from services.clients.finding import routes as finding_routes
from services.clients.own_fields import routes as own_field_routes
from services.clients.profile_history import routes as history_routes
from services.clients.profiles import routes as profile_routes
from services.clients.relations import routes as relation_routes
from services.clients.responsible_people import routes as responsible_routes
from services.clients.setup import routes as setup_routes
from services.clients.subscriptions import HANDLERS, JOBS
from services.clients.tables import Base
from services.clients.waiting_offers import routes as offer_routes
from services.clients.work_items import routes as work_item_routes
from shared.jobs.routes import routes_of as job_routes_of
from shared.jobs.tables import EXPIRED as EXPIRED_JOBS
from shared.service import Part, Service
from shared.web import tags
from shared.web.routes import under
from shared.work_items.models import EXPIRED as EXPIRED_ITEMS

ROUTES = (
    *under(
        tags.CLIENTS,
        profile_routes.ROUTES,
        history_routes.ROUTES,
        client_change_routes.ROUTES,
        duplicate_routes.ROUTES,
        merge_routes.ROUTES,
        finding_routes.ROUTES,
        relation_routes.ROUTES,
        offer_routes.ROUTES,
        responsible_routes.ROUTES,
        address_routes.ROUTES,
        own_field_routes.ROUTES,
        care_team_routes.ROUTES,
        bulk_assignment_routes.ROUTES,
        client_import_routes.ROUTES,
        job_routes_of("clients"),
        client_report_routes.ROUTES,
        setup_routes.ROUTES,
    ),
    *under(tags.WORK, work_item_routes.ROUTES),
)
MIGRATIONS = Path(__file__).parent / "migrations"
BACKGROUND = {"client_pairs": Part("jobs", lambda database, _environment: PairFinder(database).run)}
COMMANDS = {"audit-checkpoints": print_checkpoints}
SERVICE = Service(
    "clients",
    Base.metadata,
    MIGRATIONS,
    ROUTES,
    HANDLERS,
    background=BACKGROUND,
    jobs=JOBS,
    expired=(EXPIRED_JOBS, *EXPIRED_IMPORTS, EXPIRED_CHANGES, EXPIRED_MERGES, EXPIRED_ITEMS),
    today=practice_today,
    commands=COMMANDS,
)


def create_app() -> Flask:
    """The WSGI application of the web process."""
    return SERVICE.web()
