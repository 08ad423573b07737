"""What a client takes over of the profile of one who is merged into them, and what goes when they part. Pure.

The row of who was merged stays as it is, so what they gave is kept as places in their own lists, with no word of a
client in it. Who stays gives back what came with the merge and was not changed since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from services.clients.contacts.rules import CONTACTS_MAX, EMERGENCY_CONTACTS_MAX, Contact
from services.clients.tags import rules as tags
from shared.errors import Conflict, Forbidden
from shared.texts import comparable_email

REASONS: Final[Mapping[str, str]] = {
    "added_twice": "somebody added them a second time",
    "imported_twice": "they came once more with an import",
    "came_back": "they came back after some time, or under another name",
    "other": "another reason",
}
# Of two statements about one way to be reached the stricter one holds; nobody asked says nothing.
_STRICTEST_FIRST: Final = ("refused", "given", "not_asked")


class MergingAssigns(Forbidden):
    """A merge puts the staff of each client on the other one: nobody gives by it what they may not give by hand."""

    code = "merging_assigns"
    detail = (
        "Merging gives the staff of each client the records of the other: it takes the permission to assign staff too."
    )


class NotMerged(Conflict):
    """A merge that was not made, or was taken back already, cannot be taken back."""

    code = "not_merged"
    detail = "These records are not merged, or are separate again already."


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Those lists of a client of which a merge makes one."""

    contacts: tuple[Contact, ...] = ()
    emergency_contacts: tuple[Mapping[str, Any], ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What came with a merge, as places in the lists of who was merged.

    `consents`: what each of the same contacts of who stays said before, by the place of the contact that was stricter.
    """

    contacts: tuple[int, ...] = ()
    consents: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    emergency_contacts: tuple[int, ...] = ()
    tags: tuple[int, ...] = ()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Given:
        """As `stored` says it."""
        return cls(
            contacts=tuple(stored["contacts"]),
            consents={int(place): tuple(before) for place, before in stored["consents"].items()},
            emergency_contacts=tuple(stored["emergency_contacts"]),
            tags=tuple(stored["tags"]),
        )

    @property
    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "contacts": list(self.contacts),
            "consents": {str(place): list(before) for place, before in self.consents.items()},
            "emergency_contacts": list(self.emergency_contacts),
            "tags": list(self.tags),
        }

    @property
    def counts(self) -> dict[str, int]:
        """How many came along, by list."""
        return {
            "contacts": len(self.contacts),
            "emergency_contacts": len(self.emergency_contacts),
            "tags": len(self.tags),
        }


@dataclass(frozen=True, slots=True)
class Member:
    """Who was merged, and what they gave."""

    profile: Profile
    given: Given


def joined(ends: Profile, stays: Profile) -> tuple[Profile, Given]:
    """The profile of who stays with what they take over, and what that was. Lists that are full take nothing."""
    ways, added, consents = _joined_contacts(ends.contacts, stays.contacts)
    known = {_person(each) for each in stays.emergency_contacts}
    called = _new(ends.emergency_contacts, known, _person, EMERGENCY_CONTACTS_MAX - len(stays.emergency_contacts))
    words = _new(ends.tags, {tags.key(tag) for tag in stays.tags}, tags.key, tags.TAGS_MAX - len(stays.tags))
    profile = Profile(
        contacts=ways,
        emergency_contacts=(*stays.emergency_contacts, *(ends.emergency_contacts[place] for place in called)),
        tags=tuple(tags.tidy([*stays.tags, *(ends.tags[place] for place in words)])),
    )
    return profile, Given(contacts=added, consents=consents, emergency_contacts=called, tags=words)


def parted(members: Sequence[Member], place: int, now: Profile) -> tuple[Profile, list[Given], dict[str, int]]:
    """The profile of who stays without the member at `place`, what each of the others gave, and what stays by list.

    `members` in the order in which they were merged. What another one has too stays, as theirs.
    """
    profile, stayed = now, dict.fromkeys(members[place].given.counts, 0)
    for at in reversed(range(len(members))):
        profile, kept = _without(members[at], profile)
        if at == place:
            stayed = kept
    given = []
    for at, member in enumerate(members):
        if at != place:
            profile, theirs = joined(member.profile, profile)
            given.append(theirs)
    return profile, given, stayed


def holder_of(fact: object, others: Iterable[tuple[int, Collection[object]]]) -> int | None:
    """Which of the others, by place and what each had, has this too: the first; None: nobody."""
    return next((place for place, theirs in others if fact in theirs), None)


def unchanged(given: Mapping[UUID, Any], now: Mapping[UUID, Any]) -> tuple[list[UUID], int]:
    """Of what was given by id those that are as they were then, and how many were changed since and stay."""
    same = [each for each, then in given.items() if now.get(each) == then]
    return same, sum(1 for each in given if each in now) - len(same)


def _without(member: Member, now: Profile) -> tuple[Profile, dict[str, int]]:
    """What is left without what somebody gave; how many of these stay because they were changed since, by list."""
    ends, given = member.profile, member.given
    consents = _consents_of(ends.contacts)
    ways = [*now.contacts]
    stay = {"contacts": 0, "emergency_contacts": 0, "tags": 0}
    for place, before in given.consents.items():
        key = _way(ends.contacts[place])
        same = [at for at, each in enumerate(ways) if _way(each) == key]
        became = [_stricter(consent, consents[key]) for consent in before]
        if [ways[at].consent for at in same] == became:
            for at, consent in zip(same, before, strict=True):
                ways[at] = replace(ways[at], consent=consent)
    for place in given.contacts:
        came = replace(ends.contacts[place], consent=consents[_way(ends.contacts[place])])
        if came in ways:
            ways.remove(came)
        else:
            stay["contacts"] += any(_way(each) == _way(came) for each in ways)
    called, words = [*now.emergency_contacts], [*now.tags]
    for place in given.emergency_contacts:
        person = ends.emergency_contacts[place]
        if person in called:
            called.remove(person)
        else:
            stay["emergency_contacts"] += any(_person(each) == _person(person) for each in called)
    for place in given.tags:
        tag = " ".join(ends.tags[place].split())
        if tag in words:
            words.remove(tag)
        else:
            stay["tags"] += any(tags.key(each) == tags.key(tag) for each in words)
    return Profile(contacts=tuple(ways), emergency_contacts=tuple(called), tags=tuple(words)), stay


def _joined_contacts(
    ends: Sequence[Contact], stays: Sequence[Contact]
) -> tuple[tuple[Contact, ...], tuple[int, ...], dict[int, tuple[str, ...]]]:
    """All contacts; the places of those that were added; and what those said before that became stricter."""
    consents, ways = _consents_of(ends), [*stays]
    before: dict[int, tuple[str, ...]] = {}
    first = {_way(each): place for place, each in reversed(list(enumerate(ends)))}
    for place, key in sorted((place, key) for key, place in first.items()):
        same = [at for at, each in enumerate(ways) if _way(each) == key]
        stricter = {at: _stricter(ways[at].consent, consents[key]) for at in same}
        if any(ways[at].consent != consent for at, consent in stricter.items()):
            before[place] = tuple(ways[at].consent for at in same)
            for at, consent in stricter.items():
                ways[at] = replace(ways[at], consent=consent)
    new = _new(ends, {_way(each) for each in stays}, _way, CONTACTS_MAX - len(stays))
    ways += [replace(ends[place], consent=consents[_way(ends[place])]) for place in new]
    return tuple(ways), new, before


def _consents_of(contacts: Iterable[Contact]) -> Mapping[tuple[str, str], str]:
    """What was said to each way to be reached, the strictest of several."""
    found: dict[tuple[str, str], str] = defaultdict(lambda: "not_asked")
    for contact in contacts:
        found[_way(contact)] = _stricter(found[_way(contact)], contact.consent)
    return found


def _stricter(consent: str, other: str) -> str:
    return min(consent, other, key=_STRICTEST_FIRST.index)


def _new(theirs: Sequence[Any], known: Collection[Any], key: Any, room: int) -> tuple[int, ...]:
    """The places of what is not known yet, each once, as many as there is room for."""
    first: dict[Any, int] = {}
    for place, each in enumerate(theirs):
        if key(each) not in known:
            first.setdefault(key(each), place)
    return tuple(first.values())[: max(room, 0)]


def _way(contact: Contact) -> tuple[str, str]:
    """What two entries have in common that are one way to be reached."""
    value = comparable_email(contact.value) if contact.channel == "email" else contact.value.casefold()
    return contact.channel, value


def _person(contact: Mapping[str, Any]) -> tuple[str, str]:
    """What two entries have in common that are one person to call."""
    return contact["name"].casefold(), contact["phone"]
