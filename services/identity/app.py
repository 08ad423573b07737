"""What identity consists of: its routes, its tables, its migrations."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from services.identity import checks, config
from services.identity.account_changes import routes as account_change_routes
from services.identity.account_changes.commands import ResetMailer
from services.identity.api_clients import routes as api_client_routes
from services.identity.audit_trail import routes as audit_trail_routes
from services.identity.audit_trail.commands import TrailKeeper
from services.identity.authenticator_enrolment import routes as authenticator_enrolment_routes
from services.identity.cancellation_policies import routes as cancellation_policy_routes
from services.identity.invitations import routes as invitation_routes
from services.identity.leaving import routes as leaving_routes
from services.identity.licences import routes as licence_routes
from services.identity.locations import routes as location_routes
from services.identity.logos import routes as logo_routes
from services.identity.mail.rules import TEMPLATES
from services.identity.organization import routes as organization_routes
from services.identity.passkey_enrolment import routes as passkey_enrolment_routes
from services.identity.passwords.breached_passwords import BreachedPasswords
from services.identity.preferences import routes as preference_routes
from services.identity.profile_versions import routes as profile_version_routes
from services.identity.reauthentication import routes as reauthentication_routes
from services.identity.second_factors import routes as second_factor_routes
from services.identity.sessions import routes as session_routes
from services.identity.setup import routes as setup_routes
from services.identity.sign_up import routes as sign_up_routes
from services.identity.staff import routes as staff_routes
from services.identity.staff_access import routes as staff_access_routes
from services.identity.staff_import import routes as staff_import_routes
from services.identity.staff_list import routes as staff_list_routes
from services.identity.subscriptions import HANDLERS
from services.identity.tables import Base
from shared.data_keys import Rewrapping, mounted_keys
from shared.database.retention import Expired
from shared.files.settings import files_of, store_of
from shared.files.sweep import QUEUE as SWEPT
from shared.files.sweep import Sweep
from shared.keys.sealing import Sealer
from shared.mail.models import EXPIRED as EXPIRED_MAIL
from shared.mail.sender import QUEUE as MAIL
from shared.mail.sender import Sender
from shared.service import Part, Service
from shared.settings import Environment
from shared.web import tags
from shared.web.routes import under

ROUTES = (
    *under(tags.SIGN_IN, sign_up_routes.ROUTES, session_routes.ROUTES, reauthentication_routes.ROUTES),
    *under(
        tags.ACCOUNT,
        second_factor_routes.ROUTES,
        authenticator_enrolment_routes.ROUTES,
        passkey_enrolment_routes.ROUTES,
        account_change_routes.ROUTES,
        preference_routes.ROUTES,
    ),
    *under(
        tags.SETTINGS,
        organization_routes.ROUTES,
        cancellation_policy_routes.ROUTES,
        profile_version_routes.ROUTES,
        logo_routes.ROUTES,
        location_routes.ROUTES,
        setup_routes.ROUTES,
    ),
    *under(
        tags.STAFF,
        staff_list_routes.ROUTES,
        staff_routes.ROUTES,
        leaving_routes.ROUTES,
        licence_routes.ROUTES,
        invitation_routes.ROUTES,
        staff_import_routes.ROUTES,
        staff_access_routes.ROUTES,
    ),
    *under(tags.PROGRAMS, api_client_routes.ROUTES),
    *under(tags.AUDIT, audit_trail_routes.ROUTES),
)
MIGRATIONS = Path(__file__).parent / "migrations"
BACKGROUND = {
    "mail": Part("jobs", lambda database, environment: Sender("identity", database, environment, TEMPLATES).run, MAIL),
    "files": Part("jobs", lambda database, environment: Sweep("identity", database, store_of(environment)).run, SWEPT),
    "data_keys": Part(
        "jobs", lambda database, environment: Rewrapping("identity", database, mounted_keys(environment)).run
    ),
    "resets": Part("jobs", lambda database, _environment: ResetMailer(database).run),
    "audit": Part("worker", lambda database, _environment: TrailKeeper(database).run),
}
# The newest session of everybody stays: of several accounts of an address, the one that signed in last comes first.
EXPIRED = (
    Expired(
        "sessions",
        "expires_at",
        35,
        "EXISTS (SELECT FROM sessions AS newer WHERE newer.organization_id = sessions.organization_id"
        " AND newer.staff_id = sessions.staff_id AND newer.id > sessions.id)",
    ),
    Expired("mailed_tokens", "expires_at", 35),
    Expired("invitations", "expires_at", 35),
    *EXPIRED_MAIL,
    Expired("known_networks", "last_used_at", 60),
    Expired("known_addresses", "last_used_at", 60),
    Expired("known_devices", "last_used_at", 200),
    Expired("sign_in_failures", "since", 1),
    Expired("api_tokens", "expires_at", 1),
    Expired("api_secrets", "expires_at", 1),
    Expired("reset_requests", "requested_at", 1),
)
COMMANDS = {"verify-audit": checks.main}


def resources_of(environment: Environment) -> config.Resources:
    """From `SECRETS_KEY`, `PUBLIC_URL`, `BREACHED_PASSWORDS_FILE`, `FILES_DIR` and `DATA_KEYS_DIR`.

    Raises `MissingSetting` for one that is wrong.
    """
    return config.Resources(
        Sealer(environment.text("SECRETS_KEY", "")),
        environment.text("PUBLIC_URL", config.PUBLIC_URL),
        BreachedPasswords(environment.text("BREACHED_PASSWORDS_FILE", "")),
        files_of(environment),
    )


SERVICE = Service(
    "identity",
    Base.metadata,
    MIGRATIONS,
    ROUTES,
    HANDLERS,
    background=BACKGROUND,
    resources=resources_of,
    expired=EXPIRED,
    commands=COMMANDS,
)


def create_app() -> Flask:
    """The WSGI application of the web process."""
    return SERVICE.web()
