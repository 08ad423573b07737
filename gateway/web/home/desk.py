"""Home of the front desk: who comes today and what became of them, and what waits besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.web import text
from gateway.web.agenda.around import SERVICES, now_of
from gateway.web.agenda.cards import Card, Names, cards_of
from gateway.web.bookable_groups import group_names
from gateway.web.home.billing import READS_INVOICES, Waiting
from gateway.web.home.to_book import QUESTIONS, People, people_to_book
from gateway.web.home.views import sessions_in_words
from gateway.web.page import ApiResponse, Page, Question
from gateway.web.people import LISTED, STAFF, members, named_in
from gateway.web.rendering import url

SEES_AGENDA: Final = "agenda:read"
WRITES: Final = "notes:update"
ASSIGNS: Final = "assignments:change"
AGENDA: Final = "GET /agenda"
CLIENTS: Final = "GET /clients"
COUNTED_TO: Final = 50
SHOWN: Final = 12  # appointments of today


@dataclass(frozen=True, slots=True)
class Desk:
    """What it shows. `cards`: today's appointments of which something is left; None while the agenda is away."""

    cards: Sequence[Card] | None
    booked: int
    sessions: str
    queue: Sequence[Waiting]
    agenda: str  # the address of today's
    people: Sequence[People]  # to whom an appointment is to be offered

    @property
    def shown(self) -> Sequence[Card]:
        """As many as Home has room for."""
        return (self.cards or [])[:SHOWN]

    @property
    def rest(self) -> int:
        """How many more there are."""
        return len(self.cards or []) - len(self.shown)


def desk_of(page: Page) -> Desk | None:
    """What waits for the front desk; None for those who write notes or read invoices, who have lists of their own."""
    if page.can(WRITES) or page.can(READS_INVOICES) or not page.can(SEES_AGENDA):
        return None
    now = now_of(page)
    today = now.date()
    answers = page.ask_all(
        agenda=Question(AGENDA, query={"from": today, "to": today}),
        staff=Question(STAFF, query={"limit": LISTED}),
        services=Question(SERVICES, query={"limit": LISTED}),
        clients=Question(CLIENTS, query={"status": "active", "unassigned": True, "limit": COUNTED_TO}),
        **QUESTIONS,
    )
    items = answers["agenda"].value["items"] if answers["agenda"].ok else []
    staff = _named(answers["staff"])
    others = members(page, named_in(items) - staff.keys())
    staff |= {member["id"]: member for member in others}
    names = Names(staff, _named(answers["services"]), {}, group_names(page, items))
    cards = [card for card in cards_of(items, names, now) if not card.continues and not card.off]
    address = url("/agenda", view="day", on=today.isoformat(), staff="everybody")
    return Desk(
        cards=left_of(cards) if answers["agenda"].ok else None,
        booked=len(items),
        sessions=sessions_in_words(items, today),
        queue=[*waiting(cards, address), *unassigned(answers["clients"], assigns=page.can(ASSIGNS))],
        agenda=address,
        people=people_to_book(answers, today),
    )


def left_of(cards: Sequence[Card]) -> list[Card]:
    """Those over of which nobody said what became of them, and then those that are on or still to come."""
    return [*(card for card in cards if card.lacks_attendance), *(card for card in cards if not card.past)]


def waiting(cards: Sequence[Card], address: str) -> list[Waiting]:
    """What of today's appointments somebody should look at, the most pressing first."""
    conflicts = sum(card.overridden for card in cards if not card.past)
    unconfirmed = sum(card.status == "booked" for card in cards if not card.begun)
    kinds = (
        ("triangle-alert", "warn", conflicts, "appointment today in spite of a conflict"),
        ("phone", "", unconfirmed, "appointment today to confirm"),
    )
    return [
        Waiting(address, icon, kind, text.count(number, words, words.replace("appointment", "appointments")), "Look")
        for icon, kind, number, words in kinds
        if number
    ]


def unassigned(clients: ApiResponse, *, assigns: bool) -> list[Waiting]:
    """Clients in treatment to whom nobody is assigned."""
    number = len(clients.value["items"]) if clients.ok else 0
    if not number:
        return []
    words = "1 client has nobody assigned" if number == 1 else f"{number} clients have nobody assigned"
    if clients.value["next_cursor"]:
        words = f"{number} or more clients have nobody assigned"
    return [Waiting("/clients?assigned_to=nobody", "users-round", "", words, "Assign" if assigns else "Look")]


def _named(response: ApiResponse) -> dict[str, Mapping[str, Any]]:
    return {named["id"]: named for named in response.value["items"]} if response.ok else {}
