"""Texts that come in: what is seen is what is stored."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError

from shared.web.fields import AddressSchema, Stripped, text

TURNING = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x2028, 0x2029)]
CONTROLS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))]
ADDRESS = {"line1": "1 Main St", "city": "Albany", "state": "NY", "postal_code": "12207"}
SEEN = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters=TURNING), max_size=30)


class OneLine(Schema):
    value = text(200, "In one line.")


class Lines(Schema):
    value = text(200, "In several.", lines=True)


def taken(schema: type[Schema], value: str) -> bool:
    try:
        return bool(schema().load({"value": value}) == {"value": value})
    except ValidationError:
        return False


@given(SEEN, st.sampled_from(CONTROLS + TURNING), SEEN)
def test_what_can_not_be_seen_is_refused_wherever_it_stands(before: str, bad: str, after: str) -> None:
    value = before + bad + after
    assert not taken(OneLine, value)
    assert taken(Lines, value) is (bad in "\n\t")


@given(SEEN.filter(bool))
def test_every_other_text_is_taken_as_it_is(value: str) -> None:
    assert taken(OneLine, value) and taken(Lines, f"a\n\t{value}")


@given(st.text(max_size=40))
def test_what_is_taken_holds_no_control_character(value: str) -> None:
    for schema, allowed in ((OneLine, set()), (Lines, {"\n", "\t"})):
        if taken(schema, value):
            assert not [c for c in value if unicodedata.category(c) == "Cc" and c not in allowed]


@pytest.mark.parametrize("name", ["Zoë O’Brien-Łukasz", "李小龍", "محمد", "שרה", "👩🏽‍⚕️ Care", "A\u200dB"])
def test_names_of_people_are_taken(name: str) -> None:
    assert taken(OneLine, name)


@given(st.text(st.characters(categories=("Nd",)), min_size=5, max_size=5))
def test_a_zip_code_has_ascii_digits(digits: str) -> None:
    try:
        loaded: Any = AddressSchema().load({**ADDRESS, "postal_code": digits})
    except ValidationError:
        assert not digits.isascii()
    else:
        assert digits.isascii() and loaded["postal_code"] == digits


@pytest.mark.parametrize("field", ["line1", "line2", "city"])
def test_no_line_of_an_address_breaks(field: str) -> None:
    with pytest.raises(ValidationError):
        AddressSchema().load({**ADDRESS, field: "1 Main St\nCopy to: somebody"})


def test_blanks_around_a_text_are_no_reason_to_refuse_it() -> None:
    class Named(Stripped):
        name = text(20, "A name.")

    assert Named().load({"name": " Thea\r\n"}) == {"name": "Thea"}
