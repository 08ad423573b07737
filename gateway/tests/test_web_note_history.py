"""Who read a note, from the entries of the activity log."""

from __future__ import annotations

from gateway.web.documentation.happened import last_views


def entry(staff_id: str | None, at: str, outcome: str = "done") -> dict[str, str | None]:
    return {"staff_id": staff_id, "at": at, "outcome": outcome}


def test_each_reader_stands_once_with_the_last_time_and_who_was_refused_does_not() -> None:
    entries = [entry("a", "3"), entry("b", "2"), entry("c", "2", "denied"), entry(None, "2"), entry("a", "1")]
    assert last_views(entries) == {"a": "3", "b": "2"}
