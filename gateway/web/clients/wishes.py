"""What somebody on the waiting list wishes for: in words, as inputs of a form, and as a question for free times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from gateway.web.clients.views import birthday
from gateway.web.forms import Form
from gateway.web.page import ApiResponse, Page, Question
from gateway.web.people import listed, names_of, people_of, staff_question

SERVICES: Final = "GET /service-types"
SERVICES_MAX: Final = 200
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAYS: Final = tuple((day, day.capitalize()) for day in DAYS)
PARTS: Final = (("", "Any time"), ("morning", "Morning"), ("afternoon", "Afternoon"), ("evening", "Evening"))
# What the inputs are called, where two people changed one client.
WORDS: Final = {
    "waiting.since": "Waiting since",
    "waiting.weekdays": "Days that suit them",
    "waiting.part_of_day": "Time of day",
    "waiting.staff_id": "Clinician",
    "waiting.service_type_id": "Service",
    "waiting.note": "What else they wish for",
}
NAMED: Final = ("staff_id", "service_type_id")
SUITS: Final = ("weekdays", "part_of_day", *NAMED)  # what a free time is looked for by
# What the form asks for, to choose from.
CHOICES: Final[Mapping[str, Question]] = {
    "clinicians": staff_question("succeeding"),
    "services": Question(SERVICES, query={"limit": SERVICES_MAX}),
}


def wish(waiting: Mapping[str, Any], names: Mapping[str, str] = MappingProxyType({})) -> list[tuple[str, str]]:
    """Since when they wait, and what for, as pairs of what it is called and words.

    `names`: of staff and services by id; what they do not name is left out.
    """
    days = ", ".join(dict(WEEKDAYS)[day] for day in waiting["weekdays"]) or "Any day"
    part = dict(PARTS)[waiting["part_of_day"] or ""]
    facts = [("Waiting since", birthday(waiting["since"])), ("Days", days), ("Time of day", part)]
    named = [(WORDS[f"waiting.{name}"], names.get(waiting.get(name) or "") or "") for name in NAMED]
    return [*facts, *(pair for pair in [*named, ("Wish", waiting["note"] or "")] if pair[1])]


def wished_in_words(waiting: Mapping[str, Any], names: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """What they wait for: `Monday, Friday`, `Evening`, `Maya Lind`."""
    return [words for _, words in wish(waiting, names)[1:]]


def wished_names(page: Page, places: Iterable[Mapping[str, Any] | None]) -> dict[str, str]:
    """Names of the staff and of the services that these places on the waiting list name, by id."""
    named = {name: {place[name] for place in places_of(places) if place.get(name)} for name in NAMED}
    staff = names_of(page, named["staff_id"]) if named["staff_id"] else {}
    return staff | {each["id"]: each["name"] for each in listed(page, SERVICES, named["service_type_id"])}


def places_of(places: Iterable[Mapping[str, Any] | None]) -> list[Mapping[str, Any]]:
    """Those that somebody has."""
    return [place for place in places if place]


def suiting(waiting: Mapping[str, Any] | None) -> dict[str, Any]:
    """What suits somebody, as the API looks for free times: anything, of somebody who is not on the list."""
    return {name: waiting[name] for name in SUITS} if waiting else {}


def choices_of_wish(page: Page, answers: Mapping[str, ApiResponse], form: Form) -> dict[str, Any]:
    """Clinicians and services to choose from; what is stored stays in the choice whatever answers."""
    wished, service_id = form.text("waiting.staff_id"), form.text("waiting.service_type_id")
    people = people_of(page, answers["clinicians"], "succeeding", chosen=[wished] if wished else [])
    services = answers["services"].value["items"] if answers["services"].ok else []
    offered = [(each["id"], each["name"]) for each in services if each["active"] or each["id"] == service_id]
    return {
        "clinicians": replace(people, options=[("", "Anybody"), *_with(people.options, wished)]),
        "services": [("", "Any"), *_with(offered, service_id)],
    }


def _with(options: Sequence[tuple[str, str]], stored: str) -> list[tuple[str, str]]:
    """The choice with what is stored in it, also where its name could not be had."""
    missing = stored and stored not in dict(options)
    return [*options, *([(stored, "As it is stored")] if missing else [])]


def waiting_of(form: Form) -> dict[str, Any]:
    """What the form says of the waiting list, as the API takes it; nothing where it has no such inputs."""
    if not form.ticked("may_wait"):
        return {}
    if not form.ticked("waits"):
        return {"waiting": None}
    place: dict[str, Any] = {
        "weekdays": list(form.all("waiting.weekdays")),
        "part_of_day": form.text("waiting.part_of_day") or None,
        **{name: form.text(f"waiting.{name}") or None for name in NAMED},
        "note": form.text("waiting.note").strip() or None,
    }
    since = form.text("waiting.since").strip()
    return {"waiting": {**place, "since": since} if since else place}
