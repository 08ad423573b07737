"""Everything that reads is asked in the worlds that differ in what is hidden, or it is written down why not."""

from __future__ import annotations

import re

from gateway.route_table.api import ROUTE_TABLE
from tests.access.asked_addresses import DRAWN, LEFT_OUT, LISTS, ONE_OF, PLAIN


def plain(path: str) -> str:
    """The path without its query, and without the names of its placeholders."""
    return re.sub(r"{\w*}", "{}", path.partition("?")[0])


READ = {plain(row.path) for row in ROUTE_TABLE if row.method == "GET"}
ASKED = {plain(path) for path in (*LISTS, *PLAIN, *DRAWN, *(path for paths in ONE_OF.values() for path in paths))}


def test_each_route_that_reads_is_asked_or_says_why_not() -> None:
    assert sorted(READ - ASKED - LEFT_OUT.keys()) == [], "tests/access/asked_addresses.py"


def test_nothing_is_asked_or_left_out_that_there_is_not() -> None:
    assert sorted((ASKED | LEFT_OUT.keys()) - READ) == []
    assert sorted(ASKED & LEFT_OUT.keys()) == []


def test_each_kind_of_record_has_what_it_may_be_asked_of() -> None:
    assert all(path.count("{}") == 1 for paths in ONE_OF.values() for path in paths)
