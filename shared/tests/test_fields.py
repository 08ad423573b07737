"""Texts that come in: what is seen is what is stored."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields, validate

from shared import postal, texts
from shared.web.fields import AddressSchema, Instant, Map, Phone, Stripped, Text, TimeZone, text

TURNING = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x2028, 0x2029)]
CONTROLS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))]
ADDRESS = {"line1": "1 Main St", "city": "Albany", "state": "NY", "postal_code": "12207"}
LEFTOVERS = [
    *"\u00ad\u034f\u180e\u200b\u2060\u2061\u2064\u206a\u206f\ufeff\ufff9\ufffb",
    *map(chr, (0xE0001, 0xE0041, 0xE007F)),
]
JOINERS = "\u200c\u200d"
UNSEEN = [chr(code) for code in (*range(0x2061, 0x2065), *range(0x206A, 0x2070), *range(0xE0000, 0xE0080))]
SEEN = st.text(
    st.characters(
        exclude_categories=("Cc", "Cs"), exclude_characters=[*TURNING, *LEFTOVERS, *UNSEEN, *JOINERS, "\ufffa"]
    ),
    max_size=30,
)


class OneLine(Schema):
    value = text(200, "In one line.")


class Lines(Schema):
    value = text(200, "In several.", lines=True)


def loaded(schema: type[Schema], value: str) -> str | None:
    try:
        return str(schema().load({"value": value})["value"])
    except ValidationError:
        return None


def taken(schema: type[Schema], value: str) -> bool:
    return loaded(schema, value) == value


@given(SEEN, st.sampled_from(CONTROLS + TURNING), SEEN)
def test_what_can_not_be_seen_is_refused_wherever_it_stands(before: str, bad: str, after: str) -> None:
    value = f"a{before}{bad}{after}"
    assert not taken(OneLine, value)
    assert (loaded(Lines, value) is not None) is (bad in "\n\t\r")


@given(SEEN)
def test_every_other_text_is_taken_as_it_is(value: str) -> None:
    assert taken(OneLine, f"a{value}") and taken(Lines, f"a\n\t{value}")


@given(SEEN, st.sampled_from(LEFTOVERS), SEEN)
def test_what_nobody_sees_and_no_script_needs_is_left_out(before: str, leftover: str, after: str) -> None:
    for schema in (OneLine, Lines):
        assert loaded(schema, f"a{before}{leftover}{after}b{leftover}") == f"a{before}{after}b"
        assert loaded(schema, leftover * 3) is None


@pytest.mark.parametrize("needed", ["می\u200cخواهم", "क\u094d\u200dष", "ක\u0dca\u200dර", "👩🏽\u200d⚕️", "🏳️\u200d🌈"])
def test_a_joiner_stays_where_its_script_needs_it(needed: str) -> None:
    assert taken(OneLine, needed) and taken(Lines, needed)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Smi\u200cth", "Smith"),
        ("\u200dAnn\u200c", "Ann"),
        ("李\u200c龍", "李龍"),
        ("Ива\u200dн", "Иван"),
        ("می\u200c\u200c\u200dخواهم", "می\u200cخواهم"),
        ("a \u200d b", "a  b"),
    ],
)
def test_a_joiner_that_joins_nothing_is_left_out(written: str, kept: str) -> None:
    assert loaded(OneLine, written) == loaded(Lines, written) == kept


@pytest.mark.parametrize("leftover", LEFTOVERS)
def test_two_texts_that_read_alike_are_stored_alike(leftover: str) -> None:
    assert loaded(OneLine, f"{leftover} Ann{leftover}a Lee {leftover}") == "Anna Lee"


@given(st.lists(SEEN, min_size=1, max_size=4), st.sampled_from(["\r\n", "\r", "\n"]))
def test_lines_end_alike_however_they_came(lines: list[str], end: str) -> None:
    written = [f"a{line}" for line in lines]
    assert loaded(Lines, end.join(written)) == "\n".join(written)


@given(st.text(max_size=40))
def test_what_is_taken_holds_no_control_character(value: str) -> None:
    for schema, allowed in ((OneLine, set()), (Lines, {"\n", "\t"})):
        kept = loaded(schema, value) or ""
        assert not [c for c in kept if unicodedata.category(c) == "Cc" and c not in allowed]


@pytest.mark.parametrize("name", ["Zoë O’Brien-Łukasz", "李小龍", "محمد", "שרה", "👩🏽‍⚕️ Care"])
def test_names_of_people_are_taken(name: str) -> None:
    assert taken(OneLine, name)


@given(st.text(st.characters(categories=("Nd",)), min_size=3, max_size=3))
def test_a_zip_code_has_ascii_digits(digits: str) -> None:
    try:
        kept: Any = AddressSchema().load({**ADDRESS, "postal_code": f"12{digits}"})
    except ValidationError:
        assert not digits.isascii()
    else:
        assert digits.isascii() and kept["postal_code"] == f"12{digits}"


@pytest.mark.parametrize(
    ("state", "postal_code", "wrong"),
    [
        ("ZZ", "12207", "state"),
        ("ny", "12207", "state"),
        ("NY", "00000", "postal_code"),
        ("NY", "90210", "postal_code"),
        ("CA", "10001-1234", "postal_code"),
        ("HI", "99501", "postal_code"),
        ("AP", "09012", "postal_code"),
    ],
)
def test_a_state_and_a_zip_code_of_another_are_refused(state: str, postal_code: str, wrong: str) -> None:
    with pytest.raises(ValidationError) as refused:
        AddressSchema().load({**ADDRESS, "state": state, "postal_code": postal_code})
    assert set(refused.value.messages) == {wrong}


@pytest.mark.parametrize(
    ("state", "postal_code"),
    [
        *(("NY", "10001"), ("NY", "06390"), ("DC", "20500"), ("PR", "00901"), ("GU", "96910"), ("AE", "09012")),
        *(("WY", "83414"), ("TX", "73301"), ("AK", "99950"), ("MA", "02108-1234"), ("VA", "20101"), ("AS", "96799")),
    ],
)
def test_a_place_of_its_state_is_taken(state: str, postal_code: str) -> None:
    assert AddressSchema().load({**ADDRESS, "state": state, "postal_code": postal_code})


@given(st.integers(0, 999))
def test_a_prefix_belongs_to_few_states(prefix: int) -> None:
    owners = {state for state in postal.STATES if postal.zip_belongs(f"{prefix:03}01", state)}
    assert len(owners) <= 2 or owners == {"GU", "MP", "FM", "MH", "PW"}


@pytest.mark.parametrize("field", ["line1", "line2", "city"])
def test_no_line_of_an_address_breaks(field: str) -> None:
    with pytest.raises(ValidationError):
        AddressSchema().load({**ADDRESS, field: "1 Main St\nCopy to: somebody"})


def test_blanks_around_a_text_are_no_reason_to_refuse_it() -> None:
    class Named(Stripped):
        name = text(20, "A name.")

    assert Named().load({"name": " Thea\r\n"}) == {"name": "Thea"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("518-555-0100 ext. 12", "+1 518-555-0100 ext. 12"),
        ("518 555 0100 x12", "+1 518-555-0100 ext. 12"),
        ("tel:+1-518-555-0100;ext=4407", "+1 518-555-0100 ext. 4407"),
        ("(518) 555-0100", "+15185550100"),
        ("+44 20 7946 0018", "+442079460018"),
        ("+1 518-555-0100 ext. 12", "+1 518-555-0100 ext. 12"),
    ],
)
def test_a_telephone_number_keeps_its_extension(typed: str, kept: str) -> None:
    assert Phone().deserialize(typed) == kept
    assert Phone().deserialize(kept) == kept


@pytest.mark.parametrize(
    "typed", ["555-0100", "911", "123-456-7890", "Ada", "518-555-01000", "+1 518-555-0100" + "0" * 40]
)
def test_what_nobody_can_be_called_at_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        Phone().deserialize(typed)


@pytest.mark.parametrize("name", ["America/New_York", "Pacific/Honolulu", "America/Indiana/Knox", "UTC"])
def test_a_time_zone_of_a_place_is_taken(name: str) -> None:
    assert TimeZone().deserialize(name) == name


@pytest.mark.parametrize(
    "name",
    ["localtime", "posixrules", "Factory", "US/Eastern", "EST", "Etc/GMT+5", "GMT", "../UTC", "america/new_york", ""],
)
def test_what_no_place_keeps_is_no_time_zone(name: str) -> None:
    with pytest.raises(ValidationError):
        TimeZone().deserialize(name)


class Sections(Schema):
    content = Map(
        keys=fields.String(validate=validate.Length(1, 5)),
        values=Text(lines=True, validate=validate.Length(max=3)),
    )


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ({"plan": None}, {"plan"}),
        ({"plan": 7, "data": "ok"}, {"plan"}),
        ({"plan": "long"}, {"plan"}),
        ({"subjective": "ok"}, {"subjective"}),
        ({"subjective": "long"}, {"subjective"}),
    ],
)
def test_what_is_wrong_in_a_map_is_said_of_its_entry(content: Any, wrong: set[str]) -> None:
    with pytest.raises(ValidationError) as refused:
        Sections().load({"content": content})
    entries = refused.value.messages["content"]
    assert set(entries) == wrong
    assert all(isinstance(messages, list) and messages for messages in entries.values())


def test_an_instant_ends_in_z() -> None:
    eastern = datetime(2026, 5, 10, 18, 0, tzinfo=timezone(timedelta(hours=-4)))
    assert Instant().serialize("at", {"at": eastern}) == "2026-05-10T22:00:00Z"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a@xn--bcher-kva.example", "A@Bücher.example"),
        (" ada@example.test", "ADA@EXAMPLE.TEST "),
        ("jose\u0301@example.test", "jos\u00e9@example.test"),
    ],
)
def test_two_spellings_of_an_address_are_one(first: str, second: str) -> None:
    assert texts.comparable_email(first) == texts.comparable_email(second)


@given(st.text(max_size=40))
def test_what_makes_addresses_and_passwords_comparable_changes_nothing_twice(value: str) -> None:
    for comparable in (texts.comparable_email, texts.comparable_password):
        assert comparable(comparable(value)) == comparable(value)
