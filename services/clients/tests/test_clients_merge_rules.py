"""What a merge of two profiles makes of their lists, and that parting them brings back what was before."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.clients.client_merges.rules import Given, Member, Profile, joined, parted
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
PROFILES = st.builds(Profile, contacts=CONTACTS, emergency_contacts=CALLED, tags=TAGS)


def sorted_as_stored(profile: Profile) -> Profile:
    return replace(profile, contacts=Ways.of(profile.contacts).all)


@given(PROFILES, PROFILES)
def test_merged_and_parted_is_as_before(ends: Profile, stays: Profile) -> None:
    both, gave = joined(ends, stays)
    stored = Given.of(gave.stored)
    assert stored == gave
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
        {"contacts": 1, "emergency_contacts": 1, "tags": 1},
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
