"""Pages before a session and at its end, and what everybody has: Home, the own account, help."""

from __future__ import annotations

from typing import Final

from gateway.route_table.pages.kinds import AUTHENTICATE, page, public
from gateway.route_table.row import Row

# Where a second factor is set up; while it is demanded, every other page leads there.
SECOND_FACTOR: Final = "/account/second-factor"
SETUP: Final = tuple(f"GET /setup/{service}" for service in ("identity", "clients", "clinical", "billing"))
# A browser's next session ends the one that it had.
_END: Final = "DELETE /sessions/current"
_SESSION: Final = ("POST /sessions", _END)

_SECURITY: Final = ("GET /me/sessions", "GET /me/second-factors", "GET /me/email-change")

WORK_SERVICES: Final = ("clinical", "clients")  # those that have work items

OWN: Final[tuple[Row, ...]] = (
    # before a session, and at its end
    public("GET", "/", "get_start_page"),
    public("GET", "/sign-in", "get_sign_in_page"),
    public("POST", "/sign-in", "post_session", *_SESSION),
    public("POST", "/sign-in/again", "post_session", "POST /sessions/passkey", *_SESSION),
    public("POST", "/sign-in/passkey-options", "post_passkey_sign_in_options", "POST /sessions/passkey-options"),
    public("POST", "/sign-in/passkey", "post_session", "POST /sessions/passkey", _END),
    public("GET", "/sign-up", "get_sign_up_page"),
    public("POST", "/sign-up", "post_organization", "POST /organizations", *_SESSION),
    # what mails link to
    public("GET", "/confirm", "get_confirmation_page"),
    public("POST", "/confirm", "post_organization_confirmation", "POST /organizations/confirm"),
    public("GET", "/join", "get_join_page"),
    public("POST", "/join/about", "invitation.lookup", "POST /invitations/lookup"),
    public("POST", "/join", "post_acceptance", "POST /invitations/accept", *_SESSION),
    public("GET", "/password-reset", "get_password_reset_page"),
    public("POST", "/password-reset", "post_password_reset", "POST /passwords/reset"),
    public("POST", "/password-reset/request", "post_reset_request", "POST /passwords/reset-request"),
    public("GET", "/email-change", "get_email_change_page"),
    public("POST", "/email-change", "post_email_confirmation", "POST /email-changes/confirm"),
    page("GET", "/session", "GET /me"),
    page("GET", "/session/token", "GET /me"),
    page("POST", "/sign-out", "DELETE /sessions/current"),
    # what everybody has
    page(
        "GET",
        "/home",
        "GET /me",
        *SETUP,
        "GET /worklist",
        "GET /agenda",
        "GET /agenda/own-by-day",
        "POST /clients/lookup",
        "GET /invoices/counts",
        "GET /unbilled-sessions",
        "GET /payments/by-day",
        "GET /clients",
        "GET /reports/clients/active",
        "GET /groups",
        "GET /staff",
        "GET /service-types",
        "GET /break-glass",
    ),
    page("POST", "/home/appointments/{appointment_id}/status", "POST /appointments/{appointment_id}/status"),
    page("GET", "/bell", *(f"GET /work-items/{service}/count" for service in WORK_SERVICES)),
    page(
        "GET",
        "/work-items",
        *(f"GET /work-items/{service}" for service in WORK_SERVICES),
        "POST /clients/lookup",
        "GET /staff",
    ),
    *(
        row
        for service in WORK_SERVICES
        for at in (f"/work-items/{service}/{{item_id}}",)
        for row in (
            page("GET", at, f"GET {at}", "POST /clients/lookup", "GET /staff"),
            page("POST", at, f"PATCH {at}", f"GET {at}", "POST /clients/lookup", "GET /staff"),
            page("POST", f"{at}/take", f"PATCH {at}"),
            page("POST", f"{at}/state", f"PATCH {at}"),
        )
    ),
    page("POST", "/home/setup", "PATCH /me/preferences"),
    page("POST", "/home/confirmation", "POST /organization/confirmation"),
    page("POST", "/home/just-me", "PATCH /organization", "GET /organization"),
    page(
        "GET",
        "/activity",
        "GET /audit/entries",
        "GET /staff",
        "POST /clients/lookup",
        "GET /service-types",
        "GET /locations",
        "GET /api-clients",
    ),
    page("GET", "/activity/export", "GET /audit/export"),
    page("POST", "/prove", AUTHENTICATE),
    # one's own account
    page("GET", "/account", "GET /me"),
    page("POST", "/account/profile", "PATCH /me"),
    page("POST", "/account/preferences", "PATCH /me/preferences"),
    page("GET", "/account/security", *_SECURITY),
    page("POST", "/account/password", "POST /passwords/change", *_SECURITY),
    page("POST", "/account/email", "POST /me/email", *_SECURITY),
    page("POST", "/account/email/cancel", "DELETE /me/email-change"),
    page("POST", "/account/sessions/end-others", "DELETE /me/sessions"),
    page("POST", "/account/sessions/{session_id}/end", "DELETE /me/sessions/{session_id}"),
    page("GET", "/account/permissions", "GET /me"),
    page("GET", SECOND_FACTOR, "GET /me/second-factors"),
    page("POST", f"{SECOND_FACTOR}/app", "POST /me/totp", "GET /me/second-factors"),
    page("POST", f"{SECOND_FACTOR}/app/confirm", "POST /me/totp/confirm", "GET /me/second-factors"),
    page("POST", f"{SECOND_FACTOR}/app/remove", "POST /me/totp/remove", "GET /me/second-factors"),
    page("POST", f"{SECOND_FACTOR}/recovery-codes", "POST /me/recovery-codes", "GET /me/second-factors"),
    page("POST", f"{SECOND_FACTOR}/passkeys", "POST /me/passkeys/options", "GET /me/second-factors"),
    page("POST", f"{SECOND_FACTOR}/passkeys/add", "POST /me/passkeys", "GET /me/second-factors"),
    page(
        "POST",
        f"{SECOND_FACTOR}/passkeys/{{passkey_id}}/name",
        "PATCH /me/passkeys/{passkey_id}",
        "GET /me/second-factors",
    ),
    page(
        "POST",
        f"{SECOND_FACTOR}/passkeys/{{passkey_id}}/remove",
        "POST /me/passkeys/{passkey_id}/remove",
        "GET /me/second-factors",
    ),
    page("GET", "/help", "GET /me"),
    page("GET", "/help/{topic}", "GET /me"),
    page("GET", "/style-guide", "GET /me"),
)
