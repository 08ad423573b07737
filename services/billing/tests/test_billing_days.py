"""Every date of a body has a span: from 1900, and not a coming day where it says when something happened."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from marshmallow import Schema, ValidationError, fields

from services.billing.app import SERVICE
from shared.contracts.identity import OrganizationChanged
from shared.errors import Invalid
from shared.web.days import ensure_days_are_compared, ensure_past, past_days
from shared.web.fields import Day, PastDay
from shared.web.routes import FilePart, Route

HAPPENED = {("NewPayment", "received_on")}
ANY_DAY = {
    ("ByDayQuery", "first"),
    ("ByDayQuery", "last"),
    ("InvoicePatch", "due_on"),
    ("InvoicesQuery", "issued_from"),
    ("InvoicesQuery", "issued_to"),
    ("LedgerQuery", "first"),
    ("LedgerQuery", "last"),
    ("NewRate", "effective_from"),
    ("NewServiceType", "effective_from"),
    ("PaymentsQuery", "first"),
    ("PaymentsQuery", "last"),
    ("UnitsPreview", "on"),
}


def dates_of(schema, seen):
    """The date fields that come in by a schema, those of the schemas in it included."""
    for name, field in schema.load_fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Date):
            yield type(schema).__name__, name, inner
        elif isinstance(inner, fields.Nested) and type(inner.schema) not in seen:
            seen.add(type(inner.schema))
            yield from dates_of(inner.schema, seen)


INCOMING = {
    (schema, name): field
    for route in SERVICE.routes
    for kind in (route.body, route.query)
    if kind is not None
    for schema, name, field in dates_of(kind(), set())
}


def test_each_date_that_comes_in_was_thought_about():
    assert {known for known, field in INCOMING.items() if isinstance(field, PastDay)} == HAPPENED
    assert INCOMING.keys() - HAPPENED == ANY_DAY


@pytest.mark.parametrize("known", sorted(INCOMING), ids=".".join)
def test_each_date_is_from_1900_through_2199(known):
    field = INCOMING[known]
    assert isinstance(field, Day)
    for wrong in ("0026-11-20", "1899-12-31", "2200-01-01", "9999-12-31", "2026-02-30"):
        with pytest.raises(ValidationError):
            field.deserialize(wrong)
    assert field.deserialize("1900-01-01") == date(1900, 1, 1)


class Item(Schema):
    paid_on = PastDay()


class Body(Schema):
    seen_on = PastDay(data_key="seen")
    due_on = Day()
    item = fields.Nested(Item)
    items = fields.List(fields.Nested(Item))
    days = fields.List(PastDay())


def test_days_are_found_wherever_they_stand():
    body = {
        "seen": "2026-11-20",
        "due_on": "2030-01-01",
        "item": {"paid_on": "2026-11-21"},
        "items": [{}, {"paid_on": "2026-11-22"}],
        "days": ["2026-11-19", "2026-11-23"],
    }
    found = dict(past_days(Body(), body))
    assert list(found) == ["seen", "item.paid_on", "items.1.paid_on", "days.0", "days.1"]
    ensure_past(list(found.items()), date(2026, 11, 23))
    with pytest.raises(Invalid) as refused:
        ensure_past(list(found.items()), date(2026, 11, 22))
    (error,) = refused.value.errors
    assert (error.field, error.code, error.value) == ("days.1", "in_the_future", "2026-11-22")


class Outer(Schema):
    bodies = fields.List(fields.Nested(Body))


def test_a_service_that_would_not_compare_a_day_does_not_start():
    def route(**parts):
        return [Route("POST", "/api/v1/things", "clients:create", lambda: None, **parts)]

    def today(_session, _actor):
        return date(2026, 11, 23)

    ensure_days_are_compared(route(body=Outer), today)
    for routes, says in (
        (route(body=Outer), None),
        (route(query=Outer), today),
        (route(body=Outer, file=FilePart(lambda file: file, "A file.", b"")), today),
    ):
        with pytest.raises(TypeError, match="nothing compares the days of Outer"):
            ensure_days_are_compared(routes, says)


@pytest.mark.abuse("A-MONEY-coming-day")
@pytest.mark.parametrize(
    ("zone", "today"),
    [
        ("America/New_York", date(2026, 11, 20)),
        ("Pacific/Honolulu", date(2026, 11, 20)),
        ("Pacific/Kiritimati", date(2026, 11, 21)),
    ],
)
def test_money_was_received_on_a_day_that_has_come_at_the_practice(practice, monkeypatch, zone, today):
    named = {"name": "Practice", "time_zone": zone, "invoice_prefix": "NY-"}
    practice.emit(OrganizationChanged(organization_id=practice.organization_id, version=2, **named))
    client = practice.client()
    monkeypatch.setattr("shared.clock.now", lambda: datetime(2026, 11, 21, 3, tzinfo=UTC))
    early = practice.try_to_pay(client, 100, received_on=str(today + timedelta(days=1)))
    assert (early.status_code, early.json["errors"][0]["code"]) == (422, "in_the_future")
    assert early.json["errors"][0]["field"] == "received_on"
    assert practice.try_to_pay(client, 100, received_on="0026-11-20").status_code == 422
    assert practice.try_to_pay(client, 100, received_on=str(today)).status_code == 201
    assert practice.try_to_pay(client, 100, received_on="1999-12-31").status_code == 201
