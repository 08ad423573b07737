"""What the commands take: frozen facts that the schemas build, and the pure rules about them."""

from __future__ import annotations

import inspect
from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from services.billing.app import ROUTES
from services.billing.catalogue.rules import ROUNDINGS, UNIT_RULES, UnitRule, unit_rule
from services.billing.catalogue.schemas import ServiceTypePatch
from services.billing.charges.rules import DocumentedService, minutes_fit, price, units_for
from services.billing.drafts.schemas import InvoicePatch
from services.billing.invoices.models import DraftLine
from services.billing.payments.schemas import NewPayment
from shared.changes import UNSET
from shared.errors import Invalid
from shared.ids import new_id

REQUESTED = st.builds(
    UnitRule,
    st.sampled_from(UNIT_RULES),
    st.none() | st.integers(1, 100),
    st.none() | st.integers(1, 1_440),
    st.none() | st.sampled_from(ROUNDINGS),
)
LINE = {"id": str(new_id()), "service_type_id": str(new_id())}


def test_every_body_of_billing_becomes_frozen_facts():
    for route in ROUTES:
        if route.body is not None:
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
    assert [str(one.line_id) for one in changes.given().get("lines", ())] == [
        one["id"] for one in body.get("lines", [])
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
)
def test_a_price_is_units_times_rate_and_somebody_pays_all_of_it(rate, units, minutes, bounds):
    fit = minutes_fit(minutes, *bounds)
    priced = price(code="90837", rate_cents=rate, units=units, minutes=minutes, minutes_fit=fit, codes_that_fit=[])
    assert priced.charge_cents == max(units, 0) * (rate or 0) == priced.client_cents + priced.insurance_cents
    held = {hold.code for hold in priced.holds}
    assert ("minutes_do_not_fit" in held, "no_rate" in held) == (not fit or units <= 0, rate is None)


def test_what_was_documented_is_read_back_as_it_came(practice):
    event = practice.documented(practice.client(), practice.service(), minutes=57)
    practice.emit(event)

    def read(session):
        (line,) = session.scalars(select(DraftLine)).all()
        return line.documented

    stored = practice.worker.run(read, practice.organization_id)
    assert stored == DocumentedService(**{one.name: getattr(event, one.name) for one in fields(DocumentedService)})
