"""Pages of the practice itself: staff, settings, locations, services, programs."""

from __future__ import annotations

from typing import Final

from gateway.route_table.pages.kinds import page
from gateway.route_table.pages.own import SETUP
from gateway.route_table.row import Row
from shared.web.limits import NOTE_BYTES_MAX, UPLOAD_BYTES_MAX

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
# The first says who has the page: those who change staff. Open work with one client is shown to others too.
_LEAVING: Final = (
    "PATCH /staff/{staff_id}",
    "GET /staff/{staff_id}/open-work",
    "GET /staff/{staff_id}",
    "GET /staff",
    "GET /invitations",
    "GET /clients",
)
_SHARING: Final = (
    *_LEAVING,
    "POST /staff/{staff_id}/hand-over-client",
    "PUT /clients/{client_id}/staff/{staff_id}",
    "DELETE /clients/{client_id}/staff/{staff_id}",
    "POST /clients/lookup",
)
# What each page of the settings shows besides its own: who changed them last. The first row says who has the page.
_SETTINGS: Final = ("GET /organization/history", "GET /organization", "GET /staff")
_LOCATION: Final = (
    "PATCH /locations/{location_id}",
    "GET /locations/{location_id}",
    "GET /locations/{location_id}/billing-profiles",
    "GET /staff",
)
_CLIENT_FIELD: Final = ("PATCH /client-fields/{client_field_id}", "GET /client-fields/{client_field_id}")
_ON_FIELD: Final = (("GET", ""), ("POST", ""), ("POST", "/state"))
_OPENINGS: Final = ("POST /break-glass/{opening_id}/review", "GET /break-glass", "POST /clients/lookup", "GET /staff")

PRACTICE: Final[tuple[Row, ...]] = (
    # staff
    page("GET", "/settings/staff", "GET /invitations", "GET /staff"),
    page("POST", "/settings/staff/search", "GET /invitations", "GET /staff"),
    page("POST", "/staff-suggestions", "GET /staff"),
    page("GET", "/settings/staff/new", "POST /staff", "GET /staff", "POST /access-preview"),
    page("POST", "/settings/staff/new", "POST /staff", "GET /staff", "POST /access-preview"),
    page("POST", "/settings/staff/new/access", "POST /access-preview"),
    page("GET", "/settings/staff/import", "POST /staff/import"),
    page("POST", "/settings/staff/import", "POST /staff/import", body_bytes_max=UPLOAD_BYTES_MAX, file=True),
    *(
        page(method, f"/settings/staff/{{staff_id}}{path}", *asks)
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
            (
                "POST",
                "/second-factor/remove",
                ("DELETE /staff/{staff_id}/second-factors", "POST /sessions/current/authenticate", *_PROFILE),
            ),
            ("GET", "/leaving", _LEAVING),
            ("POST", "/deactivate", ("POST /staff/{staff_id}/deactivate", *_LEAVING)),
            ("POST", "/hand-over", ("POST /staff/{staff_id}/hand-over", *_LEAVING)),
            ("POST", "/clients", _SHARING),
            ("POST", "/reactivate", ("POST /staff/{staff_id}/reactivate", *_LEAVING)),
            ("POST", "/invitation", ("POST /staff/{staff_id}/invitation", "GET /staff/{staff_id}")),
            ("POST", "/invitation/{invitation_id}/revoke", ("DELETE /invitations/{invitation_id}",)),
        )
    ),
    # the organization's settings
    *(
        page(method, f"/settings{path}", *asks, *_SETTINGS)
        for method, path, asks in (
            ("GET", "", ("GET /organization/billing-profile", *SETUP)),
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
    page("POST", "/settings/time-zone", "GET /agenda/time-zone-change"),
    page("GET", "/settings/logo", "GET /organization/logo"),
    page(
        "POST",
        "/settings/logo",
        "PUT /organization/logo",
        "GET /organization/billing-profile",
        *_SETTINGS,
        body_bytes_max=NOTE_BYTES_MAX,
        file=True,
    ),
    page("GET", "/settings/emergency-access", *_OPENINGS),
    page("POST", "/settings/emergency-access/{opening_id}", *_OPENINGS),
    # locations
    page("GET", "/settings/locations", "PATCH /locations/{location_id}", "GET /locations"),
    page("GET", "/settings/locations/new", "POST /locations"),
    page("POST", "/settings/locations/new", "POST /locations"),
    *(
        page(method, f"/settings/locations/{{location_id}}{path}", *asks)
        for method, path, asks in (
            ("GET", "", _LOCATION),
            ("POST", "", _LOCATION),
            ("POST", "/state", _LOCATION),
            ("POST", "/printing", ("POST /locations/{location_id}/billing-profiles", *_LOCATION)),
        )
    ),
    # services
    page("GET", "/settings/services", "PATCH /service-types/{service_type_id}", "GET /service-types"),
    page("GET", "/settings/services/new", "POST /service-types"),
    page("POST", "/settings/services/new", "POST /service-types"),
    *(
        page(method, f"/settings/services/{{service_type_id}}{path}", *asks)
        for method, path, asks in (
            ("GET", "", _SERVICE),
            ("POST", "", _SERVICE),
            ("POST", "/state", _SERVICE),
            ("POST", "/rates", ("POST /service-types/{service_type_id}/rates", *_SERVICE)),
            ("POST", "/units", (*_SERVICE, "POST /service-types/{service_type_id}/units-preview")),
        )
    ),
    # own fields of clients
    page("GET", "/settings/client-fields", "PATCH /client-fields/{client_field_id}", "GET /client-fields"),
    page("GET", "/settings/client-fields/new", "POST /client-fields"),
    page("POST", "/settings/client-fields/new", "POST /client-fields"),
    *(page(method, f"/settings/client-fields/{{client_field_id}}{path}", *_CLIENT_FIELD) for method, path in _ON_FIELD),
    # programs
    page("GET", "/settings/api-clients", "GET /api-clients"),
    page("GET", "/settings/api-clients/new", "POST /api-clients"),
    page("POST", "/settings/api-clients/new", "POST /api-clients"),
    page("GET", "/settings/api-clients/{api_client_id}", "GET /api-clients/{api_client_id}"),
    *(
        page("POST", f"/settings/api-clients/{{api_client_id}}{path}", asks, "GET /api-clients/{api_client_id}")
        for path, asks in (
            ("", "PATCH /api-clients/{api_client_id}"),
            ("/rotate", "POST /api-clients/{api_client_id}/rotate"),
            ("/revoke", "POST /api-clients/{api_client_id}/revoke"),
        )
    ),
)
