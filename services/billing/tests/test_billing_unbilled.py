"""What was documented is not lost when its invoice is voided: it is drafted anew, or stands among unbilled sessions."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.ids import new_id


def void(practice, invoice, **more):
    response = practice.biller.post(f"/invoices/{invoice['id']}/void", {"reason": "pro bono", **more})
    assert response.status_code == 200, response.json
    return response.json


def unbilled(practice, **query):
    return practice.biller.get("/unbilled-sessions", **query).json["items"]


def draft_again(practice, appointment, client):
    return practice.biller.post(f"/appointments/{appointment}/draft-invoice", {"client_id": str(client)})


@pytest.mark.parametrize("more", [{}, {"redraft": True}, {"redraft": None}])
def test_voiding_a_draft_drafts_anew(practice, more):
    draft = practice.draft(practice.client(), practice.service())
    again = void(practice, draft, **more)["redraft_invoice_id"]
    assert [invoice["status"] for invoice in practice.invoices(draft["appointment_id"])] == ["void", "draft"]
    assert practice.biller.get(f"/invoices/{again}").json["total_cents"] == draft["total_cents"]
    assert unbilled(practice) == []


@pytest.mark.abuse("A-MONEY-session-hidden")
@pytest.mark.parametrize("stage", ["draft", "issue"])
def test_a_session_without_a_draft_is_unbilled_until_it_is_drafted_again(practice, stage):
    client, service = practice.client(), practice.service()
    first = getattr(practice, stage)(client, service)
    appointment = first["appointment_id"]
    assert void(practice, first, redraft=False)["redraft_invoice_id"] is None
    assert unbilled(practice) == [
        {
            "appointment_id": appointment,
            "client_id": str(client),
            "client_name": "Ada L.",
            "service_date": str(practice.today()),
            "invoice_id": first["id"],
            "reason": "pro bono",
            "voided_on": str(practice.today()),
        }
    ]
    drafted = draft_again(practice, appointment, client)
    assert (drafted.status_code, drafted.json["status"], drafted.json["total_cents"]) == (201, "draft", 16_000)
    assert drafted.headers["Location"] == f"/api/v1/invoices/{drafted.json['id']}"
    assert unbilled(practice) == []
    twice = draft_again(practice, appointment, client)
    assert (twice.status_code, twice.json["code"]) == (409, "already_billed")
    issued = practice.biller.post(f"/invoices/{drafted.json['id']}/issue", {})
    assert issued.status_code == 200


def test_it_is_drafted_as_documented_last(practice):
    client, long = practice.client(), practice.service()
    short = practice.service(code="90834", rate_cents=12_000, note_minutes_min=38, note_minutes_max=52)
    issued = practice.issue(client, long)
    known = {"appointment_id": issued["appointment_id"], "version": 2, "minutes": 45}
    practice.document(client, short, **known)
    void(practice, issued, redraft=False)
    assert len(unbilled(practice)) == 1
    drafted = draft_again(practice, issued["appointment_id"], client).json
    assert [(line["code"], line["minutes"]) for line in drafted["lines"]] == [("90834", 45)]
    practice.document(client, short, **known)
    assert len(practice.invoices(issued["appointment_id"])) == 2, "the same version is nothing new"


def test_a_new_version_of_the_note_drafts_it_by_itself(practice):
    client, service = practice.client(), practice.service()
    draft = practice.draft(client, service)
    void(practice, draft, redraft=False)
    practice.document(client, service, appointment_id=draft["appointment_id"], version=2, minutes=56)
    assert unbilled(practice) == []


def test_what_was_never_drafted_is_not_found(practice):
    client, other, service = practice.client(), practice.client(), practice.service()
    draft = practice.draft(client, service)
    void(practice, draft, redraft=False)
    assert draft_again(practice, new_id(), client).status_code == 404
    assert draft_again(practice, draft["appointment_id"], other).status_code == 404
    assert draft_again(practice, "nothing", client).status_code == 404


def test_they_are_listed_in_pages_and_by_client(practice):
    client, service = practice.client(), practice.service()
    drafts = [practice.draft(person, service) for person in (client, client, practice.client())]
    for draft in drafts:
        void(practice, draft, redraft=False)
    first = practice.biller.get("/unbilled-sessions", limit="2").json
    second = practice.biller.get("/unbilled-sessions", limit="2", cursor=first["next_cursor"]).json
    listed = [item["invoice_id"] for item in [*first["items"], *second["items"]]]
    assert listed == [draft["id"] for draft in sorted(drafts, key=lambda item: item["appointment_id"])]
    assert len(unbilled(practice, client_id=str(client))) == 2


def test_who_sees_assigned_clients_sees_their_sessions_alone(practice):
    narrowed = practice.somebody("therapist", "billing", grants=("assigned_only",))
    mine, hidden, service = practice.client(), practice.client(), practice.service()
    practice.assign(mine, narrowed.actor.staff_id)
    for client in (mine, hidden):
        void(practice, practice.draft(client, service), redraft=False)
    (seen,) = narrowed.get("/unbilled-sessions").json["items"]
    assert seen["client_id"] == str(mine)
    theirs = next(item for item in unbilled(practice) if item["client_id"] == str(hidden))
    path = f"/appointments/{theirs['appointment_id']}/draft-invoice"
    assert narrowed.post(path, {"client_id": str(hidden)}).status_code == 422
    assert narrowed.post(path, {"client_id": str(mine)}).status_code == 404


def test_drafted_again_by_several_at_once_it_is_drafted_once(practice):
    client, service = practice.client(), practice.service()
    draft = practice.draft(client, service)
    void(practice, draft, redraft=False)
    appointment = draft["appointment_id"]
    with ThreadPoolExecutor(4) as pool:
        tries = [pool.submit(draft_again, practice, appointment, client) for _ in range(4)]
        answers = Counter(attempt.result().status_code for attempt in tries)
    assert answers == {201: 1, 409: 3}
    assert [invoice["status"] for invoice in practice.invoices(appointment)] == ["void", "draft"]
