"""A reason that somebody gave is read where it counts: with who gave it and when; the trail says that there is one."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from shared.audit_tables import AUDIT_ENTRIES


def ensure_by(practice, who, shown, reason):
    assert (shown["reason"], shown["by_staff_id"]) == (reason, str(who.staff_id))
    assert shown["at"].endswith("Z")


def trail(practice, action):
    def read(session):
        found = select(AUDIT_ENTRIES.c.details).where(AUDIT_ENTRIES.c.action == action).order_by(AUDIT_ENTRIES.c.id)
        return [row.details for row in session.execute(found)]

    return practice.worker.run(read, practice.organization_id)


def test_why_a_held_invoice_was_issued(practice):
    held = practice.draft(practice.client(), practice.service(), minutes=45)
    assert held["override"] is None
    body = {"override": {"reason": "agreed with the payer"}}
    issued = practice.administrator.post(f"/invoices/{held['id']}/issue", body)
    assert issued.status_code == 200
    for who in (practice.biller, practice.administrator):
        shown = who.get(f"/invoices/{held['id']}").json
        ensure_by(practice, practice.administrator, shown["override"], "agreed with the payer")
    (details,) = trail(practice, "post_invoice_issue")
    assert details == {"held": ["minutes_do_not_fit"], "overridden": True}
    fine = practice.issue(practice.client(), practice.service())
    assert fine["override"] is None and trail(practice, "post_invoice_issue")[-1] == {"held": [], "overridden": False}


def test_why_a_held_amendment_was_accepted(practice):
    client, service = practice.client(), practice.service()
    issued = practice.issue(client, service)
    practice.document(client, service, appointment_id=issued["appointment_id"], version=2, minutes=45)
    path = f"/invoices/{issued['id']}"
    (pending,) = practice.biller.get(path).json["amendments"]
    assert pending["override"] is None
    body = {"override": {"reason": "short session"}}
    assert practice.administrator.post(f"{path}/amendments/{pending['id']}/accept", body).status_code == 200
    (accepted,) = practice.biller.get(path).json["amendments"]
    ensure_by(practice, practice.administrator, accepted["override"], "short session")
    assert trail(practice, "post_amendment_accept") == [{"held": ["minutes_do_not_fit"], "overridden": True}]


@pytest.mark.parametrize("stage", ["draft", "issue"])
def test_why_an_invoice_is_void(practice, stage):
    item = getattr(practice, stage)(practice.client(), practice.service())
    assert item["voided"] is None
    practice.biller.post(f"/invoices/{item['id']}/void", {"reason": "wrong client"})
    ensure_by(practice, practice.biller, practice.biller.get(f"/invoices/{item['id']}").json["voided"], "wrong client")
    assert trail(practice, "post_invoice_void") == [{"issued": stage == "issue", "redrafted": True}]


def test_why_money_was_given_back(practice):
    paid = practice.pay(practice.client(), 100)
    body = {"amount_cents": 100, "reason": "moved away"}
    practice.administrator.post(f"/payments/{paid['id']}/refunds", body)
    (refund,) = practice.biller.get(f"/payments/{paid['id']}").json["refunds"]
    assert (refund["reason"], refund["created_by"]) == ("moved away", str(practice.administrator.staff_id))
    assert paid["created_by"] == str(practice.biller.staff_id)
