"""Clients of somebody who leaves, handed over one by one: each to the colleague who suits. The rest goes on leaving."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.forms import Form
from gateway.web.local_addresses import is_id
from gateway.web.page import ApiResponse, Page
from gateway.web.staff.leaving import CLIENTS_SHOWN, show_with
from gateway.web.staff.pages import LIST

HAND_OVER: Final = "POST /staff/{staff_id}/hand-over-client"
ASSIGN: Final = "PUT /clients/{client_id}/staff/{staff_id}"
UNASSIGN: Final = "DELETE /clients/{client_id}/staff/{staff_id}"
LOOKUP: Final = "POST /clients/lookup"


def hand_over_clients(page: Page) -> Response:
    """The ticked clients go to a colleague: open cases, unsigned notes, coming appointments, and the assignment.

    Of whom something cannot be moved stays with the leaver, and stands on the page with the reason.
    """
    client_ids = [client_id for client_id in page.form.all("client_ids") if is_id(client_id)][:CLIENTS_SHOWN]
    to_staff_id = page.form.text("to_staff_id")
    if not client_ids:
        return show_with(page, share=page.form.wrong(client_ids="Tick whom the colleague takes over."))
    if not to_staff_id:
        return show_with(page, share=page.form.wrong(to_staff_id="Choose who takes over."))
    stayed: dict[str, str] = {}
    for client_id in client_ids:
        if why := _handed_over(page, client_id, to_staff_id):
            stayed[client_id] = why
    if not stayed:
        return page.leave(f"{LIST}/{page.ids['staff_id']}/leaving", "clients_handed_over")
    kept = Form.of({"to_staff_id": to_staff_id, "client_ids": list(stayed)})
    return show_with(page, share=kept, stayed=_sentences(page, stayed))


def _handed_over(page: Page, client_id: str, to_staff_id: str) -> str:
    """Hand one client over; why something stayed, or empty. Raises `Problem` for who has to sign in or prove."""
    leaver = page.ids["staff_id"]
    body = {"client_id": client_id, "to_staff_id": to_staff_id}
    moved = page.ask(HAND_OVER, staff_id=leaver, body=body)
    if not moved.ok:
        return _why(page, moved)
    assigned = page.ask(ASSIGN, client_id=client_id, staff_id=to_staff_id)
    if not assigned.ok:
        return _why(page, assigned)
    if refused := moved.value["refused"]:
        return f"{text.count(len(refused), 'item')} stayed: {refused[0]['detail']}"
    # What was counted before everything moved is no open work any longer.
    taken_off = page.ask(UNASSIGN, client_id=client_id, staff_id=leaver, body={"acknowledged": True})
    return "" if taken_off.ok or taken_off.status == 404 else _why(page, taken_off)


def _why(page: Page, reply: ApiResponse) -> str:
    if reply.status == 401:  # or has to prove first who they are: before anything moved
        page.problem(reply)
    errors: Sequence[Mapping[str, Any]] = reply.value["errors"]
    return str(errors[0]["detail"] if errors else reply.detail)


def _sentences(page: Page, stayed: Mapping[str, str]) -> list[str]:
    """`Ada Nowak: 1 item stayed: …` for each client of whom something stayed."""
    found = page.ask(LOOKUP, body={"ids": list(stayed)})
    names = {item["id"]: item["display_name"] for item in found.value["items"]} if found.ok else {}
    return [f"{names.get(client_id, 'A client')}: {why}" for client_id, why in stayed.items()]


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "POST /settings/staff/{staff_id}/clients": hand_over_clients,
}
