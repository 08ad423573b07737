"""Whether the draft invoice of a signed note was made: what billing says of its session and client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway.route_table.pages import WEB
from gateway.web.page import Page

LOOKUP: Final = "POST /invoices/lookup"
INVOICE: Final = "GET /invoices/{invoice_id}"
READS: Final = "invoices:read"
ISSUED: Final = {
    "draft": "The draft invoice was made.",
    "open": "The invoice was issued.",
    "partially_paid": "The invoice is partly paid.",
    "paid": "The invoice is paid.",
    "void": "The invoice is void.",
    "written_off": "The invoice was written off.",
}
# What a signed version says of the service that was given, as far as it is billed.
GIVEN: Final = (
    "service_type_id",
    "minutes",
    "started_at",
    "place_of_service",
    "telehealth",
    "supervising_staff_id",
    "add_on_service_type_ids",
)
_OPENS: Final = next((row.permission for row in WEB if row.name == INVOICE), "")


@dataclass(frozen=True, slots=True)
class Billed:
    """What bills a session; `words` and `path` are empty while the draft is being made."""

    words: str
    path: str


def bills_alike(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> bool:
    """Whether two versions say the same of the service that was given: then billing is sent nothing new."""
    return all(earlier[name] == later[name] for name in GIVEN)


def billed(page: Page, note: Mapping[str, Any], *, just_signed: bool = False) -> Billed | None:
    """What bills the note's session; None where that cannot be had, or the person may not know.

    Of a note that was `just_signed` the draft is on its way: the page asks for it a second later.
    """
    if not note["appointment_id"] or not page.can(READS):
        return None
    if just_signed:
        return Billed("", "")
    found = page.ask(LOOKUP, body={"appointment_ids": [note["appointment_id"]]})
    if not found.ok:
        return None
    for item in found.value["items"]:
        if item["client_id"] == note["client_id"]:
            opens = bool(_OPENS) and page.can(_OPENS)
            return Billed(ISSUED[item["status"]], f"/invoices/{item['invoice_id']}" if opens else "")
    return Billed("", "")
