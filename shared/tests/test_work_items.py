"""What may be done with a work item, for every state, kind and change."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Conflict
from shared.permissions import LEVELS, effective
from shared.work_items.rules import (
    CHANGES,
    ItemDone,
    NotByHand,
    OwnNotice,
    Settled,
    changes_of,
    ensure_may_change,
    levels_held,
)

CHANGED = st.fixed_dictionaries(
    {},
    optional={
        "assignee_id": st.sampled_from([None, "somebody"]),
        "due_on": st.sampled_from([None, "2026-12-24"]),
        "comment": st.sampled_from([None, "Call them."]),
        "state": st.sampled_from(["open", "done"]),
    },
)
STANDING = {
    "kind": st.sampled_from(["notice", "orphan_draft"]),
    "state": st.sampled_from(["open", "done"]),
    "by_hand": st.booleans(),
    "settled": st.booleans(),
}


@given(CHANGED, st.fixed_dictionaries(STANDING))
def test_each_change_is_refused_for_its_reason_or_allowed(values: dict[str, Any], item: dict[str, Any]) -> None:
    moves = bool(values.keys() & {"assignee_id", "due_on"})
    after = values.get("state", item["state"])
    reasons = {
        OwnNotice: item["kind"] == "notice" and moves,
        Settled: item["state"] == "done" and after == "open" and item["settled"],
        NotByHand: item["state"] == "open" and after == "done" and not item["by_hand"],
        ItemDone: item["state"] == "done" == after and moves,
    }
    expected = [refusal for refusal, holds in reasons.items() if holds]
    try:
        ensure_may_change(values, **item)
    except Conflict as refusal:
        assert type(refusal) is expected[0]
    else:
        assert not expected


@given(CHANGED)
def test_each_value_that_changes_has_its_line_in_the_history(values: dict[str, Any]) -> None:
    changes = changes_of(values)
    assert len(changes) == len(values) and set(changes) <= set(CHANGES)


@pytest.mark.parametrize(
    ("levels", "held"),
    [
        ((), ["default"]),
        (("therapist",), ["default", "therapist"]),
        (("billing",), ["default", "billing"]),
        (("administration",), ["default", "billing", "therapist", "administration"]),
        (("organization_administration",), list(LEVELS)),
    ],
)
def test_a_higher_level_holds_those_below_it(levels: tuple[str, ...], held: list[str]) -> None:
    assert levels_held(effective(levels, ())) == held
    assert levels_held(effective(levels, ["staff_assign", "refunds"])) == held
    assert levels_held(()) == [], "until the second factor is set up nobody holds any"
