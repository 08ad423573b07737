"""Cursors: nobody reads one, and each opens only where it was given."""

from __future__ import annotations

import base64

import pytest

from shared.actor import Program
from shared.errors import Invalid
from shared.ids import new_id
from shared.keys.sealing import fresh_key
from shared.web.cursors import CursorKey, Cursors

PATH = "/api/v1/clients"
KEY = CursorKey(fresh_key())
SOMEBODY = Program(new_id(), new_id())
HERE = Cursors.of_request(KEY, "GET", PATH, SOMEBODY)


def test_a_cursor_opens_where_it_was_given_and_nobody_reads_it() -> None:
    for values in (["byron", "adalbert", 3], ["Łuczak", None], [""], ["x" * 400]):
        cursor = HERE.seal(values, "name")
        assert HERE.open(cursor, "name") == values
        plain = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        assert not [value for value in values if len(str(value)) > 3 and str(value).encode() in plain]
    assert HERE.seal(["byron"], "name") != HERE.seal(["byron"], "name"), "two pages that end alike look different"
    assert len(HERE.seal(["byron"], "name")) == len(HERE.seal(["li"], "name")), "nor does its length tell much"


@pytest.mark.parametrize(
    "elsewhere",
    [
        Cursors.of_request(KEY, "GET", PATH, Program(new_id(), SOMEBODY.api_client_id)),
        Cursors.of_request(KEY, "GET", "/api/v1/staff", SOMEBODY),
        Cursors.of_request(KEY, "POST", PATH, SOMEBODY),
        Cursors.of_request(CursorKey(fresh_key()), "GET", PATH, SOMEBODY),
    ],
)
def test_it_opens_for_no_other_organization_list_or_key(elsewhere: Cursors) -> None:
    with pytest.raises(Invalid):
        elsewhere.open(HERE.seal(["byron"], "name"), "name")


def test_it_opens_in_no_other_order() -> None:
    with pytest.raises(Invalid):
        HERE.open(HERE.seal(["byron"], "name"), "-name")


def test_replicas_with_one_key_turn_each_others_pages() -> None:
    key = fresh_key()
    first, other = (Cursors.of_request(CursorKey(key), "GET", PATH, SOMEBODY) for _ in range(2))
    assert other.open(first.seal(["byron"], "name"), "name") == ["byron"]


def test_without_a_key_pages_are_turned_in_the_process_that_gave_them() -> None:
    alone, restarted = (Cursors.of_request(CursorKey(""), "GET", PATH, SOMEBODY) for _ in range(2))
    cursor = alone.seal(["byron"], "name")
    assert alone.open(cursor, "name") == ["byron"]
    with pytest.raises(Invalid):
        restarted.open(cursor, "name")


def test_whatever_was_changed_in_it_is_refused() -> None:
    cursor = HERE.seal(["byron"], "name")
    for place in range(0, len(cursor), 7):
        other = "A" if cursor[place] != "A" else "B"
        with pytest.raises(Invalid) as refused:
            HERE.open(cursor[:place] + other + cursor[place + 1 :], "name")
        assert refused.value.errors[0].code == "wrong_cursor"
    for wrong in ("", "x", cursor[:-4], cursor + "AAAA", "é", " " + cursor, cursor[: len(cursor) // 2]):
        with pytest.raises(Invalid):
            HERE.open(wrong, "name")
