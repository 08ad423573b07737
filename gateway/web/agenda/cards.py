"""Appointments as cards: what each says, and what is left to do about it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.web import text

SHOWN_MINUTES_MIN: Final = 15  # a card is no lower than that, or nobody could read or press it
SHORT_MINUTES: Final = 35
DAY_MINUTES: Final = 24 * 60
TAKES_TIME: Final = frozenset({"booked", "confirmed", "arrived"})
NOT_ISSUED: Final = frozenset({"", "draft"})
EXPECTED: Final = frozenset({"booked", "confirmed"})
STATUSES: Final[Mapping[str, tuple[str, str]]] = {  # words, kind of chip
    "booked": ("Booked", ""),
    "confirmed": ("Confirmed", "info"),
    "arrived": ("Kept", "ok"),
    "no_show": ("No-show", "bad"),
    "late_cancelled": ("Late cancel", "bad"),
    "cancelled": ("Cancelled", ""),
}
PERSON, SERVICE, STATUS = "person", "service", "status"  # what the colour of a card says
STATUS_HUES: Final[Mapping[str, str]] = {
    "booked": "c5",
    "confirmed": "c1",
    "arrived": "c6",
    "no_show": "c4",
    "late_cancelled": "c3",
    "cancelled": "c8",
}
NOBODY: Final = "Name follows"  # for some moments after a client was added


@dataclass(frozen=True, slots=True)
class Names:
    """What ids stand for: staff, services, locations, each as the API gives it, and the names of groups."""

    staff: Mapping[str, Mapping[str, Any]]
    services: Mapping[str, Mapping[str, Any]]
    locations: Mapping[str, Mapping[str, Any]]
    groups: Mapping[str, str] = field(default_factory=dict)

    def clinician(self, staff_id: str) -> str:
        """`Maya Okafor`."""
        member = self.staff.get(staff_id)
        if member is None:  # without any names the list of staff did not answer
            return "A former colleague" if self.staff else "A colleague"
        return f"{member['given_name']} {member['family_name']}"

    def hue(self, staff_id: str) -> str:
        """The colour of a clinician."""
        member = self.staff.get(staff_id)
        return str(member["hue"]) if member else text.hue(staff_id)

    def service_hue(self, service_type_id: str) -> str:
        """The colour of a service."""
        service = self.services.get(service_type_id)
        return str(service["colour"]) if service else "c8"

    def service(self, service_type_id: str) -> str:
        """`Psychotherapy 60`."""
        service = self.services.get(service_type_id)
        return str(service["name"]) if service else "A service"

    def place(self, item: Mapping[str, Any]) -> str:
        """`Telehealth`, `Mill Lane`, or nothing."""
        if item["telehealth"]:
            return "Telehealth"
        location = self.locations.get(item["location_id"] or "")
        return str(location["name"]) if location else ""


@dataclass(frozen=True, slots=True)
class Card:
    """One appointment, or the part of it that lies on one day. Minutes are of the day, by its own clocks."""

    id: str
    day: date
    begins: int
    ends: int
    starts: str  # what clocks show
    until: str
    minutes: int
    title: str
    initials: str  # the same on paper that lies about
    label: str  # what is read out besides
    clients: int
    service: str
    clinician: str
    staff_id: str
    hue: str
    status: str
    telehealth: bool
    overridden: bool
    begun: bool
    past: bool
    documented: bool
    billed: str | None  # the status of its invoice, empty where there is none; None where nobody may know
    continues: bool  # from the day before
    written_here: bool  # its note is for the person who looks to write

    @property
    def starts_short(self) -> str:
        """`9:00`: the hours beside the grid say whether it is morning."""
        return self.starts.split(text.NARROW_SPACE)[0]

    @property
    def until_short(self) -> str:
        """The same of its end."""
        return self.until.split(text.NARROW_SPACE)[0]

    @property
    def off(self) -> bool:
        """Whether it takes no time any longer."""
        return self.status not in TAKES_TIME

    @property
    def live(self) -> bool:
        """Whether it takes place just now."""
        return self.begun and not self.past and not self.off

    @property
    def lacks_attendance(self) -> bool:
        """Whether nobody has said what became of it."""
        return self.past and self.status in EXPECTED

    @property
    def lacks_note(self) -> bool:
        """Whether it took place and the person who looks has not documented it."""
        return self.written_here and self.past and self.status == "arrived" and not self.documented

    @property
    def lacks_invoice(self) -> bool:
        """Whether it is documented and its invoice is not issued yet."""
        return self.past and self.documented and self.billed in NOT_ISSUED

    @property
    def state(self) -> str:
        """How the card looks: off, wanting attention, done, next."""
        if self.off:
            return "off"
        if self.lacks_attendance or self.lacks_note or self.lacks_invoice:
            return "attention"
        return "done" if self.past else "next"


def cards_of(
    items: Sequence[Mapping[str, Any]],
    names: Names,
    now: datetime,
    billed: Mapping[str, str] | None = None,
    colours: str = PERSON,
    writer: str | None = None,
) -> list[Card]:
    """Each appointment as its cards: one, or two where it goes on after midnight.

    `billed`: the status of the invoice by the appointment's id; None where the person may not know. `colours`: what
    the colour says, the clinician, the service or the status. `writer`: the member of staff whose notes are to be
    written; None where the person writes none.
    """
    return [card for item in items for card in _cards(item, names, now, billed, colours, writer)]


def legend_of(cards: Sequence[Card], colours: str) -> list[tuple[str, str]]:
    """What each colour means, as pairs of colour and words; nothing of people, whose names stand in their colours."""
    if colours == PERSON:
        return []
    words = {(card.hue, card.service if colours == SERVICE else STATUSES[card.status][0]) for card in cards}
    return sorted(words, key=lambda pair: pair[1])


def hue_of(item: Mapping[str, Any], names: Names, colours: str) -> str:
    """The colour of an appointment."""
    if colours == SERVICE:
        return names.service_hue(item["service_type_id"])
    return STATUS_HUES[item["status"]] if colours == STATUS else names.hue(item["staff_id"])


def _cards(
    item: Mapping[str, Any],
    names: Names,
    now: datetime,
    billed: Mapping[str, str] | None,
    colours: str,
    writer: str | None,
) -> list[Card]:
    zone = ZoneInfo(item["time_zone"])
    starts, ends = (datetime.fromisoformat(item[name]) for name in ("starts_at", "ends_at"))
    local, local_end = starts.astimezone(zone), ends.astimezone(zone)
    minutes = int((ends - starts).total_seconds()) // 60
    begins = local.hour * 60 + local.minute
    # Where clocks go back within it, they show less than it takes.
    until = max(begins + SHOWN_MINUTES_MIN, begins + int((_naive(local_end) - _naive(local)).total_seconds()) // 60)
    clients = [client["name"] or NOBODY for client in item["clients"]]
    clinician, service = names.clinician(item["staff_id"]), names.service(item["service_type_id"])
    past, words = ends <= now, STATUSES[item["status"]][0]
    group = names.groups.get(item.get("group_id") or "", "")
    several = f"Group of {len(clients)}"
    title = clients[0] if len(clients) == 1 else several if clients else "An appointment"
    spoken = [text.long_day(local.date()), service, clinician, words.lower()]
    if past and item["status"] == "arrived":
        spoken.append("documented" if item["documented"] else "not documented")
        if item["documented"] and billed is not None:
            spoken.append("not invoiced" if billed.get(item["id"], "") in NOT_ISSUED else "invoiced")
    shared: dict[str, Any] = {
        "id": item["id"],
        "starts": text.clock_time(local),
        "until": text.clock_time(local_end),
        "minutes": minutes,
        "title": f"{group} ({len(clients)})" if group else title,
        # On paper a group's name may say what its clients have.
        "initials": several if group else _initials(clients[0]) if len(clients) == 1 else title,
        "label": ", ".join(spoken),
        "clients": len(clients),
        "service": service,
        "clinician": clinician,
        "staff_id": item["staff_id"],
        "hue": hue_of(item, names, colours),
        "status": item["status"],
        "telehealth": bool(item["telehealth"]),
        "overridden": item["overridden"],
        "begun": starts <= now,
        "past": past,
        "documented": item["documented"],
        "written_here": item["staff_id"] == writer,
        "billed": None if billed is None else billed.get(item["id"], ""),
    }
    day = local.date()
    cards = [Card(day=day, begins=begins, ends=min(until, DAY_MINUTES), continues=False, **shared)]
    if until > DAY_MINUTES:
        rest = min(until - DAY_MINUTES, DAY_MINUTES)
        cards.append(Card(day=day + timedelta(days=1), begins=0, ends=rest, continues=True, **shared))
    return cards


def _initials(name: str) -> str:
    """`A.L.` of `Ada Lovelace`."""
    return "".join(f"{word[0].upper()}." for word in name.split())


def _naive(local: datetime) -> datetime:
    return local.replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What is left to do of the appointments that are shown."""

    notes: int
    attendance: int
    invoices: int


def unfinished(cards: Sequence[Card]) -> Unfinished:
    """Counts, each appointment once."""
    whole = [card for card in cards if not card.continues]
    return Unfinished(
        notes=sum(card.lacks_note for card in whole),
        attendance=sum(card.lacks_attendance for card in whole),
        invoices=sum(card.lacks_invoice for card in whole),
    )
