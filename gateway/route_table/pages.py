"""The pages that the gateway itself serves to browsers. A path that stands in neither table is a 404.

Public pages are counted per address like every public request, for they are large and open to anybody. Somebody
signed in may have a page when they may ask the first row of the API that it asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.row import GATEWAY, PREFIX, Row
from shared.permissions import PUBLIC
from shared.web.limits import JSON_BYTES_MAX, NOTE_BYTES_MAX

_API: Final[Mapping[str, Row]] = MappingProxyType({row.name: row for row in ROUTE_TABLE})


def _public(method: str, path: str, audit: str, *asks: str) -> Row:
    return Row(method, path, GATEWAY, PUBLIC, audit, asks=asks)


def _page(method: str, path: str, *asks: str, body_bytes_max: int = JSON_BYTES_MAX) -> Row:
    first = _API[asks[0]]
    return Row(method, path, GATEWAY, first.permission, first.audit, body_bytes_max, asks=asks)


DOCUMENTS: Final[tuple[Row, ...]] = (
    _public("GET", f"{PREFIX}/openapi.json", "get_api_document"),
    _public("GET", f"{PREFIX}/docs", "get_api_page"),
    _public("GET", f"{PREFIX}/docs.js", "get_api_page_script"),
    _public("GET", f"{PREFIX}/docs.css", "get_api_page_style"),
)
STATIC: Final = _public("GET", "/static/{name}", "get_static_file")
# Where a second factor is set up; while it is demanded, every other page leads there.
SECOND_FACTOR: Final = "/account/second-factor"
SETUP: Final = tuple(f"GET /setup/{service}" for service in ("identity", "clients", "clinical", "billing"))

# What the pages of one member of staff ask.
_PERMISSIONS: Final = (
    "PATCH /staff/{staff_id}",
    "GET /staff/{staff_id}",
    "POST /staff/{staff_id}/access-preview",
    "GET /staff/{staff_id}/access-history",
    "GET /staff",
    "GET /invitations",
)
_PROFILE: Final = (
    "PATCH /staff/{staff_id}",
    "GET /staff/{staff_id}",
    "GET /staff/{staff_id}/licences",
    "GET /staff",
    "GET /invitations",
)
# What the pages of one service ask. The first says who has them: those who change services.
_SERVICE: Final = ("PATCH /service-types/{service_type_id}", "GET /service-types/{service_type_id}")
_LEAVING: Final = ("GET /staff/{staff_id}/open-work", "GET /staff/{staff_id}", "GET /staff", "GET /invitations")
# What each page of the settings shows besides its own: who changed them last. The first row says who has the page.
_SETTINGS: Final = ("GET /organization/history", "GET /organization", "GET /staff")
_LOCATION: Final = (
    "PATCH /locations/{location_id}",
    "GET /locations/{location_id}",
    "GET /locations/{location_id}/billing-profiles",
    "GET /staff",
)
_OPENINGS: Final = ("POST /break-glass/{opening_id}/review", "GET /break-glass", "POST /clients/lookup", "GET /staff")

WEB: Final[tuple[Row, ...]] = (
    # before a session, and at its end
    _public("GET", "/", "get_start_page"),
    _public("GET", "/sign-in", "get_sign_in_page"),
    _public("POST", "/sign-in", "post_session", "POST /sessions"),
    _public("POST", "/sign-in/again", "post_session", "POST /sessions"),
    _public("POST", "/sign-in/passkey-options", "post_passkey_sign_in_options", "POST /sessions/passkey-options"),
    _public("POST", "/sign-in/passkey", "post_session", "POST /sessions/passkey"),
    _public("GET", "/sign-up", "get_sign_up_page"),
    _public("POST", "/sign-up", "post_organization", "POST /organizations", "POST /sessions"),
    # what mails link to
    _public("GET", "/confirm", "get_confirmation_page"),
    _public("POST", "/confirm", "post_organization_confirmation", "POST /organizations/confirm"),
    _public("GET", "/join", "get_join_page"),
    _public("POST", "/join", "post_acceptance", "POST /invitations/accept", "POST /sessions"),
    _public("GET", "/password-reset", "get_password_reset_page"),
    _public("POST", "/password-reset", "post_password_reset", "POST /passwords/reset"),
    _public("POST", "/password-reset/request", "post_reset_request", "POST /passwords/reset-request"),
    _public("GET", "/email-change", "get_email_change_page"),
    _public("POST", "/email-change", "post_email_confirmation", "POST /email-changes/confirm"),
    _page("GET", "/session", "GET /me"),
    _page("POST", "/sign-out", "DELETE /sessions/current"),
    # what everybody has
    _page("GET", "/home", "GET /me", *SETUP),
    _page("POST", "/home/setup", "PATCH /me/preferences"),
    _page("POST", "/home/confirmation", "POST /organization/confirmation"),
    _page("POST", "/home/just-me", "PATCH /organization", "GET /organization"),
    _page("GET", "/activity", "GET /audit/entries", "GET /staff", "POST /clients/lookup"),
    _page("GET", "/activity/export", "GET /audit/export"),
    # one's own account
    _page("GET", "/account", "GET /me"),
    _page("POST", "/account/profile", "PATCH /me"),
    _page("POST", "/account/preferences", "PATCH /me/preferences"),
    _page("GET", "/account/security", "GET /me/sessions", "GET /me/second-factors"),
    _page("POST", "/account/password", "POST /passwords/change", "GET /me/sessions", "GET /me/second-factors"),
    _page("POST", "/account/email", "POST /me/email", "GET /me/sessions", "GET /me/second-factors"),
    _page("POST", "/account/sessions/end-others", "DELETE /me/sessions"),
    _page("POST", "/account/sessions/{session_id}/end", "DELETE /me/sessions/{session_id}"),
    _page("GET", "/account/permissions", "GET /me"),
    _page("GET", SECOND_FACTOR, "GET /me/second-factors"),
    _page("POST", f"{SECOND_FACTOR}/app", "POST /me/totp", "GET /me/second-factors"),
    _page("POST", f"{SECOND_FACTOR}/app/confirm", "POST /me/totp/confirm", "GET /me/second-factors"),
    _page("POST", f"{SECOND_FACTOR}/app/remove", "POST /me/totp/remove", "GET /me/second-factors"),
    _page("POST", f"{SECOND_FACTOR}/recovery-codes", "POST /me/recovery-codes", "GET /me/second-factors"),
    _page("POST", f"{SECOND_FACTOR}/passkeys", "POST /me/passkeys/options", "GET /me/second-factors"),
    _page("POST", f"{SECOND_FACTOR}/passkeys/add", "POST /me/passkeys", "GET /me/second-factors"),
    _page(
        "POST",
        f"{SECOND_FACTOR}/passkeys/{{passkey_id}}/name",
        "PATCH /me/passkeys/{passkey_id}",
        "GET /me/second-factors",
    ),
    _page(
        "POST",
        f"{SECOND_FACTOR}/passkeys/{{passkey_id}}/remove",
        "POST /me/passkeys/{passkey_id}/remove",
        "GET /me/second-factors",
    ),
    _page("GET", "/help", "GET /me"),
    _page("GET", "/help/{topic}", "GET /me"),
    _page("GET", "/style-guide", "GET /me"),
    # staff
    _page("GET", "/settings/staff", "GET /invitations", "GET /staff"),
    _page("GET", "/settings/staff/new", "POST /staff", "GET /staff", "POST /access-preview"),
    _page("POST", "/settings/staff/new", "POST /staff", "GET /staff", "POST /access-preview"),
    _page("POST", "/settings/staff/new/access", "POST /access-preview"),
    _page("GET", "/settings/staff/import", "POST /staff/import"),
    _page("POST", "/settings/staff/import", "POST /staff/import", body_bytes_max=NOTE_BYTES_MAX),
    *(
        _page(method, f"/settings/staff/{{staff_id}}{path}", *asks)
        for method, path, asks in (
            ("GET", "", _PERMISSIONS),
            ("POST", "/permissions", _PERMISSIONS),
            ("POST", "/access", _PERMISSIONS),
            ("GET", "/profile", _PROFILE),
            ("POST", "/profile", _PROFILE),
            ("POST", "/hours", _PROFILE),
            ("POST", "/supervision", _PROFILE),
            ("POST", "/licences", ("POST /staff/{staff_id}/licences", *_PROFILE)),
            ("POST", "/licences/{licence_id}", ("PATCH /staff/{staff_id}/licences/{licence_id}", *_PROFILE)),
            ("POST", "/licences/{licence_id}/remove", ("DELETE /staff/{staff_id}/licences/{licence_id}", *_PROFILE)),
            ("GET", "/leaving", _LEAVING),
            ("POST", "/deactivate", ("POST /staff/{staff_id}/deactivate", *_LEAVING)),
            ("POST", "/hand-over", ("POST /staff/{staff_id}/hand-over", *_LEAVING)),
            ("POST", "/reactivate", ("POST /staff/{staff_id}/reactivate", *_LEAVING)),
            ("POST", "/invitation", ("POST /staff/{staff_id}/invitation", "GET /staff/{staff_id}")),
            ("POST", "/invitation/{invitation_id}/revoke", ("DELETE /invitations/{invitation_id}",)),
        )
    ),
    # the organization's settings
    *(
        _page(method, f"/settings{path}", *asks, *_SETTINGS)
        for method, path, asks in (
            ("GET", "", ("GET /organization/billing-profile",)),
            ("POST", "", ("PATCH /organization", "GET /organization/billing-profile")),
            ("POST", "/logo/remove", ("DELETE /organization/logo",)),
            ("GET", "/hours", ()),
            ("POST", "/hours", ("PATCH /organization",)),
            ("POST", "/holidays", ("PATCH /organization",)),
            ("GET", "/policies", ("GET /organization/history", "GET /cancellation-policies")),
            ("POST", "/policies", ("PATCH /organization", "GET /cancellation-policies")),
            ("POST", "/policies/cancellation", ("POST /cancellation-policies", "GET /cancellation-policies")),
            ("GET", "/printing", ("GET /organization/billing-profiles",)),
            ("POST", "/printing", ("POST /organization/billing-profiles", "GET /organization/billing-profiles")),
            ("GET", "/history", ()),
            ("GET", "/security", ()),
            ("POST", "/security", ("PATCH /organization",)),
        )
    ),
    _page("POST", "/settings/time-zone", "GET /agenda/time-zone-change"),
    _page("GET", "/settings/logo", "GET /organization/logo"),
    _page(
        "POST",
        "/settings/logo",
        "PUT /organization/logo",
        "GET /organization/billing-profile",
        *_SETTINGS,
        body_bytes_max=NOTE_BYTES_MAX,
    ),
    _page("GET", "/settings/emergency-access", *_OPENINGS),
    _page("POST", "/settings/emergency-access/{opening_id}", *_OPENINGS),
    # locations
    _page("GET", "/settings/locations", "PATCH /locations/{location_id}", "GET /locations"),
    _page("GET", "/settings/locations/new", "POST /locations"),
    _page("POST", "/settings/locations/new", "POST /locations"),
    *(
        _page(method, f"/settings/locations/{{location_id}}{path}", *asks)
        for method, path, asks in (
            ("GET", "", _LOCATION),
            ("POST", "", _LOCATION),
            ("POST", "/state", _LOCATION),
            ("POST", "/printing", ("POST /locations/{location_id}/billing-profiles", *_LOCATION)),
        )
    ),
    # services
    _page("GET", "/settings/services", "PATCH /service-types/{service_type_id}", "GET /service-types"),
    _page("GET", "/settings/services/new", "POST /service-types"),
    _page("POST", "/settings/services/new", "POST /service-types"),
    *(
        _page(method, f"/settings/services/{{service_type_id}}{path}", *asks)
        for method, path, asks in (
            ("GET", "", _SERVICE),
            ("POST", "", _SERVICE),
            ("POST", "/state", _SERVICE),
            ("POST", "/rates", ("POST /service-types/{service_type_id}/rates", *_SERVICE)),
            ("POST", "/units", (*_SERVICE, "POST /service-types/{service_type_id}/units-preview")),
        )
    ),
    # programs
    _page("GET", "/settings/api-clients", "GET /api-clients"),
    _page("GET", "/settings/api-clients/new", "POST /api-clients"),
    _page("POST", "/settings/api-clients/new", "POST /api-clients"),
    _page("GET", "/settings/api-clients/{api_client_id}", "GET /api-clients/{api_client_id}"),
    *(
        _page("POST", f"/settings/api-clients/{{api_client_id}}{path}", asks, "GET /api-clients/{api_client_id}")
        for path, asks in (
            ("", "PATCH /api-clients/{api_client_id}"),
            ("/rotate", "POST /api-clients/{api_client_id}/rotate"),
            ("/revoke", "POST /api-clients/{api_client_id}/revoke"),
        )
    ),
)

PAGES: Final[tuple[Row, ...]] = (*DOCUMENTS, STATIC, *WEB)
