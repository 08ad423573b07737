"""What a client takes over of the profile of one who is merged into them, and what goes when they part. Pure.

The row of who was merged stays as it is, so what they gave is kept as places in their own lists and names of single
values, with no word of a client. A list takes what is new to it. A single value is taken where who stays has none.
Who stays gives back what came with the merge and was not changed since.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from services.clients.contacts.rules import (
    CONTACTS_MAX,
    EMERGENCY_CONTACTS_MAX,
    Contact,
    consents_of,
    stricter,
    way_of,
)
from services.clients.profiles.rules import FORMER_NAMES_MAX
from services.clients.tags import rules as tags
from shared.errors import Conflict, Forbidden

REASONS: Final[Mapping[str, str]] = {
    "added_twice": "somebody added them a second time",
    "imported_twice": "they came once more with an import",
    "came_back": "they came back after some time, or under another name",
    "other": "another reason",
}
KINDS: Final = ("contacts", "emergency_contacts", "tags", "former_names", "details", "own_fields")
_SINCE: Final = KINDS[3:]  # a merge that an earlier release made gave none of these


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
    """Those lists and values of a client of which a merge makes one; `details` and `own_fields` without empty ones."""

    contacts: tuple[Contact, ...] = ()
    emergency_contacts: tuple[Mapping[str, Any], ...] = ()
    tags: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    own_fields: Mapping[str, Any] = field(default_factory=dict)  # by slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What came with a merge, as places in the lists of who was merged, and names of their single values.

    `consents`: what each of the same contacts of who stays said before, by the place of the contact that was stricter.
    """

    contacts: tuple[int, ...] = ()
    consents: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    emergency_contacts: tuple[int, ...] = ()
    tags: tuple[int, ...] = ()
    former_names: tuple[int, ...] = ()
    details: tuple[str, ...] = ()
    own_fields: tuple[str, ...] = ()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Given:
        """As `stored` says it."""
        return cls(
            contacts=tuple(stored["contacts"]),
            consents={int(place): tuple(before) for place, before in stored["consents"].items()},
            emergency_contacts=tuple(stored["emergency_contacts"]),
            tags=tuple(stored["tags"]),
            **{name: tuple(stored.get(name, ())) for name in _SINCE},
        )

    @property
    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "contacts": list(self.contacts),
            "consents": {str(place): list(before) for place, before in self.consents.items()},
            "emergency_contacts": list(self.emergency_contacts),
            "tags": list(self.tags),
            **{name: list(getattr(self, name)) for name in _SINCE},
        }

    @property
    def counts(self) -> dict[str, int]:
        """How many came along, by kind."""
        return {name: len(getattr(self, name)) for name in KINDS}


@dataclass(frozen=True, slots=True)
class Member:
    """Who was merged, and what they gave."""

    profile: Profile
    given: Given


def joined(ends: Profile, stays: Profile) -> tuple[Profile, Given]:
    """The profile of who stays with what they take over, and what that was. Lists that are full take nothing."""
    ways, added, consents = _joined_contacts(ends.contacts, stays.contacts)
    called = _taken(ends.emergency_contacts, stays.emergency_contacts, _person, EMERGENCY_CONTACTS_MAX)
    words = _taken(ends.tags, stays.tags, tags.key, tags.TAGS_MAX)
    names = _taken(ends.former_names, stays.former_names, tags.key, FORMER_NAMES_MAX)
    profile = Profile(
        contacts=ways,
        emergency_contacts=(*stays.emergency_contacts, *(ends.emergency_contacts[place] for place in called)),
        tags=tuple(tags.tidy([*stays.tags, *(ends.tags[place] for place in words)])),
        former_names=(*stays.former_names, *(ends.former_names[place] for place in names)),
        details={**ends.details, **stays.details},
        own_fields={**ends.own_fields, **stays.own_fields},
    )
    return profile, Given(
        contacts=added,
        consents=consents,
        emergency_contacts=called,
        tags=words,
        former_names=names,
        details=tuple(sorted(ends.details.keys() - stays.details.keys())),
        own_fields=tuple(sorted(ends.own_fields.keys() - stays.own_fields.keys())),
    )


def left(ends: Profile, stays: Profile) -> dict[str, int]:
    """How much `joined` leaves on the record of who ends, by kind.

    Of a list what there is no room for; of single values those of which who stays has another one.
    """
    both, _ = joined(ends, stays)
    keys: tuple[tuple[str, Callable[[Any], Any]], ...] = (
        ("contacts", way_of),
        ("emergency_contacts", _person),
        ("tags", tags.key),
        ("former_names", tags.key),
    )
    of_lists = {
        name: len({key(each) for each in getattr(ends, name)} - {key(each) for each in getattr(both, name)})
        for name, key in keys
    }
    of_values = {
        name: sum(1 for each, value in theirs.items() if own[each] != value)
        for name, (theirs, own) in zip(("details", "own_fields"), _values(ends, both), strict=True)
    }
    return of_lists | of_values


def parted(members: Sequence[Member], place: int, now: Profile) -> tuple[Profile, list[Given], dict[str, int]]:
    """The profile of who stays without the member at `place`, what each of the others gave, and what stays by list.

    `members` in the order in which they were merged. What another one has too stays, as theirs. A single value that
    somebody emptied since does not come back.
    """
    profile, stayed = now, dict.fromkeys(KINDS, 0)
    for at in reversed(range(len(members))):
        profile, kept = _without(members[at], profile)
        if at == place:
            stayed = kept
    given = []
    for at, member in enumerate(members):
        if at != place:
            details, own_fields = (_among(theirs, here) for theirs, here in _values(member.profile, now))
            there = replace(member.profile, details=details, own_fields=own_fields)
            profile, theirs = joined(there, profile)
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
    consents = consents_of(ends.contacts)
    ways = [*now.contacts]
    stay = dict.fromkeys(KINDS, 0)
    for place, before in given.consents.items():
        key = way_of(ends.contacts[place])
        same = [at for at, each in enumerate(ways) if way_of(each) == key]
        became = [stricter(consent, consents[key]) for consent in before]
        if [ways[at].consent for at in same] == became:
            for at, consent in zip(same, before, strict=True):
                ways[at] = replace(ways[at], consent=consent)
    for place in given.contacts:
        came = replace(ends.contacts[place], consent=consents[way_of(ends.contacts[place])])
        if came in ways:
            ways.remove(came)
        else:
            stay["contacts"] += any(way_of(each) == way_of(came) for each in ways)
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
    names = [*now.former_names]
    for place in given.former_names:
        name = ends.former_names[place]
        if name in names:
            names.remove(name)
        else:
            stay["former_names"] += any(tags.key(each) == tags.key(name) for each in names)
    details, own_fields = {**now.details}, {**now.own_fields}
    for kind, values in (("details", details), ("own_fields", own_fields)):
        came = getattr(ends, kind)
        for name in getattr(given, kind):
            if name in values and values[name] == came[name]:
                del values[name]
            else:
                stay[kind] += name in values
    left_over = Profile(
        contacts=tuple(ways),
        emergency_contacts=tuple(called),
        tags=tuple(words),
        former_names=tuple(names),
        details=details,
        own_fields=own_fields,
    )
    return left_over, stay


def _joined_contacts(
    ends: Sequence[Contact], stays: Sequence[Contact]
) -> tuple[tuple[Contact, ...], tuple[int, ...], dict[int, tuple[str, ...]]]:
    """All contacts; the places of those that were added; and what those said before that became stricter."""
    consents, ways = consents_of(ends), [*stays]
    before: dict[int, tuple[str, ...]] = {}
    first = {way_of(each): place for place, each in reversed(list(enumerate(ends)))}
    for place, key in sorted((place, key) for key, place in first.items()):
        same = [at for at, each in enumerate(ways) if way_of(each) == key]
        strict = {at: stricter(ways[at].consent, consents[key]) for at in same}
        if any(ways[at].consent != consent for at, consent in strict.items()):
            before[place] = tuple(ways[at].consent for at in same)
            for at, consent in strict.items():
                ways[at] = replace(ways[at], consent=consent)
    new = _new(ends, {way_of(each) for each in stays}, way_of, CONTACTS_MAX - len(stays))
    ways += [replace(ends[place], consent=consents[way_of(ends[place])]) for place in new]
    return tuple(ways), new, before


def _values(theirs: Profile, own: Profile) -> tuple[tuple[Mapping[str, Any], Mapping[str, Any]], ...]:
    return (theirs.details, own.details), (theirs.own_fields, own.own_fields)


def _among(theirs: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values for which the other has one too."""
    return {name: value for name, value in theirs.items() if name in own}


def _taken(theirs: Sequence[Any], own: Sequence[Any], key: Any, at_most: int) -> tuple[int, ...]:
    """The places of what is new to a list of who stays."""
    return _new(theirs, {key(each) for each in own}, key, at_most - len(own))


def _new(theirs: Sequence[Any], known: Collection[Any], key: Any, room: int) -> tuple[int, ...]:
    """The places of what is not known yet, each once, as many as there is room for."""
    first: dict[Any, int] = {}
    for place, each in enumerate(theirs):
        if key(each) not in known:
            first.setdefault(key(each), place)
    return tuple(first.values())[: max(room, 0)]


def _person(contact: Mapping[str, Any]) -> tuple[str, str]:
    """What two entries have in common that are one person to call."""
    return contact["name"].casefold(), contact["phone"]
