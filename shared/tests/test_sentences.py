"""What is wrong with a value is said in the words of the people who typed it."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, fields, validate

from shared.errors import Invalid, TooLarge
from shared.sizes import size_in_words
from shared.web.fields import Day, Text
from shared.web.parsing import load_body


class Every(Schema):
    """One field of each kind that a form has."""

    name = fields.String(validate=validate.Length(2, 5))
    short = fields.String(validate=validate.Length(max=3))
    code = fields.String(validate=validate.Length(equal=2))
    amount = fields.Integer(strict=True, validate=validate.Range(1, 9))
    above = fields.Integer(validate=validate.Range(min=1))
    boxes = fields.List(fields.String(validate=validate.Length(1, 3)), validate=validate.Length(1, 2))
    line = Text()
    day = Day()
    own = fields.String(validate=validate.Regexp("^a$", error="A rule of its own."))


class Needed(Schema):
    """A field that must be there."""

    name = fields.String(required=True)


@pytest.mark.parametrize(
    ("sent", "field", "detail"),
    [
        ({"name": ""}, "name", "Fill this in."),
        ({"name": None}, "name", "Fill this in."),
        ({"name": "a"}, "name", "Use at least 2 characters."),
        ({"name": "abcdef"}, "name", "Use at most 5 characters."),
        ({"short": "abcd"}, "short", "Use at most 3 characters."),
        ({"code": "abc"}, "code", "Use exactly 2 characters."),
        ({"code": 5}, "code", "Enter text."),
        ({"amount": 10}, "amount", "Enter a number from 1 to 9."),
        ({"amount": "many"}, "amount", "Enter a whole number."),
        ({"above": 0}, "above", "Enter a number of at least 1."),
        ({"boxes": []}, "boxes", "Choose at least 1."),
        ({"boxes": ["a", "b", "c"]}, "boxes", "Choose at most 2."),
        ({"boxes": ["a", "bbbb"]}, "boxes.1", "Use at most 3 characters."),
        ({"line": " "}, "line", "Fill this in."),
        ({"day": "soon"}, "day", "Enter a date."),
        ({"own": "b"}, "own", "A rule of its own."),
    ],
)
def test_what_is_wrong_is_said_plainly(sent: dict[str, Any], field: str, detail: str) -> None:
    with pytest.raises(Invalid) as refused:
        load_body(Every(), sent)
    assert [(error.field, error.detail) for error in refused.value.errors] == [(field, detail)]


def test_what_is_missing_keeps_its_code() -> None:
    with pytest.raises(Invalid) as refused:
        load_body(Needed(), {})
    assert [(error.code, error.detail) for error in refused.value.errors] == [("required", "Fill this in.")]


@pytest.mark.parametrize(
    ("count", "words"), [(10 * 1024 * 1024, "10 MB"), (256 * 1024, "256 KB"), (1_500, "1,500 bytes"), (1, "1 byte")]
)
def test_a_size_is_said_in_the_largest_unit_that_fits(count: int, words: str) -> None:
    assert size_in_words(count) == words
    assert TooLarge.for_more_than(count).errors[0].detail == f"Send at most {words}."
