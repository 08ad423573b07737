"""From the signed note to the issued invoice (stories 22, 23, 26)."""

from __future__ import annotations

import random

from shared.ids import new_id

PSYCHOTHERAPY_45 = {"code": "90834", "rate_cents": 12_000, "note_minutes_min": 38, "note_minutes_max": 52}


def test_a_documented_appointment_becomes_one_draft(practice):
    client, service = practice.client(), practice.service()
    appointment = new_id()
    assert practice.invoices(appointment) == []
    practice.document(client, service, appointment_id=appointment)
    (drafted,) = practice.invoices(appointment)
    (line,) = drafted["lines"]
    assert (drafted["status"], drafted["number"], drafted["holds"]) == ("draft", None, [])
    assert (drafted["client_id"], line["appointment_id"]) == (str(client), str(appointment))
    assert (line["code"], line["units"], line["service_date"]) == ("90837", 1, str(practice.today()))
    assert (line["charge_cents"], line["client_cents"], line["insurance_cents"]) == (16_000, 16_000, 0)
    dues = ("total_cents", "client_due_cents", "insurance_due_cents", "balance_cents")
    assert [drafted[name] for name in dues] == [16_000, 0, 0, 0], "a draft is owed by nobody"
    assert (drafted["expected_client_cents"], drafted["expected_insurance_cents"]) == (16_000, 0)
    assert practice.ledger(client)["entries"] == [], "a draft is not in the ledger"


def test_redelivered_and_reordered_versions_leave_one_draft(practice):
    client, service = practice.client(), practice.service()
    appointment = new_id()
    versions = [1, 2, 3] * 3
    random.Random(7).shuffle(versions)
    for version in versions:
        minutes = 52 + version
        practice.document(client, service, appointment_id=appointment, version=version, minutes=minutes)
    (drafted,) = practice.invoices(appointment)
    assert [line["minutes"] for line in drafted["lines"]] == [55], "the highest version wins"


def test_one_batch_may_hold_notes_of_several_practices(practice, new_practice):
    other = new_practice()
    published = []
    for each_practice in (practice, other):
        client, service, appointment = each_practice.client(), each_practice.service(), new_id()
        issued = each_practice.issue(client, service)
        again = {"appointment_id": issued["appointment_id"], "version": 2, "minutes": 40}
        drafts = [
            each_practice.documented(client, service, appointment_id=appointment, version=n, minutes=53 + n)
            for n in (1, 2)
        ]
        published.append([*drafts, each_practice.documented(client, service, **again)])
    practice.emit(*(event for pair in zip(*published, strict=True) for event in pair))
    for each_practice, events in zip((practice, other), published, strict=True):
        (drafted,) = each_practice.invoices(events[0].appointment_id)
        assert (drafted["lines"][0]["minutes"], drafted["version"]) == (55, 2)
        (issued,) = each_practice.invoices(events[2].appointment_id)
        assert [hold["code"] for hold in issued["holds"]] == ["amendment_pending"]
    assert other.contradictions() == []


def test_a_group_appointment_bills_each_client(practice):
    service, appointment = practice.service(code="90853"), new_id()
    clients = [practice.client() for _ in range(3)]
    for client in clients:
        practice.document(client, service, appointment_id=appointment)
    assert sorted(invoice["client_id"] for invoice in practice.invoices(appointment)) == sorted(map(str, clients))


def test_issuing_gives_a_number_and_posts_the_charge(practice):
    client, service = practice.client(), practice.service()
    year = practice.today().year
    issued = [practice.issue(client, service) for _ in range(3)]
    assert [invoice["number"] for invoice in issued] == [f"NY-{year}-{n}" for n in (1, 2, 3)]
    assert {invoice["status"] for invoice in issued} == {"open"}
    again = practice.biller.post(f"/invoices/{issued[0]['id']}/issue", {})
    assert (again.status_code, again.json["code"]) == (409, "not_a_draft")
    assert practice.biller.patch(f"/invoices/{issued[0]['id']}", {"memo": "x"}).json["code"] == "not_a_draft"
    assert practice.ledger(client)["balance_cents"] == 48_000


def test_minutes_that_do_not_fit_hold_the_draft(practice):
    client, service = practice.client(), practice.service()
    practice.service(**PSYCHOTHERAPY_45)
    held = practice.draft(client, service, minutes=45)
    assert [(hold["code"], hold["detail"]) for hold in held["holds"]] == [
        ("minutes_do_not_fit", "45 minutes do not fit 90837. Choose 90834, or have the minutes of the note corrected.")
    ]
    path = f"/invoices/{held['id']}/issue"
    refused = practice.biller.post(path, {})
    assert (refused.status_code, refused.json["code"]) == (409, "held")
    assert [(error["code"], error["value"]) for error in refused.json["errors"]] == [
        ("minutes_do_not_fit", held["lines"][0]["id"])
    ]
    override = {"override": {"reason": "crisis, agreed with the payer"}}
    assert practice.biller.post(path, override).status_code == 403
    assert practice.administrator.post(path, {"override": {"reason": " "}}).status_code == 422
    assert practice.administrator.post(path, override).json["status"] == "open"


def test_the_right_service_releases_the_hold(practice):
    client, service = practice.client(), practice.service()
    shorter = practice.service(**PSYCHOTHERAPY_45)
    held = practice.draft(client, service, minutes=45)
    change = {"lines": [{"id": held["lines"][0]["id"], "service_type_id": str(shorter)}], "memo": "Thank you"}
    path = f"/invoices/{held['id']}"
    stale = practice.biller.patch(path, change, If_Match='"99"')
    assert stale.status_code == 412
    right = practice.biller.patch(path, change, If_Match=f'"{held["version"]}"').json
    assert (right["holds"], right["total_cents"], right["lines"][0]["code"]) == ([], 12_000, "90834")
    assert right["memo"] == "Thank you"
    assert practice.biller.post(f"{path}/issue", {}).json["total_cents"] == 12_000


def test_wrong_changes_to_a_draft(practice):
    client, service = practice.client(), practice.service()
    draft = practice.draft(client, service)
    line = draft["lines"][0]["id"]
    path = f"/invoices/{draft['id']}"
    old = "01890000-0000-7000-8000-000000000000"
    for wrong in (
        {"lines": [{"id": old, "service_type_id": str(service)}]},
        {"lines": [{"id": line, "service_type_id": old}]},
        {"lines": []},
        {"total_cents": 1},
        {"due_on": "soon"},
        {"memo": ""},
    ):
        assert practice.biller.patch(path, wrong).status_code == 422, wrong
    assert practice.biller.get(path).json == draft


def test_without_a_rate_a_draft_waits_for_one(practice):
    client, service = practice.client(), practice.service(effective_from="2090-01-01")
    held = practice.draft(client, service)
    assert ([hold["code"] for hold in held["holds"]], held["total_cents"]) == (["no_rate"], 0)
    path = f"/invoices/{held['id']}/issue"
    override = {"override": {"reason": "we need it"}}
    assert practice.administrator.post(path, override).json["code"] == "held", "there is nothing to charge"
    rate = {"rate_cents": 9_000, "effective_from": "2020-01-01"}
    practice.administrator.post(f"/service-types/{service}/rates", rate)
    assert practice.biller.post(path, {}).json["total_cents"] == 9_000


def test_invoices_are_found_by_client_appointment_and_status(practice):
    client, other, service = practice.client(), practice.client(), practice.service()
    issued, draft = practice.issue(client, service), practice.draft(client, service)
    practice.issue(other, service)

    def found(**query):
        return [invoice["id"] for invoice in practice.biller.get("/invoices", **query).json["items"]]

    assert found(client_id=str(client)) == [issued["id"], draft["id"]]
    assert found(client_id=str(client), status="draft") == [draft["id"]]
    assert found(appointment_id=draft["appointment_id"]) == [draft["id"]]
    assert len(found()) == 3
    first = practice.biller.get("/invoices", limit="2").json
    rest = practice.biller.get("/invoices", limit="2", cursor=first["next_cursor"]).json
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
    assert practice.biller.get("/invoices", status="lost").status_code == 422


def test_an_invoice_is_overdue_the_day_after_it_was_due(practice):
    client, service = practice.client(), practice.service()
    draft = practice.draft(client, service)["id"]
    today = practice.draft(client, service)["id"]
    practice.biller.patch(f"/invoices/{today}", {"due_on": str(practice.today())})
    assert practice.biller.post(f"/invoices/{today}/issue", {}).json["overdue"] is False
    practice.biller.patch(f"/invoices/{draft}", {"due_on": "2026-01-31"})
    late = practice.biller.post(f"/invoices/{draft}/issue", {}).json
    assert (late["status"], late["overdue"]) == ("open", True)
    practice.pay(client, 16_000, allocations=[{"invoice_id": draft, "amount_cents": 16_000}])
    paid = practice.biller.get(f"/invoices/{draft}").json
    assert (paid["status"], paid["overdue"]) == ("paid", False)


def test_who_may_not_see_money(practice):
    client, service = practice.client(), practice.service()
    issued = practice.issue(client, service)
    paid = practice.pay(client, 100)
    paths = (f"/invoices/{issued['id']}", f"/payments/{paid['id']}", f"/clients/{client}/ledger")
    for level in ("default", "therapist"):
        assert {practice.somebody(level).get(path).status_code for path in paths} == {403}
    stranger = practice.biller.as_actor("organization_administration", organization_id=new_id())
    assert {stranger.get(path).status_code for path in paths[:2]} == {404}
    assert stranger.get("/invoices").json["items"] == []
    assert stranger.post(f"/invoices/{issued['id']}/void", {"reason": "mine"}).status_code == 404

    narrowed = practice.somebody("therapist", "billing", grants=("assigned_only",))
    assert {narrowed.get(path).status_code for path in paths} == {404}
    assert narrowed.get("/invoices").json["items"] == narrowed.get("/payments").json["items"] == []
    body = {
        "client_id": str(client),
        "amount_cents": 1,
        "method": "cash",
        "received_on": str(practice.today()),
    }
    assert narrowed.post("/payments", body).status_code == 422
    practice.assign(client, narrowed.staff_id)
    assert {narrowed.get(path).status_code for path in paths} == {200}
    assert [invoice["id"] for invoice in narrowed.get("/invoices").json["items"]] == [issued["id"]]
