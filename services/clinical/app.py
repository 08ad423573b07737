"""What clinical consists of: its routes, its tables, its migrations, its event handlers."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from services.clinical.access import routes as access_routes
from services.clinical.agenda import routes as agenda_routes
from services.clinical.attendance import routes as attendance_routes
from services.clinical.break_glass import routes as break_glass_routes
from services.clinical.cases import routes as case_routes
from services.clinical.client_merges import routes as merge_routes
from services.clinical.client_reports import routes as client_report_routes
from services.clinical.copies.models import ClientCopy
from services.clinical.copies.queries import known_client
from services.clinical.corrected_diagnoses import routes as corrected_diagnosis_routes
from services.clinical.diagnoses import routes as diagnosis_routes
from services.clinical.goal_progress import routes as goal_routes
from services.clinical.groups import routes as group_routes
from services.clinical.note_lists import routes as note_list_routes
from services.clinical.notes import routes as note_routes
from services.clinical.open_slots import routes as open_slot_routes
from services.clinical.open_work import routes as open_work_routes
from services.clinical.open_work_counts.commands import OpenWorkCounter
from services.clinical.own_sessions import routes as own_session_routes
from services.clinical.rebooking import routes as rebooking_routes
from services.clinical.requested_bookings.commands import BookingDesk
from services.clinical.requested_bookings.models import EXPIRED as EXPIRED_REQUESTS
from services.clinical.rosters import routes as roster_routes
from services.clinical.setup import routes as setup_routes
from services.clinical.signed_plans import routes as signed_plan_routes
from services.clinical.signing import routes as signing_routes
from services.clinical.subscriptions import HANDLERS
from services.clinical.supervision import routes as supervision_routes
from services.clinical.tables import Base
from services.clinical.treatment_plans import routes as treatment_plan_routes
from services.clinical.visits import routes as visit_routes
from services.clinical.work_items import routes as work_item_routes
from services.clinical.worklist import routes as worklist_routes
from shared.service import Part, Service
from shared.web import tags
from shared.web.merged_clients import KnownClients
from shared.web.routes import under
from shared.work_items.models import EXPIRED as EXPIRED_ITEMS

ROUTES = (
    *under(
        tags.AGENDA,
        agenda_routes.ROUTES,
        attendance_routes.ROUTES,
        rebooking_routes.ROUTES,
        roster_routes.ROUTES,
        visit_routes.ROUTES,
        own_session_routes.ROUTES,
        open_slot_routes.ROUTES,
        group_routes.ROUTES,
    ),
    *under(
        tags.DOCUMENTATION,
        case_routes.ROUTES,
        diagnosis_routes.ROUTES,
        corrected_diagnosis_routes.ROUTES,
        treatment_plan_routes.ROUTES,
        signed_plan_routes.ROUTES,
        goal_routes.ROUTES,
        note_routes.ROUTES,
        note_list_routes.ROUTES,
        signing_routes.ROUTES,
        supervision_routes.ROUTES,
        worklist_routes.ROUTES,
    ),
    *under(tags.CLIENTS, access_routes.ROUTES, client_report_routes.ROUTES, merge_routes.ROUTES),
    *under(tags.EMERGENCY, break_glass_routes.ROUTES),
    *under(tags.STAFF, open_work_routes.ROUTES),
    *under(tags.WORK, work_item_routes.ROUTES),
    *setup_routes.ROUTES,
)
MIGRATIONS = Path(__file__).parent / "migrations"
BACKGROUND = {
    "open_work": Part("worker", lambda database, _environment: OpenWorkCounter(database).run),
    "requested_bookings": Part("worker", lambda database, _environment: BookingDesk(database).run),
}
SERVICE = Service(
    "clinical",
    Base.metadata,
    MIGRATIONS,
    ROUTES,
    HANDLERS,
    background=BACKGROUND,
    expired=(EXPIRED_ITEMS, EXPIRED_REQUESTS),
    clients=KnownClients(ClientCopy, known_client),
)


def create_app() -> Flask:
    """The WSGI application of the web process."""
    return SERVICE.web()
