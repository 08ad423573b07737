"""Home of the front desk: clients to whom an appointment is to be offered, in treatment and on the waiting list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from gateway.web import text
from gateway.web.clients.wishes import wished_in_words
from gateway.web.page import ApiResponse, Question
from gateway.web.rendering import url

NOTHING_BOOKED: Final = "GET /reports/clients/active"
LISTED: Final = 5
# Who waits longest comes first.
QUESTIONS: Final[Mapping[str, Question]] = {
    "unbooked": Question(NOTHING_BOOKED, query={"booked": "nothing", "limit": LISTED}),
    "waiting": Question("GET /clients", query={"sort": "waiting_since", "limit": LISTED}),
}


@dataclass(frozen=True, slots=True)
class Person:
    """One client: who, what is known of them in words, and where an appointment is booked for them."""

    path: str
    name: str
    words: str
    booking: str


@dataclass(frozen=True, slots=True)
class People:
    """One card. `rows` is None while the service that knows is away; `all`: where the whole list stands."""

    name: str
    slug: str
    service: str
    all: str
    rows: Sequence[Person] | None


def people_to_book(answers: Mapping[str, ApiResponse], today: date) -> list[People]:
    """The cards, from the answers to `QUESTIONS`; each fails alone, and one without anybody is left out."""
    cards = (
        People(
            name="Nothing booked",
            slug="unbooked",
            service="The agenda",
            all=url("/clients/reports/active", booked="nothing"),
            rows=_people(answers["unbooked"], "client_id", lambda client: _last_here(client["last_visit"], today)),
        ),
        People(
            name="Waiting list",
            slug="waiting",
            service="The list of clients",
            all="/clients/waiting",
            rows=_people(answers["waiting"], "id", lambda client: _waits(client["waiting"], today)),
        ),
    )
    return [card for card in cards if card.rows is None or card.rows]


def _people(reply: ApiResponse, key: str, words: Callable[[Mapping[str, Any]], str]) -> list[Person] | None:
    if not reply.ok:
        return None
    return [
        Person(
            path=f"/clients/{client[key]}",
            name=client["display_name"],
            words=words(client),
            booking=url("/agenda/new", client_id=client[key]),
        )
        for client in reply.value["items"]
    ]


def _last_here(visit: Mapping[str, Any] | None, today: date) -> str:
    if visit is None:
        return "Was never here"
    return f"Last here {text.day_within(datetime.fromisoformat(visit['starts_at_local']).date(), today)}"


def _waits(waiting: Mapping[str, Any], today: date) -> str:
    """`Waits since Wed, Nov 18. Monday, Tuesday. Morning`."""
    since = f"Waits since {text.day_within(waiting['since'], today)}"
    return ". ".join([since, *wished_in_words(waiting)])
