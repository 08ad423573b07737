"""What an entry of the log is about: which thing, how it is called, and where its page is. Pure but for the rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.row import Row

NAMED_AT_MOST: Final = 3  # clients that one entry names; beyond them it has their number
_FIRST_ID: Final = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True)
class Kind:
    """Things of a name and a page each: the row that lists them by `ids`, and where their addresses begin."""

    row: str
    page: str


# By the first id in the address of what was done: a licence is the staff member's, a rate is the service's.
KINDS: Final[Mapping[str, Kind]] = {
    "staff_id": Kind("GET /staff", "/settings/staff/"),
    "service_type_id": Kind("GET /service-types", "/settings/services/"),
    "location_id": Kind("GET /locations", "/settings/locations/"),
    "api_client_id": Kind("GET /api-clients", "/settings/api-clients/"),
    "invitation_id": Kind("GET /staff", "/settings/staff/"),
}
# What there is once in a practice, or many of without a name, with the page that has it.
_PROFILE: Final = ("Practice profile", "/settings")
_LOGO: Final = ("Logo", "/settings")
_PRINTED: Final = ("What prints", "/settings/printing")
_CANCELLATION: Final = ("Cancellation policy", "/settings/policies")
_ASSIGNMENTS: Final = ("Assignments", "/jobs")
_IMPORTS: Final = ("Imports of clients", "/clients/import")
_DUPLICATES: Final = ("Duplicates", "/clients/duplicates")
_WORK: Final = ("Work items", "/work-items")
_OWN: Final = ("Client fields", "/settings/client-fields")
ONCE: Final[Mapping[str, tuple[str, str]]] = {
    "billing_profile.read": _PRINTED,
    "billing_profiles.list": _PRINTED,
    "cancellation_policy.read": _CANCELLATION,
    "client_duplicate.read": _DUPLICATES,
    "client_duplicates.list": _DUPLICATES,
    "client_import.errors": _IMPORTS,
    "client_import.read": _IMPORTS,
    "client_import.rows": _IMPORTS,
    "client_imports.list": _IMPORTS,
    "client_merge.read": _DUPLICATES,
    "client_field.read": _OWN,
    "client_fields.list": _OWN,
    "delete_logo": _LOGO,
    "get_cancellation_policies": _CANCELLATION,
    "get_logo": _LOGO,
    "job.list": _ASSIGNMENTS,
    "job.read": _ASSIGNMENTS,
    "merge_preview.read": _DUPLICATES,
    "organization.read": _PROFILE,
    "work_item.read": _WORK,
    "work_items.list": _WORK,
    "work_items.count": _WORK,
    "patch_clients_work_item": _WORK,
    "patch_clinical_work_item": _WORK,
    "organization_history.read": ("History", "/settings/history"),
    "patch_client_field": _OWN,
    "patch_organization": _PROFILE,
    "post_assignments": _ASSIGNMENTS,
    "post_assignments_undo": _ASSIGNMENTS,
    "post_billing_profile": _PRINTED,
    "post_cancellation_policy": _CANCELLATION,
    "patch_client_import_row": _IMPORTS,
    "post_client_duplicate_dismissal": _DUPLICATES,
    "post_client_duplicate_undo": _DUPLICATES,
    "post_client_merge_undo": _DUPLICATES,
    "post_client_import": _IMPORTS,
    "post_client_import_cancellation": _IMPORTS,
    "post_client_import_commit": _IMPORTS,
    "post_client_field": _OWN,
    "post_clients_job_cancellation": _ASSIGNMENTS,
    "post_organization": _PROFILE,
    "post_organization_confirmation": _PROFILE,
    "put_logo": _LOGO,
}
# Parts of the settings that have their own page, by the fields that were changed. Other fields are the profile's.
_POLICIES: Final = ("Appointments and invoices", "/settings/policies")
_SECURITY: Final = ("Security", "/settings/security")
SETTINGS: Final[Mapping[str, tuple[str, str]]] = {
    "author_access_days": _SECURITY,
    "break_glass_enabled": _SECURITY,
    "break_glass_minutes": _SECURITY,
    "business_hours": ("Opening hours", "/settings/hours"),
    "holidays": ("Holidays", "/settings/hours"),
    "idle_minutes": _SECURITY,
    "invoice_prefix": _POLICIES,
    "plan_review_days": _POLICIES,
    "requires_second_factor": _SECURITY,
    "restricts_administration": _SECURITY,
    "session_minutes": _SECURITY,
    "works_alone": ("Working alone", "/settings/staff"),
    "write_off_limit_cents": _POLICIES,
}


def kind_of(row: Row) -> str | None:
    """The name of the id of what a row of the API is about, of `KINDS`; None: of none of them."""
    ids = _FIRST_ID.findall(row.path) or _FIRST_ID.findall(_one_of(row))
    return ids[0] if ids and ids[0] in KINDS else None


def _one_of(row: Row) -> str:
    """The address of one thing in the list that a row is about, where there is such an address: what POST makes."""
    return next((other.path for other in ROUTE_TABLE if other.path.startswith(f"{row.path}/{{")), "")


@cache
def kinds_by_action() -> Mapping[str, str]:
    """Action -> the kind of its object."""
    found = {row.audit: kind_of(row) for row in ROUTE_TABLE}
    return MappingProxyType({action: kind for action, kind in found.items() if kind is not None})


def ids_by_row(items: Iterable[Mapping[str, Any]]) -> dict[str, set[str]]:
    """What the entries are about, as ids by the row that lists them. Who did something for themselves is left out."""
    wanted: dict[str, set[str]] = {}
    for item in items:
        kind = kinds_by_action().get(item["action"])
        if kind is not None and item["object_id"] and item["object_id"] != item["staff_id"]:
            wanted.setdefault(KINDS[kind].row, set()).add(item["object_id"])
    return wanted


def clients_in(items: Iterable[Mapping[str, Any]]) -> list[str]:
    """The ids of the clients whom the entries name."""
    return sorted({client_id for item in items for client_id in item["client_ids"][:NAMED_AT_MOST]})


def about(
    item: Mapping[str, Any], clients: Mapping[str, str], names: Mapping[str, str]
) -> tuple[list[tuple[str, str]], int]:
    """Names with the pages of what an entry is about, and of how many more clients it is.

    `names`: of the things, by id. Nothing where somebody did it for themselves: then "Who" says it.
    """
    shown = item["client_ids"][:NAMED_AT_MOST]
    named = [(clients[client_id], f"/clients/{client_id}") for client_id in shown if client_id in clients]
    if named:
        return named, len(item["client_ids"]) - len(shown)
    kind = kinds_by_action().get(item["action"])
    if kind is not None and item["object_id"] in names and item["object_id"] != item["staff_id"]:
        return [(names[item["object_id"]], KINDS[kind].page + item["object_id"])], 0
    if item["action"] == "patch_organization":
        fields = item.get("details", {}).get("fields", ())
        return list(dict.fromkeys(SETTINGS.get(name, _PROFILE) for name in fields)) or [_PROFILE], 0
    return ([ONCE[item["action"]]] if item["action"] in ONCE else []), 0
