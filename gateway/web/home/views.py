"""The first steps of a practice as a card: three groups of what is to be done, from what each service sees. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.web.text import clock_time, count, day


@dataclass(frozen=True, slots=True)
class OtherWay:
    """A second way to do a first step, for those who may."""

    verb: str
    path: str
    permission: str


@dataclass(frozen=True, slots=True)
class StepText:
    """What a first step is called, what one does for it, where, who may, and about how long it takes."""

    slug: str
    name: str
    verb: str
    words: str
    path: str
    permission: str
    minutes: int
    other_way: OtherWay | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one practice. `done` is None where the service that knows is away; no `path`: no page for it yet."""

    text: StepText
    path: str
    done: bool | None
    words: str
    allowed: bool
    is_next: bool
    other_way: OtherWay | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One of the three parts of the guide."""

    number: int
    name: str
    steps: Sequence[Step]

    @property
    def done(self) -> int:
        """How many of its steps are done."""
        return sum(step.done is True for step in self.steps)

    @property
    def complete(self) -> bool:
        """Whether all are."""
        return self.done == len(self.steps)

    @property
    def open(self) -> bool:
        """Whether it stands open on the page: where something is left to do."""
        return not self.complete


@dataclass(frozen=True, slots=True)
class Setup:
    """The card."""

    parts: Sequence[Part]
    minutes_left: int

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(part.done for part in self.parts)

    @property
    def steps(self) -> int:
        """How many there are."""
        return sum(len(part.steps) for part in self.parts)

    @property
    def complete(self) -> bool:
        """Whether nothing is left."""
        return self.done == self.steps


PARTS: Final = (
    (
        "Practice profile",
        (
            StepText(
                "organization_settings",
                "Update organization settings",
                "Fill in",
                "Name, address, phone, tax ID or NPI",
                "/settings",
                "organization:update",
                5,
            ),
            StepText(
                "services",
                "Add services",
                "Add",
                "What you offer, how long it takes and what it costs",
                "/settings/services",
                "service_types:create",
                5,
            ),
        ),
    ),
    (
        "Team and clients",
        (
            StepText(
                "staff",
                "Add staff and set permissions",
                "Add",
                "Invite people, and say what each may do",
                "/settings/staff",
                "staff:create",
                5,
            ),
            StepText(
                "clients",
                "Add clients",
                "Add",
                "One by one, or all of a file at once",
                "/clients/new",
                "clients:create",
                10,
                OtherWay("Import", "/clients/import", "client_imports:manage"),
            ),
            StepText(
                "assignments",
                "Assign staff to clients",
                "Assign",
                "Tick them in the list, and choose who sees them",
                "/clients?assigned_to=nobody",
                "assignments:change",
                5,
            ),
        ),
    ),
    (
        "Intake and invoicing",
        (
            StepText(
                "intake",
                "Complete a client intake",
                "Start",
                "Diagnosis and treatment plan, from the client’s page",
                "/clients",
                "diagnoses:create",
                15,
            ),
            StepText(
                "documentation",
                "Document an appointment",
                "Start",
                "Write and sign one note",
                "/notes",
                "notes:create",
                10,
            ),
            StepText(
                "invoice",
                "Create an invoice",
                "Create",
                "Issue the draft that a note made",
                "/invoices",
                "invoices:issue",
                2,
            ),
        ),
    ),
)
NEXT_UP: Final = 3  # sessions that Home names
COUNTED: Final = {"services": "service", "staff": "member of staff", "clients": "client"}
PLURALS: Final = {"staff": "members of staff"}


def setup_of(items: Sequence[Mapping[str, Any]], can: Callable[[str], bool], pages: Collection[str]) -> Setup:
    """The card, from the items that the services told; a step that none told of is not known just now.

    `pages`: the paths that there are.
    """
    by_slug = {item["item"]: item for item in items}
    following = _next(by_slug, can)
    parts = [
        Part(number, name, [_step(text, by_slug.get(text.slug), can, following, pages) for text in texts])
        for number, (name, texts) in enumerate(PARTS, start=1)
    ]
    left = sum(step.text.minutes for part in parts for step in part.steps if not step.done)
    return Setup(parts, left)


def _next(by_slug: Mapping[str, Mapping[str, Any]], can: Callable[[str], bool]) -> str | None:
    for _, texts in PARTS:
        for text in texts:
            item = by_slug.get(text.slug)
            if item is not None and not item["done"] and can(text.permission):
                return text.slug
    return None


def _step(
    text: StepText,
    item: Mapping[str, Any] | None,
    can: Callable[[str], bool],
    following: str | None,
    pages: Collection[str],
) -> Step:
    path = text.path if text.path.partition("?")[0] in pages else ""
    if item is None:
        return Step(text, path, None, "Not known just now", can(text.permission), False)
    other_way = text.other_way if text.other_way is not None and can(text.other_way.permission) else None
    is_next = text.slug == following
    return Step(text, path, item["done"], _words(text, item), can(text.permission), is_next, other_way)


def _words(text: StepText, item: Mapping[str, Any]) -> str:
    number, of = item.get("count"), item.get("of")
    if text.slug == "assignments" and of:
        nobody = of - (number or 0)
        if of == 1:
            return "The client has nobody assigned" if nobody else "The client has somebody"
        if nobody:
            return f"{nobody:,} of {of:,} clients {'has' if nobody == 1 else 'have'} nobody assigned"
        return f"All {of:,} clients have somebody"
    if item["done"] and number and text.slug in COUNTED:
        return count(number, COUNTED[text.slug], PLURALS.get(text.slug))
    return text.words


def coming_of(items: Sequence[Mapping[str, Any]], now: datetime) -> list[Mapping[str, Any]]:
    """The next sessions that Home names."""
    return [item for item in items if datetime.fromisoformat(item["starts_at"]) > now][:NEXT_UP]


def next_up(coming: Sequence[Mapping[str, Any]], groups: Mapping[str, str], today: date) -> list[tuple[str, str, str]]:
    """Of these sessions: when, who comes, and the page of the client or of the group. `groups`: names by id."""
    return [(_when(item, today), *_who(item, groups)) for item in coming]


def _who(item: Mapping[str, Any], groups: Mapping[str, str]) -> tuple[str, str]:
    clients = item["clients"]
    if name := groups.get(item.get("group_id") or ""):
        return name, f"/groups/{item['group_id']}"
    names = ", ".join(client["name"] or "A client" for client in clients) or "Nobody"
    return names, f"/clients/{clients[0]['id']}" if len(clients) == 1 else ""


def sessions_in_words(items: Sequence[Mapping[str, Any]], today: date) -> str:
    """`7 sessions today, 2 done.`: done are those to which somebody came; empty on a day without one."""
    of_today = [item for item in items if _local(item).date() == today]
    done = sum(item["status"] == "arrived" for item in of_today)
    return f"{count(len(of_today), 'session')} today, {done} done." if of_today else ""


def _local(item: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(item["starts_at"]).astimezone(ZoneInfo(item["time_zone"]))


def _when(item: Mapping[str, Any], today: date) -> str:
    at = _local(item)
    return f"{day(at.date(), today)}, {clock_time(at)}"
