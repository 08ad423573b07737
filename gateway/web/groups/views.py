"""Groups as the pages show them: rows of the list, members by date, what happened. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from gateway.web import text
from gateway.web.forms import Form

LEADERS_MAX: Final = 5  # the API takes so many
LEADERS_SHOWN: Final = 2  # choices of a new group; one more each time that all are used
NOBODY: Final = "A client"  # while a name is not to be had
COLLEAGUE: Final = "A colleague"
# What the inputs are called, where two people changed one group.
WORDS: Final = {
    "name": "Name",
    "capacity": "Capacity",
    "description": "What it is about",
    **{f"leader.{at}.id": f"Leader {at + 1}" for at in range(LEADERS_MAX)},
}
_FIELDS: Final = {
    "name": "name",
    "description": "what it is about",
    "service_type_id": "usual service",
    "capacity": "capacity",
    "staff": "leaders",
    "archived": "archived or not",
}


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One line of the list."""

    id: str
    name: str
    leaders: str
    members: str
    full: bool
    archived: bool


def group_rows(items: Sequence[Mapping[str, Any]], staff: Mapping[str, str], *, narrowed: bool) -> list[GroupRow]:
    """The lines by name. `narrowed`: the person sees assigned clients only, and their number says nothing of room."""
    return [
        GroupRow(
            id=group["id"],
            name=group["name"],
            leaders=leaders_of(group, staff),
            members=members_of(group, narrowed=narrowed),
            full=not narrowed and group["member_count"] >= group["capacity"],
            archived=group["archived"],
        )
        for group in items
    ]


def leaders_of(group: Mapping[str, Any], staff: Mapping[str, str]) -> str:
    """`Maya Okafor, Daniel Reyes`; empty where nobody leads it."""
    return ", ".join(staff.get(staff_id, COLLEAGUE) for staff_id in group["staff"])


def members_of(group: Mapping[str, Any], *, narrowed: bool) -> str:
    """`6 of 8`; where the person sees assigned clients only, how many of these there are."""
    if narrowed:
        return f"{text.count(group['member_count'], 'client')} of yours"
    return f"{group['member_count']} of {group['capacity']}"


@dataclass(frozen=True, slots=True)
class Member:
    """A time in which a client belongs to the group. `state`: words and kind of the chip."""

    id: str
    name: str
    first: str
    last: str
    state: tuple[str, str]
    leaves: bool  # whether somebody has ended it already


def member_rows(members: Sequence[Mapping[str, Any]], today: date) -> list[Member]:
    """The members in the order in which they joined: those of today, and those who join later."""
    return [_member(member, today) for member in members]


def _member(member: Mapping[str, Any], today: date) -> Member:
    later, ends = member["from"] > today.isoformat(), member["to"] is not None
    return Member(
        id=member["client_id"],
        name=member["name"] or NOBODY,
        first=text.day(member["from"], today),
        last=text.day(member["to"], today) if ends else "",
        state=("Joins later", "info") if later else ("Leaves", "warn") if ends else ("Member", "ok"),
        leaves=ends,
    )


def spans_of(members: Sequence[Mapping[str, Any]], client_id: str, today: date) -> list[str]:
    """`From Nov 3 on`, `From Nov 3 through Dec 1` of each time in which a client belongs to the group."""
    theirs = [member for member in member_rows(members, today) if member.id == client_id]
    return [f"From {each.first} {f'through {each.last}' if each.last else 'on'}" for each in theirs]


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the history: about whom, what, by whom and when, and why where somebody said so."""

    who: str  # stands before `what`, and may be written from right to left
    what: str
    about: str
    why: str


def history_of(
    lines: Sequence[Mapping[str, Any]],
    clients: Mapping[str, str],
    staff: Mapping[str, str],
    zone: str,
    now: datetime,
) -> list[Happened]:
    """The lines of the history, newest first."""
    return [
        Happened(
            who=(clients.get(line["client_id"]) or NOBODY) if line["client_id"] else "",
            what=_what(line, staff),
            about=f"{staff.get(line['by'], COLLEAGUE)} · {text.moment(line['at'], zone, now)}",
            why=line["reason"] or "",
        )
        for line in lines
    ]


def _what(line: Mapping[str, Any], staff: Mapping[str, str]) -> str:
    if line["change"] == "created":
        return "The group was made"
    if line["change"] == "joined":
        return f"belongs to it from {text.day(line['on'])} on"
    if line["change"] == "left":
        last = date.fromisoformat(line["on"]) - timedelta(days=1)
        return f"belongs to it through {text.day(last)}"
    changed = f"Changed: {', '.join(_FIELDS.get(name, name) for name in line['fields'])}"
    return f"{changed} ({leaders_of(line, staff) or 'nobody'})" if line["staff"] is not None else changed


def form_of_group(group: Mapping[str, Any]) -> Form:
    """The form that shows what is stored, a choice for each leader."""
    plain = {name: value for name, value in group.items() if name not in ("staff", "members")}
    return Form.of({**plain, **{f"leader.{at}.id": staff_id for at, staff_id in enumerate(group["staff"])}})


def leaders_typed(form: Form) -> list[str]:
    """The ids of the leaders in the order of their choices, each once, without the choices that are blank."""
    typed = [form.text(f"leader.{number}.id") for number in sorted(form.numbers("leader"))]
    return list(dict.fromkeys(each for each in typed if each))


def choices_of_leaders(form: Form) -> range:
    """As many choices as there are leaders, and one more."""
    return range(min(max(len(leaders_typed(form)) + 1, LEADERS_SHOWN), LEADERS_MAX))
