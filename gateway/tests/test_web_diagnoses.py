"""Every diagnosis of a case stands in one list of the chart, and its buttons say how the order changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.web.documentation.diagnosis_list import DiagnosisList, diagnosis_list, key_of
from gateway.web.forms import Form

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)  # the evening of March 1 in New York
TODAY = date(2026, 3, 1)
SAM = {"given_name": "Sam", "family_name": "Roth", "credentials": ["LCSW"]}


def stored(identifier: str, rank: int, first: str = "2026-01-01", last: str | None = None, **more: Any) -> Any:
    return {
        "id": identifier,
        "version": 1,
        "code": "F41.1",
        "title": "Generalized anxiety disorder",
        "rank": rank,
        "effective_from": first,
        "effective_to": last,
        "entered_in_error_at": None,
        "entered_in_error_by": None,
        "entered_in_error_reason": None,
        **more,
    }


def listed(*diagnoses: Any, **forms: Form) -> DiagnosisList:
    return diagnosis_list(diagnoses, {"sam": SAM}, "America/New_York", NOW, forms)


def sent(found: DiagnosisList) -> list[list[tuple[str, str, str]]]:
    return [[(move.direction, *move.sent) for move in diagnosis.moves] for diagnosis in found.in_force]


def test_neighbours_trade_ranks() -> None:
    found = listed(stored("b", 2), stored("a", 1), stored("c", 7))
    assert [diagnosis.id for diagnosis in found.in_force] == ["a", "b", "c"]
    assert sent(found) == [
        [("down", "swap_with", "b")],
        [("up", "swap_with", "a"), ("down", "swap_with", "c")],
        [("up", "swap_with", "b")],
    ]


def test_the_first_becomes_the_primary_one_where_there_is_none() -> None:
    assert sent(listed(stored("b", 3))) == [[("up", "rank", "1")]]
    assert sent(listed(stored("a", 1))) == [[]]


def test_the_days_are_those_of_the_practice() -> None:
    found = listed(
        stored("until today", 1, last="2026-03-01"),
        stored("ended", 2, last="2026-02-28"),
        stored("tomorrow", 3, first="2026-03-02"),
    )
    assert [diagnosis.id for diagnosis in found.in_force] == ["until today"]
    assert [diagnosis.id for diagnosis in found.ended] == ["ended"]
    assert [diagnosis.id for diagnosis in found.later] == ["tomorrow"]
    assert found.later[0].end.text("effective_to") == "2026-03-02", "no diagnosis ends before it begins"
    assert found.ended[0].end.text("effective_to") == "2026-02-28"


def test_what_was_entered_in_error_says_who_when_and_why() -> None:
    error = {"entered_in_error_at": "2026-03-01T20:05:00Z", "entered_in_error_reason": "Another client's."}
    found = listed(stored("a", 1, **error, entered_in_error_by="sam"), stored("b", 1, **error, entered_in_error_by="x"))
    assert [item.by for item in found.struck_out] == [
        "Sam Roth, LCSW, Today, 3:05\u202fpm",
        "A member of staff, Today, 3:05\u202fpm",
    ]
    assert {item.reason for item in found.struck_out} == {"Another client's."}
    assert found.correctable == []


def test_a_refused_form_stands_with_its_diagnosis() -> None:
    typed = Form(values={"effective_to": ("2020-01-01",)})
    found = listed(stored("a", 1), stored("b", 2), **{key_of("b", "end"): typed})
    assert [diagnosis.end.text("effective_to") for diagnosis in found.in_force] == ["2026-03-01", "2020-01-01"]


DAYS = st.integers(-3, 3).map(lambda days: (TODAY + timedelta(days=days)).isoformat())
DIAGNOSES = st.lists(
    st.builds(
        lambda rank, first, last, error: stored(
            "",
            rank,
            first,
            None if last is None else max(first, last),
            entered_in_error_at="2026-03-01T20:05:00Z" if error else None,
        ),
        st.integers(1, 12),
        DAYS,
        st.none() | DAYS,
        st.booleans(),
    ),
    max_size=8,
)


@given(DIAGNOSES)
def test_each_stands_in_one_list(diagnoses: list[Any]) -> None:
    numbered = [{**diagnosis, "id": str(number)} for number, diagnosis in enumerate(diagnoses)]
    found = listed(*numbered)
    errors = [diagnosis["id"] for diagnosis in numbered if diagnosis["entered_in_error_at"]]
    kept = sorted(diagnosis.id for diagnosis in found.correctable)
    assert len(found.struck_out) == len(errors)
    assert kept == sorted({diagnosis["id"] for diagnosis in numbered} - set(errors))
    in_force = {diagnosis.id for diagnosis in found.in_force}
    assert all(move.sent[0] == "rank" or move.sent[1] in in_force for item in found.in_force for move in item.moves), (
        "only what is in force trades ranks"
    )
