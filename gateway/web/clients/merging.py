"""Merging two clients who are one person: what each service would find, who stays, what came of it, the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.clients.duplicates import PATH, Pair, pair_of
from gateway.web.clients.held import path_of
from gateway.web.clients.side_by_side import LABELS
from gateway.web.forms import Form
from gateway.web.page import ApiResponse, Page, Question
from gateway.web.people import names_of
from gateway.web.rendering import url
from shared import clock
from shared.texts import whole_number

PAIR: Final = "GET /client-duplicates/{duplicate_id}"
PREVIEWS: Final = {
    "clients": "GET /client-merges/preview/clients",
    "clinical": "GET /client-merges/preview/clinical",
    "billing": "GET /client-merges/preview/billing",
}
MERGE: Final = "POST /clients/{client_id}/merge"
READ: Final = "GET /client-merges/{merge_id}"
UNDO: Final = "POST /client-merges/{merge_id}/undo"
CLIENT: Final = "GET /clients/{client_id}"
DECIDES: Final = "clients:merge"
ASSIGNS: Final = "assignments:change"  # a merge takes it too
REFUSED: Final = (403, 409, 422)
OPEN: Final = ("queued", "running")
SECONDS: Final = 1  # until the page looks again; a merge takes a second or two
LOOKS_DIGITS_MAX: Final = 5
REASONS: Final = (
    ("added_twice", "Added a second time"),
    ("imported_twice", "Came once more with an import"),
    ("came_back", "Came back later, or under another name"),
    ("other", "Another reason"),
)
SERVICES: Final = {"clients": "Client details", "clinical": "Clinical record", "billing": "Billing"}
# What is counted: one of it and several, by service.
COUNTED: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "clients": {
        "staff": ("member of staff assigned", "members of staff assigned"),
        "contacts": ("way to reach them", "ways to reach them"),
        "emergency_contacts": ("person to call", "people to call"),
        "related_clients": ("related client", "related clients"),
        "tags": ("tag", "tags"),
        "former_names": ("former name", "former names"),
        "details": ("single detail, such as pronouns", "single details, such as pronouns"),
        "own_fields": ("own field of the practice", "own fields of the practice"),
        "addresses": ("address", "addresses"),
        "responsible_people": ("share of somebody who pays", "shares of people who pay"),
    },
    "clinical": {
        "cases": ("case", "cases"),
        "appointments": ("appointment", "appointments"),
        "group_memberships": ("place in a group", "places in groups"),
    },
    "billing": {
        "invoices": ("invoice", "invoices"),
        "payments": ("payment", "payments"),
        "ledger_entries": ("line of the ledger", "lines of the ledger"),
    },
}
# What two have that are one person: in words, and whether the merge is refused because of it.
COLLISIONS: Final[Mapping[str, tuple[str, bool]]] = {
    "related": ("They stand as related to each other. That goes.", False),
    "two_people": ("Somebody said that they are not the same person.", False),
    "same_appointment": ("Both are booked for the same appointment, or were. They cannot be merged.", True),
    "same_group": ("Both belong to the same group at one time, or did. They cannot be merged.", True),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What one service would find. `failed`: it did not say. `refused`: why it cannot be, as a sentence."""

    service: str
    title: str
    counts: Sequence[tuple[int, str]] = ()
    left: Sequence[tuple[int, str]] = ()  # what of it would not come along
    notes: Sequence[tuple[str, bool]] = ()
    refused: str = ""
    failed: bool = False

    @property
    def hinders(self) -> bool:
        """Whether the two cannot be merged, by what this service says."""
        return bool(self.refused) or any(hinders for _, hinders in self.notes)


def show_merging(page: Page) -> Response:
    """The two side by side, who stays, and what each service would find."""
    return _merging(page, Form.of({"reason": REASONS[0][0]}), page.query.get("stays", ""))


def merge(page: Page) -> Response:
    """Start the job that merges, and show how far it has come."""
    form, stays_id = page.form, page.form.text("stays")
    pair = page.need(PAIR, duplicate_id=page.ids["duplicate_id"])
    if stays_id not in pair["client_ids"]:
        return _merging(page, form.wrong(stays="Choose which of the two stays."), "", 422)
    ends_id = next(each for each in pair["client_ids"] if each != stays_id)
    body = {"into_client_id": stays_id, "reason": form.text("reason")}
    reply = page.ask(MERGE, client_id=ends_id, body=body, headers=form.sent)
    if reply.ok:
        return page.leave(path_of(reply.value["id"]))
    if reply.status not in REFUSED:
        page.problem(reply)
    return _merging(page, form.refused(reply.value), stays_id, 422)


def show_merge(page: Page) -> Response:
    """How far a merge, or taking it back, has come; then what came of it."""
    made = page.need(READ, merge_id=page.ids["merge_id"])
    looks = (whole_number(page.query.get("looks", ""), digits_max=LOOKS_DIGITS_MAX) or 0) + 1
    parting = made["parting"]
    latest = parting if parting is not None else made
    stays = page.need(CLIENT, client_id=made["into_client_id"])
    zone, now = page.me["organization"]["time_zone"], clock.now()
    names = names_of(page, {made["started_by"], *([parting["started_by"]] if parting else [])})
    at = (parting or {}).get("parted_at") or made["merged_at"] or made["created_at"]
    is_merged = made["state"] == "done" and not (parting and parting["state"] == "done")
    path = path_of(made["id"])
    return page.show(
        "clients/merge_result.html",
        made=made,
        stays=stays,
        path=path,
        again=url(path, looks=looks),
        seconds=SECONDS,
        state=latest["state"],
        is_open=latest["state"] in OPEN,
        error=latest["error"],
        heading=_heading(made),
        parting=parting,
        is_merged=is_merged,
        by=names.get(latest["started_by"], "Somebody"),
        on=text.moment(at, zone, now),
        reason=dict(REASONS)[made["reason"]],
        came_along=_counts("clients", made["came_along"] or {}),
        left=_counts("clients", made["left"] or {}),
        stayed=_counts("clients", (parting or {}).get("stayed") or {}),
        ends_path=f"/clients/{made['client_id']}",
        stays_path=f"/clients/{stays['id']}",
        form=page.form,
        decides=page.can(DECIDES) and page.can(ASSIGNS),
    )


def undo(page: Page) -> Response:
    """Start to take a merge back. Where it is taken back already, its page says so."""
    merge_id = page.ids["merge_id"]
    reply = page.ask(UNDO, merge_id=merge_id, headers=page.form.sent)
    if not reply.ok and reply.status != 409:
        return page.problem(reply)
    return page.leave(path_of(merge_id))


def _merging(page: Page, form: Form, stays_id: str, status: int = 200) -> Response:
    duplicate_id = page.ids["duplicate_id"]
    found = page.need(PAIR, duplicate_id=duplicate_id)
    clients = sorted(found["clients"], key=lambda client: client["number"])  # who was there first stays, at first
    stays = next((client for client in clients if client["id"] == stays_id), clients[0])
    ends = next(client for client in clients if client["id"] != stays["id"])
    parts = _previews(page, ends["id"], stays["id"])
    zone = page.me["organization"]["time_zone"]
    path = f"{PATH}/{duplicate_id}/merge"
    pair: Pair = pair_of(found, {}, zone, clock.now())
    return page.show(
        "clients/merge.html",
        status,
        pair=pair,
        labels=LABELS,
        path=path,
        choices=[
            (url(path, stays=client["id"]), client["display_name"], client["number"], client is stays)
            for client in clients
        ],
        stays=stays,
        ends=ends,
        parts=parts,
        assigns=page.can(ASSIGNS),
        hinders=not page.can(ASSIGNS) or any(part.hinders for part in parts),
        form=form,
        reasons=REASONS,
    )


def _previews(page: Page, ends_id: str, stays_id: str) -> list[Found]:
    """Each service by itself: one that is away leaves the others' answers."""
    query = {"client_id": ends_id, "into_client_id": stays_id}
    replies = page.ask_all(**{service: Question(row, query=query) for service, row in PREVIEWS.items()})
    return [_found(service, replies[service]) for service in PREVIEWS]


def _found(service: str, reply: ApiResponse) -> Found:
    title = SERVICES[service]
    if reply.status == 409:
        return Found(service, title, refused=reply.detail)
    if not reply.ok:
        return Found(service, title, failed=True)
    notes = [COLLISIONS.get(code, (code, False)) for code in reply.value["collides"]]
    left = _counts(service, reply.value.get("left", {}))
    return Found(service, title, _counts(service, reply.value["moves"]), left, notes)


def _counts(service: str, counts: Mapping[str, int]) -> list[tuple[int, str]]:
    """What there is of each, with the word for so many; nothing of what there is none of."""
    return [
        (counts[name], words[counts[name] > 1]) for name, words in COUNTED[service].items() if counts.get(name, 0) > 0
    ]


def _heading(made: Mapping[str, Any]) -> str:
    parting = made["parting"]
    if parting is not None and parting["state"] in OPEN:
        return "The two are being separated"
    if parting is not None and parting["state"] == "done":
        return "The two are separate again"
    if parting is not None:
        return "They were not separated"
    if made["state"] in OPEN:
        return "The two are being merged"
    return "They are one client now" if made["state"] == "done" else "They were not merged"


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    f"GET {PATH}/{{duplicate_id}}/merge": show_merging,
    f"POST {PATH}/{{duplicate_id}}/merge": merge,
    "GET /clients/merges/{merge_id}": show_merge,
    "POST /clients/merges/{merge_id}/undo": undo,
}
