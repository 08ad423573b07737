"""What a merge of two profiles makes of their lists, and that parting them brings back what was before."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.clients.client_merges.rules import KINDS, Given, Member, Profile, joined, left, parted
from services.clients.contacts.rules import CONSENTS, CONTACTS_MAX, Contact, Ways
from services.clients.tags import rules as tags

CONTACTS = st.lists(
    st.builds(
        Contact,
        channel=st.sampled_from(["phone", "email", "other"]),
        value=st.sampled_from(["+12125550101", "+12125550102", "a@example.com", "A@example.com", "bell"]),
        label=st.sampled_from([None, "work"]),
        consent=st.sampled_from(CONSENTS),
    ),
    max_size=6,
).map(lambda ways: Ways.of(ways).all)
CALLED = st.lists(
    st.fixed_dictionaries({"name": st.sampled_from(["Max", "max", "Eva"]), "phone": st.sampled_from(["1", "2"])}),
    max_size=5,
).map(tuple)
TAGS = st.lists(st.sampled_from(["Evening", "evening", "Sliding scale", "School"]), max_size=3).map(
    lambda words: tuple(tags.tidy(words))
)
NAMES = st.lists(st.sampled_from(["Hopper", "hopper", "Byron"]), max_size=2, unique_by=tags.key).map(tuple)
VALUES = st.dictionaries(st.sampled_from(["pronouns", "language"]), st.sampled_from(["a", "b"]))
PROFILES = st.builds(
    Profile,
    contacts=CONTACTS,
    emergency_contacts=CALLED,
    tags=TAGS,
    former_names=NAMES,
    details=VALUES,
    own_fields=st.dictionaries(st.sampled_from(["school", "sibling"]), st.sampled_from([1, True, "x"])),
)


def sorted_as_stored(profile: Profile) -> Profile:
    return replace(profile, contacts=Ways.of(profile.contacts).all)


@given(PROFILES, PROFILES)
def test_merged_and_parted_is_as_before(ends: Profile, stays: Profile) -> None:
    both, gave = joined(ends, stays)
    stored = Given.of(gave.stored)
    assert stored == gave
    assert {**both.details, **stays.details} == both.details, "nothing is overwritten"
    assert all(left(ends, stays)[name] == 0 or getattr(stays, name) for name in KINDS)
    parts, others, stayed = parted([Member(ends, stored)], 0, sorted_as_stored(both))
    assert (parts, others) == (stays, [])
    assert set(stayed.values()) == {0}


@settings(max_examples=40)
@given(PROFILES, st.lists(PROFILES, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_in_whatever_order_several_are_parted_it_ends_as_it_began(
    stays: Profile, ends: list[Profile], turn: object
) -> None:
    now, members = stays, []
    for profile in ends:
        now, gave = joined(profile, now)
        now = sorted_as_stored(now)
        members.append(Member(profile, gave))
    while members:
        place = turn.randrange(len(members))  # type: ignore[attr-defined]  # hypothesis declares it as an object
        now, given_by, _ = parted(members, place, now)
        now = sorted_as_stored(now)
        left = [each for at, each in enumerate(members) if at != place]
        members = [replace(each, given=gave) for each, gave in zip(left, given_by, strict=True)]
        alone = stays
        for each in members:
            alone = sorted_as_stored(joined(each.profile, alone)[0])
        assert now == alone, "as if the one who was parted had never been merged"
    assert now == stays


@pytest.mark.abuse("A-ROLE-merge-consent")
@given(PROFILES, PROFILES)
def test_a_no_stays_a_no(ends: Profile, stays: Profile) -> None:
    both, _ = joined(ends, stays)

    def consents(profile: Profile, value: str, channel: str) -> set[str]:
        return {
            way.consent
            for way in profile.contacts
            if (way.channel, way.value.casefold()) == (channel, value.casefold())
        }

    for way in ends.contacts:
        if way.consent == "refused":
            assert consents(both, way.value, way.channel) == {"refused"}
    for way in stays.contacts:
        assert way.consent != "refused" or "refused" in consents(both, way.value, way.channel)


PHONE = Contact(channel="phone", value="+12125550101", consent="given")


def test_what_somebody_changed_since_stays() -> None:
    ends = Profile(contacts=(PHONE,), emergency_contacts=({"name": "Max", "phone": "1"},), tags=("Evening",))
    both, gave = joined(ends, Profile())
    changed = Profile(
        contacts=(replace(PHONE, consent="refused"),),
        emergency_contacts=({"name": "max", "phone": "1"},),
        tags=("evening",),
    )
    assert parted([Member(ends, gave)], 0, changed) == (
        changed,
        [],
        {**dict.fromkeys(KINDS, 0), "contacts": 1, "emergency_contacts": 1, "tags": 1},
    )
    added = replace(both, contacts=(*both.contacts, Contact(channel="other", value="bell")), tags=("Evening", "New"))
    assert parted([Member(ends, gave)], 0, added)[0] == Profile(contacts=added.contacts[1:], tags=("New",))
    assert parted([Member(ends, gave)], 0, Profile())[0] == Profile(), "what was removed since does not come back"


def test_a_consent_that_was_changed_since_stays() -> None:
    ends, stays = (Profile(contacts=(replace(PHONE, consent=consent),)) for consent in ("refused", "given"))
    both, gave = joined(ends, stays)
    assert both == ends
    assert parted([Member(ends, gave)], 0, both)[0] == stays
    since = Profile(contacts=(replace(PHONE, consent="not_asked"),))
    assert parted([Member(ends, gave)], 0, since)[0] == since


def test_full_lists_take_nothing() -> None:
    full = Profile(contacts=tuple(replace(PHONE, value=f"+1212555{number:04}") for number in range(CONTACTS_MAX)))
    ends = Profile(contacts=(Contact(channel="other", value="bell"),))
    assert joined(ends, full) == (full, Given())
    assert left(ends, full) == {**dict.fromkeys(KINDS, 0), "contacts": 1}


def test_a_single_value_fills_a_gap_and_one_that_was_emptied_since_does_not_come_back() -> None:
    first, second = (Profile(details={"pronouns": each}, own_fields={"school": each}) for each in "ab")
    stays = Profile(details={"language": "en"})
    both, gave = joined(first, stays)
    assert (both.details, both.own_fields) == ({"language": "en", "pronouns": "a"}, {"school": "a"})
    assert left(second, both) == {**dict.fromkeys(KINDS, 0), "details": 1, "own_fields": 1}
    members = [Member(first, gave), Member(second, joined(second, both)[1])]
    assert parted(members, 0, both)[0].details == {"language": "en", "pronouns": "b"}, "the next one's fills the gap"
    emptied = replace(both, details={"language": "en"})
    assert parted(members, 0, emptied)[0].details == {"language": "en"}
    changed = replace(both, own_fields={"school": "c"})
    after, _, stayed = parted(members[:1], 0, changed)
    assert (after.own_fields, stayed["own_fields"]) == ({"school": "c"}, 1), "what was changed since stays"
    assert Given.of({"contacts": [], "consents": {}, "emergency_contacts": [], "tags": [0]}) == Given(tags=(0,))
