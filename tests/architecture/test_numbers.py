"""Numbers, days, ids, and yes or no are written in one way. Python's and marshmallow's own readers take more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from marshmallow import Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from shared.errors import Invalid, NotFound
from shared.ids import new_id
from shared.services import SERVICES
from shared.testing.databases import load
from shared.texts import calendar_day, identifier, whole_number
from shared.web.fields import Day, Instant, Several
from shared.web.parsing import ROW, load_query, path_id, path_value
from shared.web.routes import Route
from shared.web.strict_fields import Flag, Id
from tests.architecture.source import files, name_of

ROUTES = [route for service in SERVICES for route in load(service).routes]
NOT_NUMBERS = ("\u0663", "\uff15", "5_0", "+5", " 5", "5 ", "05x", "5.0", "5e0", "0x5", "-1", "\u00b2", "", "1" * 400)
NOT_DAYS = ("20260131", "2026-W05-6", "2026-1-31", "\u0662\u0660\u0662\u0666-01-31", " 2026-01-31", "2026-02-30")
NOT_INSTANTS = ("20260131T100000Z", "2026-W05-6T10:00:00Z", "2026-01-31T10Z", "2026-01-31T10:00:00", "2026-01-31")
AN_ID = "01a20900-0000-7000-8000-00000000000a"
NOT_IDS = (
    f"{{{AN_ID}}}",
    f"urn:uuid:{AN_ID}",
    AN_ID.replace("-", ""),
    AN_ID.replace("0000-7000", "00007-000"),
    AN_ID.replace("0", "\u0660"),
    AN_ID.replace("0", "\uff10"),
    AN_ID.replace("a", "\u0430"),
    f" {AN_ID}",
    f"{AN_ID}\n",
    f"{AN_ID}0",
    AN_ID[:-1],
    "",
)
TEXTS_OF_FLAGS = ("yes", "no", "on", "off", "T", "f", "True", "FALSE", "1", "0", "y", "n", " true", "true ", "")
# Digits of any script end a suggestion for a name: nothing reads them as a number. Sorting takes them as they come.
MAY_LOOK_AT_DIGITS = {"shared/texts.py", "shared/names.py", "gateway/web/text.py"}
READERS = re.compile(r"\.is(digit|decimal|numeric)\(|\\d")


def scalars(schema: Schema) -> Iterator[tuple[str, fields.Field]]:
    """Each field of a body that is no list and no object, in whatever it stands."""
    for name, field in schema.load_fields.items():
        inner = field
        while isinstance(inner, fields.List):
            inner = inner.inner
        if isinstance(inner, fields.Nested):
            yield from ((f"{name}.{below}", found) for below, found in scalars(inner.schema))
        else:
            yield name, inner


def parameters(kind: type[fields.Field]) -> Iterator[tuple[Route, str]]:
    """Each parameter of a query string that is of this kind."""
    for route in ROUTES:
        for name, field in (route.query().load_fields if route.query else {}).items():
            if isinstance(field, kind):
                yield route, field.data_key or name


def refused(route: Route, name: str, value: str) -> bool:
    """Whether this value of the parameter is a problem that names the parameter."""
    assert route.query is not None
    try:
        load_query(route.query(), MultiDict({name: value}))
    except Invalid as refusal:
        return name in [error.field for error in refusal.errors]
    return False


def test_every_number_of_a_query_string_is_written_in_plain_digits() -> None:
    numbers = list(parameters(fields.Number))
    assert len(numbers) > 25
    for route, name in numbers:
        assert not refused(route, name, "5"), route.name
        assert [value for value in NOT_NUMBERS if not refused(route, name, value)] == [], f"{route.name} {name}"


def test_every_day_and_instant_of_a_query_string_is_written_in_one_way() -> None:
    days, instants = list(parameters(fields.Date)), list(parameters(fields.DateTime))
    assert len(days) > 10 and instants
    for route, name in days:
        assert not refused(route, name, "2026-01-31"), route.name
        assert [value for value in NOT_DAYS if not refused(route, name, value)] == [], f"{route.name} {name}"
    for route, name in instants:
        assert not refused(route, name, "2026-01-31T10:00:00Z"), route.name
        assert [value for value in NOT_INSTANTS if not refused(route, name, value)] == [], f"{route.name} {name}"


def below(field: fields.Field) -> fields.Field:
    """What a field holds in the end: the values of a list, of several in one parameter, or of a map."""
    while (inner := getattr(field, "inner", None) or getattr(field, "value_field", None)) is not None:
        field = inner
    return field


def taken(field: fields.Field, value: object) -> bool:
    try:
        field.deserialize(value)
    except ValidationError:
        return False
    return True


def read_from_requests(kind: type[fields.Field]) -> Iterator[tuple[str, fields.Field, bool]]:
    """Each field of this kind in a query string or a body: its place, and whether it comes as text."""
    for route in ROUTES:
        for schema, is_text in ((route.query, True), (route.body, route.file is not None)):
            for name, field in scalars(schema()) if schema else ():
                if isinstance(below(field), kind):
                    yield f"{route.name} {name}", below(field), is_text


def test_every_id_is_written_in_one_way() -> None:
    ids = list(read_from_requests(fields.UUID))
    assert len(ids) > 60
    assert [place for place, field, _ in ids if not isinstance(field, Id)] == [], "shared.web.strict_fields.Id"
    for place, field, _ in ids:
        assert taken(field, AN_ID) and taken(field, AN_ID.upper()), place
        assert [value for value in (*NOT_IDS, 5, True, [AN_ID]) if taken(field, value)] == [], place


def test_a_wrong_id_of_a_query_string_is_refused_by_name() -> None:
    ids = [(route, name) for kind in (Id, Several) for route, name in parameters(kind)]
    assert len(ids) > 15
    for route, name in ids:
        assert refused(route, name, NOT_IDS[0]) and refused(route, name, NOT_IDS[1]), f"{route.name} {name}"


def test_yes_or_no_is_written_in_one_way() -> None:
    flags = list(read_from_requests(fields.Boolean))
    assert len(flags) > 25
    assert [place for place, field, _ in flags if not isinstance(field, Flag)] == [], "shared.web.fields.flag"
    for place, field, is_text in flags:
        right, wrong = (("true", "false"), (True, False)) if is_text else ((True, False), ("true", "false"))
        assert all(taken(field, value) for value in right), place
        assert [value for value in (*TEXTS_OF_FLAGS, *wrong, 1, 0, 1.0, [True]) if taken(field, value)] == [], place


def test_a_wrong_yes_or_no_of_a_query_string_is_refused_by_name() -> None:
    flags = list(parameters(fields.Boolean))
    assert len(flags) > 5
    for route, name in flags:
        assert not refused(route, name, "true") and not refused(route, name, "false"), f"{route.name} {name}"
        assert [value for value in TEXTS_OF_FLAGS if not refused(route, name, value)] == [], f"{route.name} {name}"


@pytest.mark.parametrize("text", NOT_IDS)
def test_what_is_no_id_is_none(text: str) -> None:
    assert identifier(text) is None
    with pytest.raises(NotFound):
        path_id(text)


def test_ids_are_read() -> None:
    made = new_id()
    assert identifier(str(made)) == identifier(str(made).upper()) == path_id(str(made)) == made


def test_paths_hold_ids_alone() -> None:
    placeholders = {name for route in ROUTES for name in re.findall(r"{(\w+)}", route.path)}
    others = {name for name in placeholders if not name.endswith("_id")}
    assert len(placeholders) > 10 and others == {ROW}, "shared.web.parsing.path_value"


@pytest.mark.parametrize("text", ["", "0x2", "+2", "02", "2.0", "12345678", "\u0662", "-1"])
def test_a_row_of_a_path_is_a_plain_number(text: str) -> None:
    assert path_value(ROW, "2") == 2
    with pytest.raises(NotFound):
        path_value(ROW, text)


def test_numbers_and_days_of_a_body_are_read_as_strictly() -> None:
    lax = [
        f"{route.name} {name}"
        for route in ROUTES
        if route.body is not None
        for name, field in scalars(route.body())
        if (isinstance(field, fields.Number) and not getattr(field, "strict", False))
        or (isinstance(field, fields.Date) and not isinstance(field, Day))
        or (isinstance(field, fields.DateTime) and not isinstance(field, Instant))
    ]
    assert lax == []


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_what_is_no_number_is_none(text: str) -> None:
    assert whole_number(text) is None


def test_numbers_and_days_are_read() -> None:
    assert [whole_number(text) for text in ("0", "7", "007", "123456789012345")] == [0, 7, 7, 123456789012345]
    assert whole_number("1234", digits_max=3) is None
    assert calendar_day("2026-01-31") == date(2026, 1, 31)
    assert [calendar_day(text) for text in (*NOT_DAYS, "0000-01-01", "")] == [None] * (len(NOT_DAYS) + 2)


def test_nothing_else_asks_whether_a_text_is_a_number() -> None:
    asking = {name_of(path) for path in files() if READERS.search(path.read_text(encoding="utf-8"))}
    assert asking <= MAY_LOOK_AT_DIGITS, "shared.texts.whole_number"
