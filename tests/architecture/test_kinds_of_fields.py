"""What people write of one kind is read in one way everywhere: days, phones, zones, states, addresses, secrets, maps.

Each field is found by a walk over routes and schemas, by its name or by its class, so that a new one is in the test.
"""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
from marshmallow import ValidationError, fields

from services.identity.passwords.rules import hash_password, password_fits
from shared.texts import comparable_email
from shared.web.fields import AddressSchema, Day, Email, Map, PastDay, Phone, TimeZone
from tests.architecture.source import files, name_of
from tests.architecture.test_texts import incoming

FIELDS: Final = list(incoming())

# By name -> the class that reads it. A new field of such a name joins by itself.
READ_BY: Final[dict[str, type[fields.Field[Any]]]] = {
    r"(^|_)(phone|fax)$": Phone,
    r"(^|_)time_zone$": TimeZone,
    r"(^|_)email$": Email,
}
# A wrong address at the sign-in is answered like a wrong password, so its text is compared and nothing else.
COMPARED: Final = {"identity post_session email"}
# What says when something happened; everything else may lie ahead.
HAPPENED: Final = {"received_on", "date_of_birth", "since"}
NOBODY_MEANS: Final = {
    Phone: ("555-0100", "5550100", "12", "not a number", "+1 000 000 0000"),
    TimeZone: ("localtime", "posixrules", "Factory", "EST5EDT", "America/Nowhere", "../etc/passwd"),
    Email: ("nobody", "a@", "@b.example", "a b@c.example"),
    Day: ("0026-11-20", "1899-12-31", "2200-01-01", "2026-02-30", "20261120"),
}


def of(kind: type[fields.Field[Any]]) -> list[Any]:
    """The fields of a class, as parameters of a test."""
    return [pytest.param(field, id=where) for where, field in FIELDS if isinstance(field, kind)]


@pytest.mark.parametrize("name", READ_BY)
def test_what_is_named_so_is_read_so(name: str) -> None:
    named = {where: field for where, field in FIELDS if re.search(name, field.name or "") and where not in COMPARED}
    assert len(named) >= 4
    assert {where for where, field in named.items() if not isinstance(field, READ_BY[name])} == set()


def test_a_date_is_a_day_and_what_happened_has_come() -> None:
    dates = {where: field for where, field in FIELDS if isinstance(field, fields.Date)}
    assert {where for where, field in dates.items() if not isinstance(field, Day)} == set()
    assert {field.name for field in dates.values() if isinstance(field, PastDay)} == HAPPENED
    assert {
        where for where, field in dates.items() if field.name in HAPPENED and not isinstance(field, PastDay)
    } == set()


@pytest.mark.parametrize("kind", NOBODY_MEANS, ids=lambda kind: kind.__name__)
def test_what_nobody_means_is_refused_by_each(kind: type[fields.Field[Any]]) -> None:
    for where, field in FIELDS:
        if isinstance(field, kind):
            for value in NOBODY_MEANS[kind]:
                with pytest.raises(ValidationError):
                    print(where, value, field.deserialize(value))


@pytest.mark.parametrize("field", of(Phone))
def test_an_extension_is_kept(field: Phone) -> None:
    assert field.deserialize("518-555-0100 ext. 12") == "+1 518-555-0100 ext. 12"


def test_a_state_and_its_zip_code_are_checked_in_each_address() -> None:
    """No schema but `AddressSchema` takes a ZIP code, and each state is one of the postal service."""
    places = [(where, field) for where, field in FIELDS if field.name in ("postal_code", "zip")]
    assert len(places) >= 4
    assert {where for where, field in places if not isinstance(field.parent, AddressSchema)} == set()
    for field in {field for _, field in places}:
        with pytest.raises(ValidationError) as refused:
            type(field.parent)().load({"line1": "1 Main St", "city": "Albany", "state": "NY", "postal_code": "00000"})
        assert set(refused.value.messages) == {"postal_code"}
    states = [field for where, field in FIELDS if field.name == "state" and "_job" not in where]
    of_places = [field for field in states if _takes(field, "NY")]
    assert len(of_places) >= 4
    for field in of_places:
        assert not any(_takes(field, wrong) for wrong in ("ZZ", "ny", "New York", ""))


def _takes(field: fields.Field[Any], value: str) -> bool:
    try:
        field.deserialize(value)
    except ValidationError:
        return False
    return True


MAPS: Final = [pytest.param(where, field, id=where) for where, field in FIELDS if isinstance(field, Map)]


@pytest.mark.parametrize(("where", "field"), MAPS)
def test_what_is_wrong_in_a_map_is_said_of_its_entry(where: str, field: Map) -> None:
    values = [] if type(field.value_field) is fields.Raw else [{"plan": []}, {"plan": {"value": 1}}]
    for wrong in (*values, {"x" * 5_000: "A text."}):
        with pytest.raises(ValidationError) as refused:
            field.deserialize(wrong)
        assert isinstance(refused.value.messages, dict), where
        assert set(refused.value.messages) == set(wrong), where
        assert all(isinstance(messages, list) for messages in refused.value.messages.values()), where


def test_a_password_is_hashed_and_compared_in_one_place() -> None:
    """Whatever sets or asks for one goes through two functions, which make it comparable first."""
    users = {name_of(path) for path in files() if re.search(r"\b(PASSWORDS|PasswordHasher)\b", path.read_text())}
    assert users == {"services/identity/passwords/rules.py"}
    composed, decomposed = "caf\u00e9 caf\u00e9 caf\u00e9", "cafe\u0301 cafe\u0301 cafe\u0301"
    assert password_fits(hash_password(composed), decomposed)
    assert password_fits(hash_password(decomposed), composed)


@pytest.mark.parametrize("written", ["a@xn--bcher-kva.example", "A@B\u00dcCHER.example", " a@b\u00fccher.example "])
def test_an_address_is_one_however_it_is_written(written: str) -> None:
    assert comparable_email(written) == comparable_email("a@b\u00fccher.example")
