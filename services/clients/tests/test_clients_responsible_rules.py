"""Shares of responsible people: whatever is added in whatever order, on no day do they contradict each other."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clients.responsible_people import rules
from services.clients.responsible_people.rules import Share, Term
from shared.errors import Invalid

MARCH_1 = date(2026, 3, 1)
DAYS = [MARCH_1 + timedelta(days=at) for at in range(8)]
SERVICES = [None, UUID(int=1), UUID(int=2)]


@st.composite
def terms(draw: st.DrawFn) -> Term:
    kind = draw(st.sampled_from(rules.KINDS))
    first, last = draw(st.sampled_from(DAYS)), draw(st.sampled_from([None, *DAYS]))
    return Term(
        person=(draw(st.sampled_from("abcd")),),
        share=Share(
            kind=kind,
            percent=draw(st.sampled_from([10, 40, 60, 100])) if kind == rules.PERCENT else None,
            cents=5000 if kind in rules.IN_CENTS else None,
            service_type_id=draw(st.sampled_from(SERVICES)),
        ),
        first=min(first, last or first),
        last=None if last is None else max(first, last),
    )


def agrees(kept: list[Term]) -> bool:
    """Looked at day by day and service by service, another one than all of these among them."""
    for day in DAYS:
        for service in (*SERVICES[1:], UUID(int=3)):
            there = [each for each in kept if each.holds_on(day) and each.share.service_type_id in (None, service)]
            percents = sum(each.share.percent or 0 for each in there)
            rests = sum(each.share.kind == rules.REST for each in there)
            if percents > rules.WHOLE or rests > 1 or len({each.person for each in there}) < len(there):
                return False
    return True


@given(st.lists(terms(), max_size=12))
def test_what_is_taken_never_contradicts_and_what_is_refused_would(wanted: list[Term]) -> None:
    kept: list[Term] = []
    for term in wanted:
        try:
            rules.ensure_agrees(term, kept)
        except Invalid:
            assert not agrees([*kept, term])
        except rules.TooManyResponsible:
            assert len(kept) >= rules.AT_ONCE_MAX
        else:
            kept.append(term)
            assert agrees(kept)


@given(terms(), terms())
def test_what_lies_within_a_share_counts_on_none_but_its_days(inner: Term, outer: Term) -> None:
    if inner.lies_within(outer):
        assert all(outer.holds_on(day) for day in DAYS if inner.holds_on(day))
        assert (inner.person, inner.share) == (outer.person, outer.share)


def test_the_refusal_says_the_day_and_what_is_left() -> None:
    def of(person: str, first: date) -> Term:
        return Term(person=(person,), share=Share(kind="percent", percent=60), first=first, last=None)

    with pytest.raises(Invalid) as refusal:
        rules.ensure_agrees(of("a", DAYS[0]), [of("b", DAYS[3])])
    (error,) = refusal.value.errors
    assert (refusal.value.code, error.field, error.value) == ("over_100_percent", "share.percent", "40")
    assert error.detail == "The shares of March 4, 2026 come to more than 100%. At most 40% is left."


def test_ten_pay_at_once_and_the_eleventh_once_somebody_ended() -> None:
    def of(person: int, last: date | None = None) -> Term:
        return Term(person=(str(person),), share=Share(kind="fixed", cents=1), first=DAYS[0], last=last)

    ten = [of(person) for person in range(rules.AT_ONCE_MAX)]
    with pytest.raises(rules.TooManyResponsible):
        rules.ensure_agrees(of(11), ten)
    later = Term(person=("11",), share=Share(kind="rest"), first=DAYS[2], last=None)
    rules.ensure_agrees(later, [of(0, DAYS[1]), *ten[1:]])


@given(st.lists(terms(), max_size=6), st.lists(terms(), max_size=6))
def test_of_two_who_become_one_those_that_fit_agree_and_no_other_would(wanted: list[Term], theirs: list[Term]) -> None:
    own = [term for term, fits in zip(wanted, rules.fitting(wanted, []), strict=True) if fits]
    counted, aside = [*own], []
    for term, fits in zip(theirs, rules.fitting(theirs, own), strict=True):
        (counted if fits else aside).append(term)
    assert agrees(counted)
    assert not any(agrees([*counted, term]) for term in aside)
