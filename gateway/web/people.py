"""Choosing among staff, and naming them, in a practice of any size.

A choice shows the first page of the list by name. Where there are more people, a search beside it (`staff_choice`)
finds the others by the beginnings of their names, and puts who was found into the choice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.web.local_addresses import is_id
from gateway.web.page import ApiResponse, Page, Question
from shared.permissions import SIGNING_LEVELS

STAFF: Final = "GET /staff"
LISTED: Final = 200  # members on the first page
FOUND: Final = 20  # members whom a search shows
BY: Final = ("staff_id", "_by")  # ends of the names of fields that hold the id of somebody
ASKED_AT_ONCE: Final = 100  # ids in one question
REVIEWED: Final = frozenset({"approve", "co_sign"})  # modes in which a supervisor has the last word on somebody's notes
# Whom a choice offers, as the API is asked. "succeeding": of these, who has a level that signs notes; "signing": who
# has joined besides, and so can be booked; "supervising": who has the last word on their own notes besides the level.
WHICH: Final[Mapping[str, Mapping[str, Any]]] = {
    "all": {},
    "active": {"active": True},
    "succeeding": {"active": True},
    "supervising": {"active": True},
    "signing": {"active": True},
}


@dataclass(frozen=True, slots=True)
class People:
    """Whom one can choose: pairs of id and name. Where there are more, a search among `which` finds them."""

    options: Sequence[tuple[str, str]] = ()
    more: bool = False
    which: str = "active"

    def after(self, *first: tuple[str, str]) -> People:
        """The same behind other choices, such as nobody."""
        return People([*first, *self.options], self.more, self.which)


def staff_question(which: str = "active") -> Question:
    """The question that fetches the first page of a choice."""
    return Question(STAFF, query={**WHICH[which], "limit": LISTED})


def people_of(
    page: Page,
    reply: ApiResponse,
    which: str = "active",
    *,
    without: Collection[str] = (),
    chosen: Iterable[str] = (),
) -> People:
    """The choice that the answer to `staff_question` gives; nobody where there is none.

    `without`: ids of those who are not offered; `chosen`: ids of those who are in the choice wherever they are listed.
    """
    if not reply.ok:
        return People(which=which)
    known = {member["id"]: member for member in reply.value["items"]}
    wanted = dict.fromkeys(chosen)
    listed = [member for member in known.values() if offered(member, which) or member["id"] in wanted]
    others = members(page, [staff_id for staff_id in wanted if staff_id not in known])
    options = [(member["id"], name_of(member)) for member in [*listed, *others] if member["id"] not in without]
    return People(options, reply.value["next_cursor"] is not None, which)


def offered(member: Mapping[str, Any], which: str) -> bool:
    """Whether a choice among `which` offers a member, of those whom the API lists for it."""
    if which not in ("succeeding", "supervising", "signing"):
        return True
    if SIGNING_LEVELS.isdisjoint(member["levels"]):
        return False
    if which == "supervising":
        return not is_reviewed(member)
    # Whether somebody has joined is not shown to everybody: then the API says so when they are booked.
    return which == "succeeding" or bool(member.get("joined", True))


def is_reviewed(member: Mapping[str, Any]) -> bool:
    """Whether a supervisor has the last word on somebody's notes, as far as it is shown."""
    return member.get("supervision_mode") in REVIEWED


def name_of(member: Mapping[str, Any]) -> str:
    """`Daniel Reyes`."""
    return f"{member['given_name']} {member['family_name']}"


def members(page: Page, ids: Iterable[str]) -> list[Mapping[str, Any]]:
    """Members of staff by their ids, as far as they can be had."""
    return listed(page, STAFF, ids)


def listed(page: Page, row: str, ids: Iterable[str]) -> list[Mapping[str, Any]]:
    """Items of a list by their ids, as far as they can be had: `GET /service-types`, wherever they stand in it."""
    wanted = sorted({identifier for identifier in ids if is_id(identifier)})
    batches = [wanted[at : at + ASKED_AT_ONCE] for at in range(0, len(wanted), ASKED_AT_ONCE)]
    replies = [page.ask(row, ids=",".join(batch), limit=LISTED) for batch in batches]
    return [item for reply in replies if reply.ok for item in reply.value["items"]]


def named_in(*records: Any) -> set[str]:
    """The ids of staff that answers of the API speak of, at any depth: `staff_id`, `created_by` and the like."""
    found: set[str] = set()
    for record in records:
        if isinstance(record, Mapping):
            found |= {value for key, value in record.items() if key.endswith(BY) and isinstance(value, str)}
            found |= named_in(*record.values())
        elif isinstance(record, list):
            found |= named_in(*record)
    return found


def names_of(page: Page, ids: Iterable[str], known: Iterable[Mapping[str, Any]] = ()) -> dict[str, str]:
    """Names by id: of the members that are known, and of `ids` beyond them, as far as they can be had."""
    names = {member["id"]: name_of(member) for member in known}
    return names | {member["id"]: name_of(member) for member in members(page, set(ids) - names.keys())}


def hues_of(page: Page, ids: Iterable[str], listed: ApiResponse) -> dict[str, str]:
    """Colours by id, as far as they can be had: of the members that were listed, and of `ids` beyond them."""
    known = {member["id"]: member["hue"] for member in listed.value["items"]} if listed.ok else {}
    return known | {member["id"]: member["hue"] for member in members(page, set(ids) - known.keys())}
