"""What billing consists of: its routes, its tables, its migrations, its event handlers."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from services.billing import checks
from services.billing.catalogue import routes as catalogue_routes
from services.billing.charges import routes as charge_routes
from services.billing.client_accounts import routes as account_routes
from services.billing.client_accounts.queries import beside_client, visible_client
from services.billing.client_ledgers import routes as ledger_routes
from services.billing.client_merges import routes as merge_routes
from services.billing.copies.models import ClientCopy
from services.billing.copies.queries import posting_day
from services.billing.corrections import routes as correction_routes
from services.billing.drafts import routes as draft_routes
from services.billing.invoice_lists import routes as invoice_list_routes
from services.billing.invoices import routes as invoice_routes
from services.billing.issuing import routes as issuing_routes
from services.billing.payment_corrections import routes as payment_correction_routes
from services.billing.payments import routes as payment_routes
from services.billing.rates import routes as rate_routes
from services.billing.setup import routes as setup_routes
from services.billing.subscriptions import HANDLERS
from services.billing.tables import Base
from services.billing.unbilled_sessions import routes as unbilled_routes
from services.billing.write_offs import routes as write_off_routes
from shared.service import Service
from shared.web import tags
from shared.web.merged_clients import KnownClients
from shared.web.routes import under

ROUTES = (
    *under(tags.SERVICES, catalogue_routes.ROUTES, rate_routes.ROUTES, charge_routes.ROUTES),
    *under(
        tags.BILLING,
        invoice_list_routes.ROUTES,
        invoice_routes.ROUTES,
        draft_routes.ROUTES,
        issuing_routes.ROUTES,
        correction_routes.ROUTES,
        payment_routes.ROUTES,
        payment_correction_routes.ROUTES,
        write_off_routes.ROUTES,
        ledger_routes.ROUTES,
        account_routes.ROUTES,
        unbilled_routes.ROUTES,
    ),
    *under(tags.CLIENTS, merge_routes.ROUTES),
    *setup_routes.ROUTES,
)
COMMANDS = {"check-books": checks.main}
MIGRATIONS = Path(__file__).parent / "migrations"
SERVICE = Service(
    "billing",
    Base.metadata,
    MIGRATIONS,
    ROUTES,
    HANDLERS,
    today=posting_day,
    commands=COMMANDS,
    clients=KnownClients(ClientCopy, visible_client, beside_client),
)


def create_app() -> Flask:
    """The WSGI application of the web process."""
    return SERVICE.web()
