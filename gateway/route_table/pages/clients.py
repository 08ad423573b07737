"""Pages of clients: the list, and the chart of one."""

from __future__ import annotations

from typing import Final

from gateway.route_table.pages.kinds import page
from gateway.route_table.row import Row
from shared.web.limits import UPLOAD_BYTES_MAX

# What every page of a chart asks besides its own, other areas' tabs too (gateway/web/clients/chart.py).
CHART: Final = (
    "GET /clients/{client_id}",
    "GET /break-glass",
    "GET /worklist",
    "GET /clients/{client_id}/appointments",
)

_LIST: Final = (
    "GET /clients",
    "POST /clients/search",
    "POST /assignments/lookup",
    "POST /appointments/lookup",
    "POST /balances/lookup",
    "GET /staff",
    "GET /client-tags",
)
_NEW: Final = (
    "POST /clients",
    "POST /clients/search",
    "PUT /clients/{client_id}/staff/{staff_id}",
    "GET /staff",
    "GET /client-fields",
)
_DETAILS: Final = (
    "GET /clients/{client_id}",
    "GET /clients/{client_id}/staff",
    "GET /clients/{client_id}/staff/history",
    "GET /clients/{client_id}/ledger",
    "GET /clients/{client_id}/related-clients",
    "GET /clients/{client_id}/responsible-people",
    "GET /clients/{client_id}/addresses",
    "GET /service-types",
    "GET /staff",
    "GET /client-fields",
    *CHART,
)
# Who may take somebody off may see what is open, and hand it over.
_TAKING_OFF: Final = (
    "DELETE /clients/{client_id}/staff/{staff_id}",
    "GET /staff/{staff_id}/open-work",
    "GET /staff/{staff_id}",
    "GET /staff",
    *CHART,
)
_ACTIVITY: Final = (
    "GET /audit/entries",
    "GET /access/explain",
    "GET /clients/{client_id}/history",
    "GET /client-fields",
    "GET /staff",
    "GET /service-types",
    *CHART,
)
_EDIT: Final = (
    "PATCH /clients/{client_id}",
    "GET /client-tags",
    "GET /client-fields",
    "GET /staff",
    "GET /service-types",
    *CHART,
)
# A time is found by who may book it; and the others see the list without it.
_WISHES: Final = ("POST /open-slots", "GET /staff", "GET /service-types")

_ARCHIVE: Final = (
    "PATCH /clients/{client_id}",
    "POST /appointments/{appointment_id}/status",
    "GET /clients/{client_id}/ledger",
    *CHART,
)
_DELETE: Final = ("DELETE /clients/{client_id}", *CHART)
# Who may change details may say who belongs to the client.
_RELATE: Final = ("PUT /clients/{client_id}/related-clients/{related_client_id}", "POST /clients/search", *CHART)
_PART: Final = "DELETE /clients/{client_id}/related-clients/{related_client_id}"
_ADDRESSES: Final = ("GET /clients/{client_id}/addresses", "GET /staff", *CHART)
_PAYERS: Final = (
    "GET /clients/{client_id}/responsible-people",
    "GET /clients/{client_id}/responsible-people/history",
    "GET /service-types",
    "GET /staff",
    *CHART,
)
_NEW_PAYER: Final = ("POST /clients/{client_id}/responsible-people", "GET /service-types", *CHART)
_PAYER: Final = (
    "PATCH /responsible-people/{responsible_person_id}",
    "GET /responsible-people/{responsible_person_id}",
    "GET /service-types",
    *CHART,
)
# Reports whose file may have the practice's own fields as columns.
_OWN_COLUMNS: Final = dict.fromkeys(("no-consent", "waiting", "birthdays"), ("GET /client-fields",))
_EMERGENCY: Final = ("POST /clients/{client_id}/break-glass", *CHART)
_NAMES: Final = ("GET /service-types", "GET /staff", "GET /locations")
_OVERVIEW: Final = (
    "GET /clients/{client_id}/staff",
    "GET /clients/{client_id}/cases",
    "GET /cases/{case_id}/diagnoses",
    "GET /cases/{case_id}/treatment-plans",
    "GET /cases/{case_id}/goals",
    "GET /cases/{case_id}/notes",
    "GET /clients/{client_id}/ledger",
    "GET /service-types",
    "GET /staff",
)

# The first says who has the pages.
_MERGING: Final = (
    "POST /clients/{client_id}/merge",
    "GET /client-duplicates/{duplicate_id}",
    *(f"GET /client-merges/preview/{service}" for service in ("clients", "clinical", "billing")),
)
_MERGE: Final = ("GET /client-merges/{merge_id}", "GET /clients/{client_id}", "GET /staff")
# The first says who has the pages of imports. Staff: who started one.
_IMPORTS: Final = ("GET /client-imports", "GET /staff")
_IMPORT: Final = (
    "GET /client-imports/{import_id}",
    "GET /client-imports/{import_id}/rows",
    "POST /clients/lookup",
    "GET /clients/{client_id}",
    "GET /client-fields",
    "GET /staff",
    "GET /service-types",
)

# Each report with the row that answers it.
_REPORTS: Final = ("not-seen", "active", "no-consent", "waiting", "birthdays")

CLIENTS: Final[tuple[Row, ...]] = (
    page("GET", "/clients", *_LIST),
    page("POST", "/clients/search", *_LIST),
    page("POST", "/clients/assign", "POST /assignments", "GET /staff"),
    page("GET", "/jobs", "GET /jobs/clients", "GET /staff"),
    page("GET", "/jobs/clients/{job_id}", "GET /jobs/clients/{job_id}", "GET /clients/{client_id}"),
    page("POST", "/jobs/clients/{job_id}/undo", "POST /jobs/clients/{job_id}/undo"),
    page("POST", "/jobs/clients/{job_id}/cancel", "POST /jobs/clients/{job_id}/cancel"),
    page("POST", "/palette", "POST /clients/search"),
    page("GET", "/clients/waiting", "GET /clients", *_WISHES),
    page("GET", "/clients/duplicates", "GET /client-duplicates", "GET /staff"),
    *(
        page("POST", f"/clients/duplicates/{{duplicate_id}}/{deed}", f"POST /client-duplicates/{{duplicate_id}}/{deed}")
        for deed in ("dismiss", "undo")
    ),
    # The permission is that of merging: who may not is not led here.
    *(page(method, "/clients/duplicates/{duplicate_id}/merge", *_MERGING) for method in ("GET", "POST")),
    page("GET", "/clients/merges/{merge_id}", *_MERGE),
    page("POST", "/clients/merges/{merge_id}/undo", "POST /client-merges/{merge_id}/undo", *_MERGE),
    page("GET", "/clients/reports", f"GET /reports/clients/{_REPORTS[0]}"),
    *(
        page("GET", f"/clients/reports/{name}{file}", f"GET /reports/clients/{name}", *_OWN_COLUMNS.get(name, ()))
        for name in _REPORTS
        for file in ("", "/file")
    ),
    page("GET", "/clients/import", *_IMPORTS),
    page("POST", "/clients/import", "POST /client-imports", *_IMPORTS, body_bytes_max=UPLOAD_BYTES_MAX, file=True),
    page("GET", "/clients/import/{import_id}", *_IMPORT),
    page("POST", "/clients/import/{import_id}/mapping", "PUT /client-imports/{import_id}/mapping", *_IMPORT),
    page("POST", "/clients/import/{import_id}/rows/{row}", "PATCH /client-imports/{import_id}/rows/{row}"),
    page("POST", "/clients/import/{import_id}/commit", "POST /client-imports/{import_id}/commit"),
    page("POST", "/clients/import/{import_id}/undo", "POST /client-imports/{import_id}/undo"),
    page("POST", "/clients/import/{import_id}/cancel", "POST /client-imports/{import_id}/cancel"),
    page("GET", "/clients/import/{import_id}/errors", "GET /client-imports/{import_id}/errors.csv"),
    page("GET", "/clients/new", *_NEW),
    page("POST", "/clients/new", *_NEW),
    page("POST", "/clients/new/named", *_NEW),
    page("GET", "/clients/{client_id}", *CHART, *_OVERVIEW),
    page("GET", "/clients/{client_id}/appointments", "GET /clients/{client_id}/appointments", *CHART, *_NAMES),
    *(
        page(method, f"/clients/{{client_id}}{path}", *asks)
        for method, path, asks in (
            ("GET", "/activity", _ACTIVITY),
            ("GET", "/menu", ("GET /clients/{client_id}",)),
            ("GET", "/emergency", _EMERGENCY),
            ("POST", "/emergency", _EMERGENCY),
            ("POST", "/emergency/{opening_id}/end", ("POST /break-glass/{opening_id}/end",)),
            ("GET", "/free-times", (*_WISHES, *CHART)),
            ("POST", "/free-times/offer", ("POST /clients/{client_id}/offers",)),
            ("POST", "/free-times/leave", ("PATCH /clients/{client_id}",)),
            ("GET", "/details", _DETAILS),
            ("GET", "/details/edit", _EDIT),
            ("POST", "/details/edit", _EDIT),
            ("GET", "/details/related", _RELATE),
            ("POST", "/details/related", _RELATE),
            ("POST", "/details/related/{related_client_id}", _RELATE),
            ("POST", "/details/related/{related_client_id}/remove", (_PART, *_DETAILS)),
            ("GET", "/details/addresses", _ADDRESSES),
            ("POST", "/details/addresses", ("POST /clients/{client_id}/addresses", *_ADDRESSES)),
            ("GET", "/details/responsible", _PAYERS),
            ("GET", "/details/responsible/new", _NEW_PAYER),
            ("POST", "/details/responsible/new", _NEW_PAYER),
            ("GET", "/details/responsible/{responsible_person_id}", _PAYER),
            ("POST", "/details/responsible/{responsible_person_id}", _PAYER),
            (
                "POST",
                "/details/responsible/{responsible_person_id}/remove",
                ("DELETE /responsible-people/{responsible_person_id}",),
            ),
            ("POST", "/status", _EDIT),
            ("GET", "/details/archive", _ARCHIVE),
            ("POST", "/details/archive", _ARCHIVE),
            ("GET", "/details/delete", _DELETE),
            ("POST", "/details/delete", _DELETE),
            ("POST", "/team", ("PUT /clients/{client_id}/staff/{staff_id}", *_DETAILS)),
            ("GET", "/team/{staff_id}", _TAKING_OFF),
            ("POST", "/team/{staff_id}/hand-over", ("POST /staff/{staff_id}/hand-over-client", *_TAKING_OFF)),
            ("POST", "/team/{staff_id}/take-off", _TAKING_OFF),
            ("POST", "/team/{staff_id}/remove", ("DELETE /clients/{client_id}/staff/{staff_id}", *_DETAILS)),
        )
    ),
)
