"""What differs between two treatment plans is found whatever their parts are, and nothing of either is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.web.documentation.plan_difference import Difference, Fact, Part, difference, every_part

Plan = Mapping[str, Any]
CHANGES = ("added", "removed", "changed", "moved")


def objective(description: str, **more: Any) -> dict[str, Any]:
    return {"description": description, "measure": None, "target_on": None, "interventions": [], **more}


def goal(description: str, *objectives: Any) -> dict[str, Any]:
    return {"description": description, "objectives": list(objectives)}


def plan(*problems: Any, effective_from: str = "2026-01-01", review_on: str = "2026-04-01") -> Plan:
    return {"effective_from": effective_from, "review_on": review_on, "problems": list(problems)}


def worry(*goals: Any, description: str = "Worries most of the day") -> dict[str, Any]:
    return {"description": description, "goals": list(goals)}


def counted(before: Plan, after: Plan) -> dict[str, int]:
    found = difference(before, after)
    return {change: count for change in CHANGES if (count := found.count(change))}


def said(found: Difference) -> list[tuple[str, str | None, str | None]]:
    """Every fact that differs."""
    facts = [*found.days, *(fact for part in every_part(found.parts) for fact in part.facts)]
    return [(fact.name, fact.before, fact.after) for fact in facts if fact.changed]


def test_what_was_added_and_taken_away_under_a_part_that_stayed() -> None:
    before = plan(worry(goal("Feel calm on most days", objective("Sleep through the night"))))
    after = plan(worry(goal("Feel calm on most days", objective("Drive to work alone"))))
    assert counted(before, after) == {"added": 1, "removed": 1}
    assert said(difference(before, after)) == [
        ("Objective", "Sleep through the night", None),
        ("Objective", None, "Drive to work alone"),
    ]


def test_a_sentence_that_was_rewritten_is_one_change() -> None:
    before = plan(worry(goal("Feel calm on most days", objective("Sleep six hours", measure="Sleep log"))))
    after = plan(worry(goal("Feel calm every day", objective("Sleep seven hours", measure="Sleep log"))))
    assert counted(before, after) == {"changed": 2}
    assert ("Goal", "Feel calm on most days", "Feel calm every day") in said(difference(before, after))


def test_days_and_how_often_are_said_in_words() -> None:
    weekly = {"description": "Cognitive behavioral therapy", "frequency": "weekly"}
    monthly = {**weekly, "frequency": "monthly"}
    before = plan(worry(goal("Calm", objective("Sleep", target_on=None, interventions=[weekly]))))
    after = plan(
        worry(goal("Calm", objective("Sleep", target_on="2026-06-01", interventions=[monthly]))),
        review_on="2026-05-01",
    )
    assert said(difference(before, after)) == [
        ("Review on", "Wed, Apr 1, 2026", "Fri, May 1, 2026"),
        ("Reached by", None, "Mon, Jun 1, 2026"),
        ("How often", "weekly", "monthly"),
    ]
    assert counted(before, after) == {"changed": 3}


def test_a_part_whose_wording_is_new_is_known_by_what_stands_under_it() -> None:
    under = goal("Return to work", objective("Attend three mornings a week", measure="Diary of attendance"))
    before, after = plan(worry(under)), plan(worry(under, description="Generalized anxiety"))
    assert counted(before, after) == {"changed": 1}


def test_another_order_is_a_difference_of_what_moved() -> None:
    first, second, third = (goal(words) for words in ("Calm down", "Sleep better", "Drive again"))
    assert counted(plan(worry(first, second, third)), plan(worry(third, first, second))) == {"moved": 1}


def test_what_was_taken_away_stands_where_it_stood() -> None:
    before = plan(worry(goal("Alpha"), goal("Bravo"), goal("Charlie")))
    goals = difference(before, plan(worry(goal("Alpha"), goal("Charlie")))).parts[0].parts
    assert [part.change for part in goals] == ["same", "removed", "same"]


@pytest.mark.parametrize(
    ("before", "after", "around"),
    [
        ("Sleep six hours", "Sleep seven hours", (len("Sleep "), len(" hours"))),
        ("Sleep", "Sleep well", (len("Sleep"), 0)),
        ("a a", "a a a", (len("a a"), 0)),
        ("one", "other", (0, 0)),
    ],
)
def test_what_both_begin_and_end_with_is_whole_words(before: str, after: str, around: tuple[int, int]) -> None:
    assert Fact("Goal", before, after).same_around == around


WORDS = st.lists(st.sampled_from(["calm", "sleep", "work", "drive", "panic"]), min_size=1, max_size=4).map(" ".join)
MAYBE = st.none() | WORDS
INTERVENTIONS = st.fixed_dictionaries({"description": WORDS, "frequency": MAYBE})
OBJECTIVES = st.fixed_dictionaries(
    {
        "description": WORDS,
        "measure": MAYBE,
        "target_on": st.sampled_from([None, "2026-02-01", "2026-03-01"]),
        "interventions": st.lists(INTERVENTIONS, max_size=2),
    }
)
GOALS = st.fixed_dictionaries({"description": WORDS, "objectives": st.lists(OBJECTIVES, max_size=3)})
PROBLEMS = st.fixed_dictionaries({"description": WORDS, "goals": st.lists(GOALS, max_size=3)})
PLANS = st.builds(
    lambda problems, review_on: plan(*problems, review_on=review_on),
    st.lists(PROBLEMS, max_size=3),
    st.sampled_from(["2026-04-01", "2026-05-01"]),
)


def descriptions(parts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for part in parts:
        yield part["description"]
        for below in ("goals", "objectives", "interventions"):
            yield from descriptions(part.get(below, ()))


def shown(parts: Sequence[Part], side: str) -> Counter[str]:
    found = (getattr(part.facts[0], side) for part in every_part(parts))
    return Counter(words for words in found if words is not None)


@given(PLANS)
def test_a_plan_differs_in_nothing_from_itself(stored: Plan) -> None:
    assert not difference(stored, stored).differs


@given(PLANS, PLANS)
def test_two_plans_differ_where_they_are_not_equal(before: Plan, after: Plan) -> None:
    found = difference(before, after)
    assert found.differs == (before != after)
    assert found.differs == any(found.count(change) for change in CHANGES)


@given(PLANS, PLANS)
def test_nothing_of_either_is_lost(before: Plan, after: Plan) -> None:
    found = difference(before, after)
    assert shown(found.parts, "before") == Counter(descriptions(before["problems"]))
    assert shown(found.parts, "after") == Counter(descriptions(after["problems"]))


@given(PLANS, PLANS)
def test_the_other_way_round_what_was_added_is_taken_away(before: Plan, after: Plan) -> None:
    there, back = difference(before, after), difference(after, before)
    assert there.count("added") == back.count("removed")
    assert there.count("removed") == back.count("added")
    assert there.count("changed") == back.count("changed")
    assert Counter(said(there)) == Counter((name, now, was) for name, was, now in said(back))


@given(WORDS, WORDS)
def test_what_both_begin_and_end_with_is_the_same(before: str, after: str) -> None:
    head, tail = Fact("Goal", before, after).same_around
    assert head + tail <= min(len(before), len(after))
    assert before[:head] == after[:head]
    assert before[len(before) - tail :] == after[len(after) - tail :]


def test_the_largest_plan_is_compared_at_once() -> None:
    """Every list as long as the API takes it, in a body as long as it takes."""
    sentences = [" ".join(f"word{number}x{place}" for place in range(15)) for number in range(1_200)]
    problems = [
        worry(
            *(
                goal(sentences[60 * at + 3 * below], objective(sentences[60 * at + 3 * below + 1]))
                for below in range(20)
            ),
            description=sentences[60 * at + 2],
        )
        for at in range(20)
    ]
    found = difference(plan(*problems), plan(*reversed(problems)))
    assert found.count("moved") == 19
