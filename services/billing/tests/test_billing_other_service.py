"""Another service than the signed note documents is billed only by those who may set a hold aside."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.charges.rules import may_stand_in

HELD = ["other_service_than_documented"]
CHEAPER = {"name": "Courtesy", "kind": "other", "code": "CRT", "rate_cents": 100, "note_minutes_min": None}
SHORTER = {"name": "Psychotherapy 45", "code": "90834", "rate_cents": 12_000}
SHORTER |= {"note_minutes_min": 38, "note_minutes_max": 52}
WHY = {"override": {"reason": "Agreed with the client."}}


@pytest.fixture
def services(practice):
    """What was documented, and what a biller would rather have it cost."""
    return practice.service(), practice.service(**CHEAPER, note_minutes_max=None)


def choose(practice, invoice, service, who=None):
    lines = [{"id": invoice["lines"][0]["id"], "service_type_id": str(service)}]
    changed = (who or practice.biller).patch(f"/invoices/{invoice['id']}", {"lines": lines})
    assert changed.status_code == 200, changed.json
    return changed.json


def codes(holds):
    return [hold["code"] for hold in holds]


def void(practice, invoice, **more):
    body = {"reason": "Entered in error.", **more}
    response = practice.biller.post(f"/invoices/{invoice['id']}/void", body)
    assert response.status_code == 200, response.json
    return response.json["redraft_invoice_id"]


def ensure_held(practice, invoice_id):
    """Issued by a biller it is refused, also with a reason, and nothing is changed."""
    path = f"/invoices/{invoice_id}"
    before = practice.biller.get(path).json
    assert codes(before["holds"]) == HELD
    refused = practice.biller.post(f"{path}/issue", {})
    assert (refused.status_code, refused.json["code"]) == (409, "held")
    assert [error["code"] for error in refused.json["errors"]] == HELD
    refused = practice.biller.post(f"{path}/issue", WHY)
    assert (refused.status_code, refused.json["code"]) == (403, "override_not_allowed")
    assert practice.biller.get(path).json == before


@pytest.mark.abuse("A-MONEY-cheaper-service")
def test_a_voided_invoice_is_not_billed_as_a_cheaper_service(practice, services):
    documented, cheaper = services
    issued = practice.issue(practice.client(), documented)
    draft = practice.biller.get(f"/invoices/{void(practice, issued)}").json
    assert draft["holds"] == []
    held = choose(practice, draft, cheaper)
    assert (held["total_cents"], held["lines"][0]["documented_service_type_id"]) == (100, str(documented))
    assert held["holds"][0]["detail"] == (
        "The note documents 90837 Psychotherapy 60. Choose that service, or have the note amended."
    )
    ensure_held(practice, draft["id"])
    issued = practice.administrator.post(f"/invoices/{draft['id']}/issue", WHY)
    assert (issued.json["total_cents"], issued.json["override"]["reason"]) == (100, WHY["override"]["reason"])
    assert issued.json["lines"][0]["documented_service_type_id"] == str(documented)


@pytest.mark.abuse("A-MONEY-cheaper-service")
@pytest.mark.parametrize("redraft", [True, False])
def test_voiding_and_drafting_again_forget_nothing(practice, services, redraft):
    client = practice.client()
    draft = choose(practice, practice.draft(client, services[0]), services[1])
    again = void(practice, draft, redraft=redraft)
    if not redraft:
        body = {"client_id": str(client)}
        again = practice.biller.post(f"/appointments/{draft['appointment_id']}/draft-invoice", body).json["id"]
    ensure_held(practice, again)
    assert practice.administrator.post(f"/invoices/{again}/issue", WHY).status_code == 200
    ensure_held(practice, void(practice, {"id": again}))


def test_the_documented_service_and_a_new_version_of_the_note_release_it(practice, services):
    client, (documented, cheaper) = practice.client(), services
    draft = practice.draft(client, documented)
    assert codes(choose(practice, draft, cheaper)["holds"]) == HELD
    assert choose(practice, draft, documented)["holds"] == []
    choose(practice, draft, cheaper)
    practice.document(client, cheaper, appointment_id=UUID(draft["appointment_id"]), version=2)
    released = practice.biller.get(f"/invoices/{draft['id']}").json
    assert (released["holds"], released["total_cents"]) == ([], 100)


def test_a_dearer_service_is_held_as_well(practice):
    draft = practice.draft(practice.client(), practice.service())
    assert codes(choose(practice, draft, practice.service(code="99215", rate_cents=30_000))["holds"]) == HELD


def test_a_rate_that_is_set_leaves_it_held(practice, services):
    draft = choose(practice, practice.draft(practice.client(), services[0]), services[1])
    rate = {"rate_cents": 200, "effective_from": "2020-01-01"}
    assert practice.administrator.post(f"/service-types/{services[1]}/rates", rate).status_code < 300
    assert practice.biller.get(f"/invoices/{draft['id']}").json["total_cents"] == 200
    ensure_held(practice, draft["id"])


@pytest.mark.abuse("A-MONEY-cheaper-service")
def test_an_amendment_is_not_accepted_as_a_cheaper_service(practice, services):
    client, (documented, cheaper) = practice.client(), services
    issued = practice.issue(client, documented)
    practice.document(
        client, documented, appointment_id=issued["appointment_id"], version=2, diagnosis_codes=("F33.1",)
    )
    (pending,) = practice.biller.get(f"/invoices/{issued['id']}").json["amendments"]
    path, body = f"/invoices/{issued['id']}/amendments/{pending['id']}/accept", {"service_type_id": str(cheaper)}
    refused = practice.biller.post(path, body)
    assert (refused.status_code, refused.json["code"]) == (409, "held")
    assert practice.biller.post(path, {**body, **WHY}).json["code"] == "override_not_allowed"
    assert practice.biller.get(f"/invoices/{issued['id']}").json["amendments"] == [pending]
    accepted = practice.administrator.post(path, {**body, **WHY})
    assert (accepted.json["total_cents"], accepted.json["amendments"][0]["holds"][0]["code"]) == (100, HELD[0])
    ensure_held(practice, void(practice, issued))


@pytest.mark.abuse("A-MONEY-cheaper-service")
def test_minutes_that_do_not_fit_leave_billing_the_dearest_service_that_fits(practice, services):
    documented, unbounded = services
    shorter = practice.service(**SHORTER)
    reduced = practice.service(**{**SHORTER, "code": "RED", "kind": "other", "rate_cents": 2_000})
    intake = practice.service(code="90791", rate_cents=20_000, note_minutes_min=20, note_minutes_max=90)
    draft = practice.draft(practice.client(), documented, minutes=45)
    assert choose(practice, draft, shorter)["holds"] == []
    assert choose(practice, draft, intake)["holds"] == [], "it costs more than what was documented"
    assert codes(choose(practice, draft, reduced)["holds"]) == HELD
    assert codes(choose(practice, draft, unbounded)["holds"]) == HELD


def test_of_lines_from_before_the_service_that_was_documented_is_not_known(practice, services, billing_database):
    draft = practice.draft(practice.client(), services[0])
    forget(billing_database, "invoice_draft_lines", draft)
    assert choose(practice, draft, services[1])["holds"] == []
    issued = practice.biller.post(f"/invoices/{draft['id']}/issue", {}).json
    assert (issued["status"], issued["lines"][0]["documented_service_type_id"]) == ("open", None)
    again = practice.biller.get(f"/invoices/{void(practice, issued)}").json
    assert again["lines"][0]["documented_service_type_id"] == str(services[1]), "what was issued counts"
    choose(practice, again, services[0])
    ensure_held(practice, again["id"])


def forget(database, table, invoice):
    forgotten = f"UPDATE {table} SET documented_service_type_id = NULL WHERE invoice_id = %s RETURNING id"
    assert database.rows(forgotten, invoice["id"])


def test_a_corrected_diagnosis_drafts_nothing_where_another_service_was_billed(practice, services):
    client = practice.client()
    event = practice.documented(client, services[0])
    practice.emit(event)
    (draft,) = practice.invoices(event.appointment_id)
    void(practice, choose(practice, draft, services[1]), redraft=False)
    same = {"appointment_id": event.appointment_id, "case_id": event.case_id, "note_id": event.note_id}
    practice.emit(practice.documented(client, services[0], version=2, diagnosis_codes=("F33.1",), **same))
    assert [invoice["status"] for invoice in practice.invoices(event.appointment_id)] == ["void"]
    practice.emit(practice.documented(client, services[1], version=3, diagnosis_codes=("F33.1",), **same))
    assert [invoice["status"] for invoice in practice.invoices(event.appointment_id)] == ["void", "draft"]


CENTS = st.integers(0, 10**6)


@given(documented=st.none() | CENTS, fitting=st.lists(CENTS, min_size=1))
def test_billing_may_decide_for_one_of_those_that_fit_and_never_below_what_others_would_cost(documented, fitting):
    free = [cents for cents in fitting if may_stand_in(cents, documented, fitting)]
    assert max(fitting) in free, "there is always one"
    within = [cents for cents in fitting if documented is None or cents <= documented]
    assert min(free) == (max(within) if within else min(fitting))
    assert all(may_stand_in(cents + 1, documented, fitting) for cents in free), "never held for costing more"
