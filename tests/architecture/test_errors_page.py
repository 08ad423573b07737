"""docs/errors.md says what the code says, and one code stands for one status."""

from __future__ import annotations

from collections import defaultdict

from tests.architecture.errors_page import PAGE, codes, write

# Two conditions under one code. The list may only shrink: programs switch on the code.
TWO_STATUSES = {"not_assigned", "not_author", "second_factor_required"}


def test_the_page_is_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == write(), "run python -m tests.architecture.errors_page"


def test_a_code_has_one_status() -> None:
    statuses = defaultdict(set)
    for known in codes():
        statuses[known.code].add(known.status)
    assert {code for code, found in statuses.items() if len(found) > 1} == TWO_STATUSES


def test_every_refusal_says_when_it_is_given() -> None:
    assert [code.code for code in codes() if not code.when and not code.detail] == []
