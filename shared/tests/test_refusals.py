"""Reading code for what it refuses."""

from __future__ import annotations

from shared.errors import Conflict, Invalid, Refusal
from shared.web.refusals import Said, reachable


class _Odd(Conflict):
    """For the reader of the code."""

    code = "odd"


class _Table:
    def pick(self) -> None:
        raise _Odd()


def _caught() -> None:
    try:
        _far()
    except _Odd:
        raise Invalid("None of these.", code="none_of_these") from None


def _far() -> None:
    raise Refusal()


def _through_a_parameter(table: _Table | None) -> None:
    if table is not None:
        table.pick()


def test_the_reader_follows_calls_and_tells_caught_from_raised() -> None:
    assert reachable(_caught) == {Said(Invalid, "none_of_these", "None of these.")}
    assert {refusal.code for refusal in reachable(_through_a_parameter)} == {"odd"}
