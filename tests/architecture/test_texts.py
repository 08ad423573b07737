"""Every text that a request may bring: found by a walk over routes and schemas, so that a new field is in the test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields, validate

from shared.services import SERVICES
from shared.testing.databases import load
from shared.web.fields import Email, Instant, Map, Text

# Opaque to people: compared or decoded as they come, never shown as text.
OPAQUE = {
    *("access_token", "refresh_token", "token", "cursor", "client_secret", "code", "totp_code", "recovery_code"),
    *("password", "current_password", "new_password"),
    *("action", "request_id", "network"),  # of an audit entry: a slug, an id, an address range
    "email",  # of a sign-in: it is only compared, and a wrong one is answered like a wrong password
    "content",  # the name of a section
    "mapping",  # headers of a file, which are only compared with its own
}
NARROW = (validate.OneOf, validate.Regexp, validate.Equal)


def _parts(field: fields.Field[Any]) -> Iterator[fields.Field[Any]]:
    yield field
    if isinstance(field, fields.Nested):
        yield from _fields(field.schema)
    elif isinstance(field, fields.List):
        yield from _parts(field.inner)
    elif isinstance(field, fields.Dict):
        for inner in (field.key_field, field.value_field):
            if inner is not None:
                yield from _parts(inner)


def _fields(schema: Schema) -> Iterator[fields.Field[Any]]:
    for field in schema.fields.values():
        if not field.dump_only:
            yield from _parts(field)


def incoming() -> Iterator[tuple[str, fields.Field[Any]]]:
    """Each field of a body or a query, with where it stands."""
    for service in SERVICES:
        for route in load(service).routes:
            for schema in (route.body, route.query):
                for field in _fields(schema()) if schema else ():
                    yield f"{service} {route.name} {field.name}", field


def every_answer_field() -> Iterator[tuple[str, fields.Field[Any]]]:
    for service in SERVICES:
        for route in load(service).routes:
            for field in _fields(route.response()) if route.response else ():
                yield f"{service} {route.name} {field.name}", field


TEXTS = [pytest.param(field, id=where) for where, field in incoming() if isinstance(field, Text)]
SEEN_AS_NOTHING = ["\u200b", "\u3164\u2800", "\ufeff \u00a0", "\U000e0101", "\u115f\n\u034f"]


def test_a_text_that_people_read_is_a_text() -> None:
    plain = {
        where
        for where, field in incoming()
        if type(field) is fields.String
        and field.name not in OPAQUE
        and not any(
            isinstance(validator, NARROW) or callable(getattr(validator, "__name__", None))
            for validator in field.validators
        )
        and not any(getattr(validator, "__name__", "").startswith("_check_") for validator in field.validators)
    }
    assert not plain


def test_an_instant_is_an_instant_and_a_map_a_map() -> None:
    for where, field in [*incoming(), *every_answer_field()]:
        assert not isinstance(field, fields.DateTime) or isinstance(field, Instant) or "local" in where, where
    for where, field in incoming():
        assert not isinstance(field, fields.Dict) or isinstance(field, Map), where


@pytest.mark.abuse("A-INJ-invisible")
@pytest.mark.parametrize("field", TEXTS)
def test_a_text_shows_something(field: Text) -> None:
    for value in SEEN_AS_NOTHING:
        if field.may_be_blank:
            continue
        with pytest.raises(ValidationError):
            field.deserialize(value)


@pytest.mark.parametrize("field", TEXTS)
def test_a_text_has_no_hidden_character_and_says_where_one_is(field: Text) -> None:
    with pytest.raises(ValidationError, match=r"Character 3 \(U\+0007\)"):
        field.deserialize("ab\u0007")
    with pytest.raises(ValidationError, match=r"Character 1 \(U\+202E\)"):
        field.deserialize("\u202eab")


@pytest.mark.parametrize("field", TEXTS)
def test_lines_end_alike_wherever_they_were_written(field: Text) -> None:
    written = "from a window\r\nfrom an old machine\rfrom here\n\tand on"
    if field.lines:
        assert field.deserialize(written) == "from a window\nfrom an old machine\nfrom here\n\tand on"
    else:
        with pytest.raises(ValidationError):
            field.deserialize(written)


def test_there_are_such_fields() -> None:
    assert len(TEXTS) > 60
    assert sum(isinstance(field, Email) for _, field in incoming()) > 4
