"""How likely two records are of one person. Proved by properties."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.clients.duplicates.rules import Found, likeliest, pair_key, with_room
from services.clients.matching.rules import SCORES, candidates_of, likeness_of
from services.clients.profiles.rules import KnownAs, duplicate_reason, known_as
from shared.ids import new_id

BORN: Final = date(1990, 1, 2)
NAMES: Final = ("Ada", "Adele", "Łukasz", "Lukasz", "Müller", "Mueller", "De la Cruz", "O'Neil", "Quint")
PHONES: Final = (None, "+12125550142", "+12125550143")
name = st.sampled_from(NAMES)
people = st.builds(
    known_as,
    st.tuples(name, name, st.sampled_from(("", *NAMES))),
    st.sampled_from((BORN, date(1990, 2, 1))),
    st.tuples(st.sampled_from(PHONES), st.sampled_from((None, "ada@example.test"))),
    once_named=st.tuples(st.sampled_from(("", *NAMES))),
)


@given(known=people, other=people)
def test_two_are_as_likely_one_person_from_either_side(known: KnownAs, other: KnownAs) -> None:
    likeness = likeness_of(known, other)
    assert likeness == likeness_of(other, known)
    reasons = likeness.reasons if likeness else ()
    assert duplicate_reason(known, other) == next(iter(reasons), None), "an import and the list agree"
    assert [SCORES[reason] for reason in reasons] == sorted((SCORES[reason] for reason in reasons), reverse=True)
    assert likeness is None or likeness.score == SCORES[reasons[0]]
    found = candidates_of(known, [(new_id(), other)])
    assert [candidate.score for candidate in found] == ([likeness.score] if likeness else [])


@given(given_name=name, family_name=name, preferred=st.sampled_from(("", *NAMES)))
def test_the_order_of_names_does_not_count(given_name: str, family_name: str, preferred: str) -> None:
    known = known_as((given_name, family_name, preferred), BORN, (None, None))
    turned = known_as((family_name, given_name, preferred), BORN, (None, None))
    likeness = likeness_of(known, turned)
    assert likeness is not None
    assert likeness.score == 100


@given(known=people, other=people)
def test_neither_a_birthday_nor_a_contact_alone_is_enough(known: KnownAs, other: KnownAs) -> None:
    likeness = likeness_of(known, other)
    same_birth, same_contact = known.born == other.born, bool(known.contacts & other.contacts)
    agree = [same_birth, same_contact, bool(known.tokens & other.tokens)]
    assert (likeness is not None) == (sum(agree) >= 2 and (same_birth or same_contact))


@given(family_name=name, phone=st.sampled_from(PHONES))
def test_a_nickname_counts_where_it_stands_as_the_preferred_or_a_former_name(
    family_name: str, phone: str | None
) -> None:
    bob = known_as(("Bob", family_name, ""), BORN, (phone, None))
    preferred = known_as(("Robert", "Rask", "Bob"), BORN, (None, None))
    former = known_as(("Robert", "Rask", ""), BORN, (None, None), once_named=("Bob",))
    for other in (preferred, former):
        likeness = likeness_of(bob, other)
        assert likeness is not None
        assert likeness.reasons == ("similar_name",)


@given(others=st.lists(people, max_size=40), known=people)
def test_the_likeliest_are_taken_whatever_order_they_come_in(others: list[KnownAs], known: KnownAs) -> None:
    named = [(new_id(), other) for other in others]
    found = likeliest(known, named)
    assert found == likeliest(known, reversed(named))
    assert len(found) <= 20
    left_out = {client_id for client_id, _ in named} - {each.client_id for each in found}
    worst = min((each.likeness.score for each in found), default=0)
    for client_id, other in named:
        likeness = likeness_of(known, other)
        assert client_id not in left_out or likeness is None or likeness.score <= worst


def test_who_has_enough_pairs_gets_no_further_one_but_keeps_those_that_there_are() -> None:
    likeness = likeness_of(*[known_as(("Ada", "Quint", ""), BORN, (None, None))] * 2)
    assert likeness is not None
    kept, full, free = (Found(new_id(), likeness) for _ in range(3))
    room = with_room([kept, full, free], [kept.client_id], {kept.client_id: 20, full.client_id: 20, free.client_id: 19})
    assert room == [kept, free]


@given(st.uuids(), st.uuids())
def test_a_pair_has_one_key(client_id: UUID, other_id: UUID) -> None:
    assert pair_key(client_id, other_id) == pair_key(other_id, client_id)
