"""What the agenda stands in: who works here, what is offered, where, and when the practice is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.web.agenda.cards import NOBODY, Names
from gateway.web.bookable_groups import group_names
from gateway.web.page import ApiResponse, Page, Question
from gateway.web.people import LISTED, STAFF, People, listed, members, offered, staff_question
from shared import clock

SERVICES, LOCATIONS, ORGANIZATION = "GET /service-types", "GET /locations", "GET /organization"
LOOKUP: Final = "POST /clients/lookup"
GIVES_SERVICES: Final = "therapist"
# Of an organization that does not answer: neither hours nor holidays.
NOTHING_KNOWN: Final[Mapping[str, Any]] = {"business_hours": [], "holidays": []}


@dataclass(frozen=True, slots=True)
class Around:
    """Names by id, the organization, and the lists of which there is more than the names hold."""

    names: Names
    organization: Mapping[str, Any]
    more: frozenset[str] = frozenset()

    @property
    def more_staff(self) -> bool:
        """Whether there are more staff than the names hold."""
        return STAFF in self.more

    @property
    def clinicians(self) -> list[Mapping[str, Any]]:
        """Who gives services as their work."""
        return [
            member for member in self.names.staff.values() if member["active"] and GIVES_SERVICES in member["levels"]
        ]

    @property
    def bookable(self) -> list[Mapping[str, Any]]:
        """Who can be booked: everybody who has joined and signs notes, clinicians first."""
        signing = [each for each in self.names.staff.values() if each["active"] and offered(each, "signing")]
        return sorted(signing, key=lambda member: GIVES_SERVICES not in member["levels"])

    def giving(self, items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Clinicians, and others who give one of these appointments; of many staff those who do come first."""
        given_by = {item["staff_id"] for item in items}
        giving = [member for member in self.names.staff.values() if member["id"] in given_by]
        if self.more_staff:
            return [*giving, *(member for member in self.clinicians if member["id"] not in given_by)]
        return [*self.clinicians, *(member for member in giving if member not in self.clinicians)]


AROUND: Final[Mapping[str, Question]] = {
    STAFF: staff_question("all"),
    SERVICES: Question(SERVICES, query={"limit": LISTED}),
    LOCATIONS: Question(LOCATIONS, query={"limit": LISTED}),
    ORGANIZATION: Question(ORGANIZATION),
}


def around_of(answers: Mapping[str, ApiResponse]) -> Around:
    """Names by id, and the organization. What does not answer is left out: the appointments are there all the same."""

    def named(row: str) -> dict[str, Mapping[str, Any]]:
        return {item["id"]: item for item in answers[row].value["items"]} if answers[row].ok else {}

    organization = answers[ORGANIZATION].value if answers[ORGANIZATION].ok else NOTHING_KNOWN
    lists = (STAFF, SERVICES, LOCATIONS)
    more = frozenset(row for row in lists if answers[row].ok and answers[row].value["next_cursor"] is not None)
    return Around(Names(named(STAFF), named(SERVICES), named(LOCATIONS)), organization, more)


def with_staff(page: Page, around: Around, ids: Iterable[str]) -> Around:
    """The same with the names of these members of staff, also where the first page of the list does not hold them."""
    missing = set(ids) - around.names.staff.keys() if around.more_staff else set()
    if not missing:
        return around
    staff = {**around.names.staff, **{member["id"]: member for member in members(page, missing)}}
    return replace(around, names=replace(around.names, staff=staff))


def with_named(page: Page, around: Around, items: Sequence[Mapping[str, Any]], staff: Iterable[str] = ()) -> Around:
    """The same with the names of what these appointments have, wherever it stands in its list, and of further staff."""
    around = with_staff(page, around, [*staff, *(item["staff_id"] for item in items)])
    groups = group_names(page, items)
    services, locations = (
        {**known, **{found["id"]: found for found in _beyond(page, around, row, key, known, items)}}
        for row, key, known in (
            (SERVICES, "service_type_id", around.names.services),
            (LOCATIONS, "location_id", around.names.locations),
        )
    )
    return replace(around, names=replace(around.names, services=services, locations=locations, groups=groups))


def _beyond(
    page: Page, around: Around, row: str, key: str, known: Mapping[str, Any], items: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """What appointments have as their `key` beyond the first page of its list."""
    if row not in around.more:
        return []
    return listed(page, row, {item[key] for item in items if item[key]} - known.keys())


def now_of(page: Page) -> datetime:
    """This moment on the practice's clock."""
    return clock.now().astimezone(ZoneInfo(page.me["organization"]["time_zone"]))


def choices(around: Around, stored: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the forms offer: clinicians, services and places in use, and those that an appointment has."""
    has = stored or {"staff_id": "", "service_type_id": "", "location_id": ""}
    names = around.names
    people = [*around.bookable, *(member for member in names.staff.values() if member["id"] == has["staff_id"])]
    options = list(dict.fromkeys((person["id"], names.clinician(person["id"])) for person in people))
    return {
        "clinicians": People(options, around.more_staff, "signing"),
        "services": [
            (service["id"], f"{service['name']} ({service['code']}), {service['duration_minutes']} min")
            for service in names.services.values()
            if service["active"] or service["id"] == has["service_type_id"]
        ],
        "locations": [
            ("", "No location"),
            *((o["id"], o["name"]) for o in names.locations.values() if o["active"] or o["id"] == has["location_id"]),
        ],
    }


def around_appointment(
    page: Page, appointment: Mapping[str, Any], **questions: Question
) -> tuple[Around, list[dict[str, Any]], Mapping[str, ApiResponse]]:
    """Names of everything around, the clients by name as far as the person may know of them, and further answers."""
    body = {"ids": list(appointment["client_ids"])}
    answers = page.ask_all(**AROUND, **{LOOKUP: Question(LOOKUP, body=body)}, **questions)
    looked_up = answers[LOOKUP].value["items"] if answers[LOOKUP].ok else []
    names = {each["id"]: each["name"] for each in looked_up}
    clients = [{"id": each, "name": names.get(each) or NOBODY} for each in appointment["client_ids"]]
    return with_named(page, around_of(answers), [appointment]), clients, answers
