"""What the commands take: frozen facts that the schemas build, and the pure rules about them."""

from __future__ import annotations

import inspect
import json
from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from services.billing.app import ROUTES
from services.billing.catalogue.rules import ROUNDINGS, UNIT_RULES, UnitRule, unit_rule
from services.billing.catalogue.schemas import ServiceTypePatch
from services.billing.charges import rules
from services.billing.charges.models import PRICED_COLUMNS, DocumentedService
from services.billing.charges.rules import minutes_fit, missed_by_insurers, price, units_for
from services.billing.drafts.schemas import InvoicePatch
from services.billing.invoices.models import DraftLine
from services.billing.payments.schemas import NewPayment
from shared.changes import UNSET
from shared.contracts.clinical import AppointmentDocumented
from shared.contracts.envelope import from_data, to_data
from shared.errors import Invalid
from shared.ids import new_id

REQUESTED = st.builds(
    UnitRule,
    st.sampled_from(UNIT_RULES),
    st.none() | st.integers(1, 100),
    st.none() | st.integers(1, 1_440),
    st.none() | st.sampled_from(ROUNDINGS),
)
PRICE = {
    "kind",
    "code",
    "modifiers",
    "description",
    "units",
    "rate_cents",
    "charge_cents",
    "client_cents",
    "insurance_cents",
}
LINE = {"id": str(new_id()), "service_type_id": str(new_id())}


def test_every_body_that_changes_something_becomes_frozen_facts():
    for route in ROUTES:
        if route.body is not None and not route.reads:
            taken = inspect.signature(route.handler, eval_str=True).parameters["body"].annotation
            assert is_dataclass(taken) and taken.__dataclass_params__.frozen, route.handler.__name__


@given(REQUESTED)
def test_a_unit_rule_is_refused_or_complete(requested):
    try:
        rule = unit_rule(requested)
    except Invalid:
        complete = requested.units if requested.rule == "fixed" else requested.minutes
        foreign = (requested.minutes or requested.rounding) if requested.rule == "fixed" else requested.units
        assert complete is None or foreign is not None
        return
    assert unit_rule(rule) == rule
    assert (rule.units is None) == (rule.minutes is not None) == (rule.rounding is not None)
    assert units_for(rule, 55) >= 0


@given(
    st.fixed_dictionaries(
        {}, optional={"memo": st.none() | st.just("x"), "due_on": st.just("2026-01-31"), "lines": st.just([LINE])}
    )
)
def test_of_a_change_to_a_draft_only_what_was_given_counts(body):
    changes = InvoicePatch().load(body)
    assert changes.given().keys() == body.keys()
    assert [str(line.line_id) for line in changes.given().get("lines", ())] == [
        line["id"] for line in body.get("lines", [])
    ]
    with pytest.raises(FrozenInstanceError):
        changes.memo = "y"


@given(
    st.fixed_dictionaries(
        {},
        optional={"name": st.just("x"), "note_minutes_min": st.none() | st.integers(1, 60), "active": st.booleans()},
    )
)
def test_of_a_change_to_a_service_only_what_was_given_counts(body):
    changes = ServiceTypePatch().load(body)
    assert changes.given() == body
    left = {field.name for field in fields(changes)} - set(body)
    assert {getattr(changes, name) for name in left} == {UNSET}


@pytest.mark.parametrize(("allocations", "shares"), [(None, None), ([], 0), (1, 1)])
def test_no_allocations_and_none_named_differ(allocations, shares):
    body = {"client_id": str(new_id()), "amount_cents": 100, "method": "cash", "received_on": "2026-03-02"}
    wanted = [{"invoice_id": str(new_id()), "amount_cents": 100}] if allocations == 1 else allocations
    facts = NewPayment().load({**body, "allocations": wanted})
    assert (facts.shares if facts.shares is None else len(facts.shares)) == shares


@given(
    rate=st.none() | st.integers(1, 10**6),
    units=st.integers(-1, 100),
    minutes=st.integers(1, 1_440),
    bounds=st.tuples(st.none() | st.integers(1, 1_440), st.none() | st.integers(1, 1_440)),
    held_for=st.none() | st.just("90834 Psychotherapy 45"),
)
def test_a_price_is_units_times_rate_and_somebody_pays_all_of_it(rate, units, minutes, bounds, held_for):
    fit = minutes_fit(minutes, *bounds)
    priced = price(
        code="90837",
        rate_cents=rate,
        units=units,
        minutes=minutes,
        minutes_fit=fit,
        codes_that_fit=[],
        diagnosis_codes=(),
        has_signed_plan=False,
        held_for=held_for,
    )
    assert priced.charge_cents == max(units, 0) * (rate or 0) == priced.client_cents + priced.insurance_cents
    held = {hold.code for hold in priced.holds}
    known = {"minutes_do_not_fit": not fit or units <= 0, "no_rate": rate is None}
    known["other_service_than_documented"] = held_for is not None
    assert held == {code for code, holds in known.items() if holds}, "no insurer's holds on what the client pays alone"


@given(st.lists(st.just("F41.1"), max_size=2), st.none() | st.booleans())
def test_an_insurer_misses_a_diagnosis_and_a_plan_that_is_known_to_be_missing(codes, has_signed_plan):
    missed = [hold.code for hold in missed_by_insurers(codes, has_signed_plan)]
    assert ("no_diagnosis" in missed, "no_signed_plan" in missed) == (not codes, has_signed_plan is False)


def test_a_line_that_an_insurer_pays_is_held_for_a_missing_plan(practice, monkeypatch):
    client, service = practice.client(), practice.service()
    assert practice.draft(client, service, has_signed_plan=False)["holds"] == [], "the client pays all of it"
    monkeypatch.setattr(rules, "split", lambda charge_cents: (0, charge_cents))
    assert practice.draft(client, service, has_signed_plan=True)["holds"] == []
    held = practice.draft(client, service, has_signed_plan=False)
    assert [hold["code"] for hold in held["holds"]] == ["no_signed_plan"]
    path, why = f"/invoices/{held['id']}/issue", {"override": {"reason": "signed on paper"}}
    assert practice.biller.post(path, {}).json["code"] == "held"
    assert practice.biller.post(path, why).json["code"] == "override_not_allowed"
    assert practice.administrator.post(path, why).json["status"] == "open"


FACTS = {
    "started_at": datetime(2026, 10, 6, 20, tzinfo=UTC),
    "stopped_at": datetime(2026, 10, 6, 20, 57, tzinfo=UTC),
    "place_of_service": "10",
    "telehealth": True,
    "supervising_staff_id": new_id(),
    "add_on_service_type_ids": (new_id(), new_id()),
}


def as_the_api_shows(facts):
    shown = json.loads(json.dumps(facts, default=str).replace("+00:00", "Z"))
    return {**shown, **{name: shown[name].replace(" ", "T") for name in ("started_at", "stopped_at")}}


def test_the_facts_of_the_appointment_stand_on_draft_line_and_amendment(practice):
    client, service = practice.client(), practice.service()
    drafted = practice.draft(client, service, **FACTS)
    assert drafted["lines"][0].items() >= as_the_api_shows(FACTS).items()
    issued = practice.biller.post(f"/invoices/{drafted['id']}/issue", {}).json
    assert issued["lines"][0].items() >= as_the_api_shows(FACTS).items()
    later = {**FACTS, "place_of_service": "11", "telehealth": False}
    practice.document(client, service, appointment_id=UUID(drafted["appointment_id"]), version=2, minutes=40, **later)
    (amended,) = practice.invoices(UUID(drafted["appointment_id"]))
    assert amended["amendments"][0].items() >= as_the_api_shows(later).items()
    assert amended["lines"] == issued["lines"], "what was issued stays"


def test_what_the_previous_release_tells_is_not_known(practice):
    event = practice.documented(practice.client(), practice.service())
    old = {name: value for name, value in to_data(event).items() if name not in FACTS}
    practice.emit(from_data(AppointmentDocumented, old))
    (line,) = practice.invoices(event.appointment_id)[0]["lines"]
    assert [line[name] for name in FACTS] == [None, None, None, None, None, []]


def test_each_fact_of_a_documented_service_is_a_column_and_comes_with_the_event():
    facts = [field.name for field in fields(DocumentedService)]
    columns = [name for name in PRICED_COLUMNS if name not in PRICE]
    assert sorted(columns) == sorted(name.replace("version", "documented_version") for name in facts)
    of_the_event = {field.name for field in fields(AppointmentDocumented)}
    assert set(facts) - of_the_event == {"documented_service_type_id"}, "the event's service_type_id"


def test_what_was_documented_is_read_back_as_it_came(practice):
    event = practice.documented(practice.client(), practice.service(), minutes=57, **FACTS)
    practice.emit(event)

    def read(session):
        (line,) = session.scalars(select(DraftLine)).all()
        return line.documented

    stored = practice.worker.run(read, practice.organization_id)
    documented = "documented_service_type_id"
    facts = [field.name for field in fields(DocumentedService) if field.name != documented]
    expected = {**{name: getattr(event, name) for name in facts}, documented: event.service_type_id}
    assert stored == DocumentedService(**expected)
