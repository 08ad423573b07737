"""Stories 20 to 22, 26 and 27 on clinical's side, and who may sign what."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clinical.diagnoses import rules as diagnosis_rules
from services.clinical.diagnoses.code_set import icd10_codes
from services.clinical.signing import commands as signing_commands
from services.clinical.signing import rules as signing_rules
from services.clinical.tests.conftest import SOAP, Clinic

PLAN: dict[str, Any] = {"effective_from": "2026-10-01", "problems": [{"description": "Worry", "goals": []}]}


def test_story_20_intake(clinic: Clinic) -> None:
    path = f"/cases/{clinic.case_id}/diagnoses"
    primary = {"code": "f411", "rank": 1, "effective_from": "2026-10-01"}
    assert clinic.therapist.post(path, primary).json["code"] == "F41.1"
    second = clinic.therapist.post(path, {**primary, "code": "F33.1"})
    assert (second.status_code, second.json["code"]) == (422, "rank_taken")
    assert clinic.therapist.post(path, {**primary, "code": "F33.1", "rank": 2}).status_code == 201
    invalid = clinic.therapist.post(path, {**primary, "code": "Z999.99", "rank": 3})
    assert (invalid.status_code, invalid.json["code"]) == (422, "unknown_diagnosis_code")
    plan = clinic.therapist.post(f"/cases/{clinic.case_id}/treatment-plans", PLAN).json
    assert plan["review_on"] == "2026-12-30"
    refused = clinic.therapist.post(f"/treatment-plans/{plan['id']}/sign")
    assert (refused.status_code, refused.json["code"]) == (409, "plan_without_objective")
    goals = [{"description": "Sleep", "objectives": [{"description": "Six hours"}]}]
    whole = {**PLAN, "problems": [{"description": "Worry", "goals": goals}]}
    plan = clinic.therapist.post(f"/cases/{clinic.case_id}/treatment-plans", whole).json
    assert clinic.therapist.post(f"/treatment-plans/{plan['id']}/sign").json["status"] == "signed"
    again = clinic.therapist.post(f"/treatment-plans/{plan['id']}/sign")
    assert again.json["code"] == "plan_signed"


def test_story_21_the_diagnosis_in_force_on_the_date_of_service(clinic: Clinic) -> None:
    path = f"/cases/{clinic.case_id}/diagnoses"
    first = clinic.therapist.post(path, {"code": "F41.1", "rank": 1, "effective_from": "2026-10-01"}).json
    clinic.therapist.patch(f"{path}/{first['id']}", {"effective_to": "2026-10-31"})
    clinic.therapist.post(path, {"code": "F41.9", "rank": 1, "effective_from": "2026-11-01"})
    for start in ("2026-10-30T09:00", "2026-11-02T09:00"):
        note = clinic.note(clinic.book(start)["id"])
        assert clinic.therapist.post(f"/notes/{note['id']}/sign").status_code == 200
    assert [data["diagnosis_codes"] for (data,) in clinic.documented()] == [["F41.1"], ["F41.9"]]


CODES = [("U07.1", "U07.1"), ("qa00101", "QA0.0101"), ("F99", "F99"), ("F10.20", "F10.20")]


@pytest.mark.parametrize(("given", "kept"), CODES)
def test_codes_of_every_form_are_known(clinic: Clinic, given: str, kept: str) -> None:
    body = {"code": given, "rank": 1, "effective_from": "2026-10-01"}
    response = clinic.therapist.post(f"/cases/{clinic.case_id}/diagnoses", body)
    assert (response.status_code, response.json.get("code")) == (201, kept)


def test_the_code_set_is_of_codes_that_can_be_billed_and_nothing_else() -> None:
    codes = dict(icd10_codes())
    assert len(codes) == 74_719
    assert all(diagnosis_rules.normalised_code(code) == code for code in codes)
    assert all(title and "\t" not in title for title in codes.values())
    assert "F41" not in codes, "a heading"


def test_dates_at_the_end_of_the_calendar_and_forged_cursors_are_wrong_values(clinic: Clinic) -> None:
    case = f"/cases/{clinic.case_id}"
    for day in ("9999-12-31", "0001-01-01"):
        assert clinic.therapist.post(f"{case}/treatment-plans", {**PLAN, "effective_from": day}).status_code == 422
        body = {"code": "F41.1", "rank": 1, "effective_from": day}
        assert clinic.therapist.post(f"{case}/diagnoses", body).status_code == 422
        assert clinic.desk.get("/agenda", **{"from": day, "to": day}).status_code == 422
    for position in ([10**19, "2026-01-01"], ["1", "2026-01-01"], [1.5, "2026-01-01"]):
        values = [*position, clinic.case_id]
        forged = base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
        refused = clinic.therapist.get(f"{case}/diagnoses", cursor=forged)
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "cursor")


def test_a_plan_is_signed_once_by_those_on_the_case_and_seen_as_it_was(clinic: Clinic) -> None:
    goals = [{"description": "Sleep", "objectives": [{"description": "Six hours", "target_on": "2026-12-01"}]}]
    body = {**PLAN, "problems": [{"description": "Worry", "goals": goals}]}
    plan = clinic.therapist.post(f"/cases/{clinic.case_id}/treatment-plans", body).json
    path = f"/treatment-plans/{plan['id']}/sign"
    assert clinic.staff("therapist").post(path).status_code == 404
    assert clinic.desk.post(path).status_code == 403
    stale = clinic.therapist.post(path, If_Match='"7"')
    assert (stale.status_code, stale.json["code"]) == (412, "stale")
    signed = clinic.therapist.post(path, If_Match='"1"').json
    assert (signed["signed_by"], signed["version"]) == (str(clinic.therapist.staff_id), 2)
    assert clinic.therapist.get(f"/cases/{clinic.case_id}/treatment-plans").json["items"] == [signed]
    with pytest.raises(psycopg.errors.RaiseException, match="signed"):
        clinic.database.rows(f"UPDATE treatment_plans SET problems = '[]' WHERE id = '{plan['id']}' RETURNING 1")


def test_story_22_a_signature_tells_billing_once_and_says_nothing_of_the_text(clinic: Clinic) -> None:
    note = clinic.note(clinic.book("2026-10-06T16:00")["id"], content={**SOAP, "plan": "CANARY-text"})
    assert clinic.therapist.post(f"/notes/{note['id']}/sign").status_code == 200
    again = clinic.therapist.post(f"/notes/{note['id']}/sign")
    assert (again.status_code, again.json["code"]) == (409, "note_signed")
    ((data,),) = clinic.documented()
    assert data["service_date"] == "2026-10-06"
    assert "CANARY" not in str(data)


REFUSALS = [
    ("section_empty", {"content": {"subjective": "s"}}, {}),
    ("section_empty", {"content": {**SOAP, "plan": "\u200b\u3164"}}, {}),
    ("not_started", {}, {"start": "2030-01-07T09:00"}),
]


@pytest.mark.parametrize(("code", "note", "more"), REFUSALS, ids=["section_empty", "section_unseen", "not_started"])
def test_what_can_not_be_signed(clinic: Clinic, code: str, note: dict[str, Any], more: dict[str, str]) -> None:
    draft = clinic.note(clinic.book(more.get("start", "2026-10-06T16:00"))["id"], **note)
    refused = clinic.therapist.post(f"/notes/{draft['id']}/sign")
    assert (refused.status_code, refused.json["code"]) == (409, code)
    assert clinic.documented() == []


def test_a_note_pasted_from_another_program_is_kept_with_plain_line_ends(clinic: Clinic) -> None:
    note = clinic.note(clinic.book("2026-10-06T16:00")["id"], content={**SOAP, "plan": "Sleep\r\nWalk\rCall"})
    assert clinic.therapist.get(f"/notes/{note['id']}").json["content"]["plan"] == "Sleep\nWalk\nCall"


@pytest.mark.parametrize("plan", [None, 7, "a\u0007", ["x"]])
def test_what_is_wrong_with_a_section_is_said_of_the_section(clinic: Clinic, plan: Any) -> None:
    note = clinic.note(clinic.book("2026-10-06T16:00")["id"])
    refused = clinic.therapist.patch(f"/notes/{note['id']}", {"content": {"plan": plan}})
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json["errors"]] == ["content.plan"]


def test_only_the_author_signs_and_only_with_a_licence_in_force(clinic: Clinic) -> None:
    draft = clinic.note(clinic.book("2026-10-06T16:00")["id"])
    other = clinic.administrator.post(f"/notes/{draft['id']}/sign")
    assert (other.status_code, other.json["code"]) == (409, "not_author")
    unlicensed = clinic.staff("therapist", licence_until=date(2026, 10, 1))
    clinic.assign(clinic.client_id, unlicensed)
    appointment = clinic.book("2026-10-07T16:00", staff_id=str(unlicensed.staff_id))
    body = {"client_id": clinic.client_id, "template": "narrative", "content": {"text": "x"}}
    note = unlicensed.post(f"/appointments/{appointment['id']}/notes", body).json
    refused = unlicensed.post(f"/notes/{note['id']}/sign")
    assert (refused.status_code, refused.json["code"]) == (409, "licence")


def test_what_happens_during_the_wait_for_a_licence_counts(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait comes before the locks: what the locks find decides, not what was seen before the wait."""

    def meanwhile(ask: Callable[[], Any]) -> None:
        def is_licensed(*_: object) -> bool:
            monkeypatch.undo()
            assert ask().status_code < 300
            return True

        monkeypatch.setattr(signing_commands, "is_licensed", is_licensed)

    note = clinic.note(clinic.book("2026-10-06T16:00")["id"])
    path = f"/notes/{note['id']}"
    status = f"/appointments/{note['appointment_id']}/status"
    meanwhile(lambda: clinic.therapist.patch(path, {"minutes": 40}))
    assert clinic.therapist.post(f"{path}/sign", If_Match='"1"').json["code"] == "stale"
    meanwhile(lambda: clinic.desk.post(status, {"status": "no_show"}))
    assert clinic.therapist.post(f"{path}/sign").json["code"] == "not_attended"
    clinic.desk.post(status, {"status": "arrived"})
    meanwhile(lambda: clinic.therapist.post(f"{path}/sign"))
    assert clinic.therapist.post(f"{path}/sign").json["code"] == "note_signed"
    meanwhile(lambda: clinic.therapist.post(f"{path}/amendments", {"reason": "r", "minutes": 45}))
    amended = clinic.therapist.post(f"{path}/amendments", {"reason": "r", "content": {"plan": "new"}})
    assert amended.status_code == 201, amended.text
    assert [(version["number"], version["minutes"]) for version in amended.json["versions"]] == [
        (1, 40),
        (2, 45),
        (3, 45),
    ]
    assert [data["minutes"] for (data,) in clinic.documented()] == [40, 45]


def test_stories_26_and_27_a_signed_note_is_only_added_to(clinic: Clinic) -> None:
    note = clinic.note(clinic.book("2026-10-06T16:00")["id"])
    path = f"/notes/{note['id']}"
    assert clinic.therapist.post(f"{path}/addenda", {"text": "x"}).json["code"] == "note_not_signed"
    signed = clinic.therapist.post(f"{path}/sign").json
    assert clinic.therapist.patch(path, {"minutes": 45}).json["code"] == "note_signed"
    assert clinic.therapist.post(f"{path}/addenda", {"text": "typo in goal"}).status_code == 201
    amended = clinic.therapist.post(f"{path}/amendments", {"reason": "wording", "content": {"plan": "new"}})
    assert amended.status_code == 201, amended.text
    assert len(clinic.documented()) == 1, "wording is none of billing's business"
    published = "SELECT data FROM outbox WHERE type = 'clinical.note_amended.v1' AND organization_id = %s"
    ((payload,),) = clinic.database.rows(published, clinic.organization_id)
    assert isinstance(payload, dict)
    assert (payload["note_id"], payload["number"]) == (note["id"], 2)
    assert set(payload) == {"organization_id", "note_id", "number", "appointment_id", "client_id", "amended_at"}
    clinic.therapist.post(f"{path}/amendments", {"reason": "stop time", "minutes": 45})
    assert [data["version"] for (data,) in clinic.documented()] == [1, 2]
    assert len(clinic.database.rows(published, clinic.organization_id)) == 1
    now = clinic.therapist.get(path).json
    assert (now["minutes"], now["content"]["plan"], len(now["addenda"])) == (45, "new", 1)
    assert now["versions"][0]["content_hash"] == signed["content_hash"]
    assert now["versions"][0]["content"] == SOAP
    status = clinic.desk.post(f"/appointments/{note['appointment_id']}/status", {"status": "no_show"})
    assert status.json["code"] == "documented"


def test_the_database_itself_refuses_to_change_a_signed_note(clinic: Clinic) -> None:
    note = clinic.note(clinic.book("2026-10-06T16:00")["id"])
    clinic.therapist.post(f"/notes/{note['id']}/sign")
    for statement in ("UPDATE notes SET minutes = 1 WHERE id = '{}' RETURNING 1", "DELETE FROM notes WHERE id = '{}'"):
        with pytest.raises(psycopg.errors.RaiseException, match="signed"):
            clinic.database.rows(statement.format(note["id"]))


def test_a_second_note_for_the_same_client_and_appointment_is_refused(clinic: Clinic) -> None:
    appointment = clinic.book("2026-10-06T16:00")
    clinic.note(appointment["id"])
    body = {"client_id": clinic.client_id, "template": "soap", "content": SOAP}
    refused = clinic.therapist.post(f"/appointments/{appointment['id']}/notes", body)
    assert (refused.status_code, refused.json["code"]) == (409, "note_exists")


def test_who_is_not_on_the_case_neither_writes_nor_reads(clinic: Clinic) -> None:
    stranger = clinic.staff("therapist")
    appointment = clinic.book("2026-10-06T16:00")
    body = {"client_id": clinic.client_id, "template": "soap", "content": SOAP}
    assert stranger.post(f"/appointments/{appointment['id']}/notes", body).status_code == 404
    note = clinic.note(appointment["id"])
    assert stranger.get(f"/notes/{note['id']}").status_code == 404
    assert stranger.patch(f"/notes/{note['id']}", {"minutes": 5}).status_code == 404
    assert stranger.get(f"/cases/{clinic.case_id}/notes").status_code == 404
    opened = stranger.post("/cases", {"client_id": clinic.client_id, "name": "Mine"})
    assert (opened.status_code, opened.json["code"]) == (403, "not_assigned")


periods = st.tuples(st.integers(0, 60), st.one_of(st.none(), st.integers(0, 60))).map(
    lambda pair: diagnosis_rules.Period(
        date(2026, 1, 1) + timedelta(days=pair[0]),
        None if pair[1] is None else date(2026, 1, 1) + timedelta(days=pair[0] + pair[1]),
    )
)


@given(periods, periods)
def test_periods_overlap_when_some_day_lies_in_both(first: Any, other: Any) -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(200)]
    assert first.overlaps(other) == any(first.contains(day) and other.contains(day) for day in days)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_a_licence_counts_from_its_first_day_through_its_last(issued: date, expires: date) -> None:
    licence = {"issued_on": issued.isoformat(), "expires_on": expires.isoformat()}
    for day in (issued, expires, issued - timedelta(days=1), expires + timedelta(days=1)):
        assert signing_rules.licensed([licence], [day]) == (issued <= day <= expires)
    assert not signing_rules.licensed([], [issued])


def test_of_many_who_saw_one_version_one_gets_through(clinic: Clinic) -> None:
    note = clinic.note(clinic.book("2026-10-06T10:00")["id"])
    path = f"/notes/{note['id']}"

    def edit(minutes: int) -> int:
        return clinic.therapist.patch(path, {"minutes": minutes}, If_Match=f'"{note["version"]}"').status_code

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(edit, range(40, 46)))
    assert sorted(answers) == [200] + [412] * 5
    kept = clinic.therapist.get(path)
    assert kept.json["version"] == note["version"] + 1 and kept.headers["ETag"] == f'"{kept.json["version"]}"'
    assert kept.json["minutes"] == 40 + answers.index(200)


def test_whatever_a_note_or_its_appointment_shows_moves_its_version(clinic: Clinic) -> None:
    booked = clinic.book("2026-10-06T10:00")
    note, appointment = f"/notes/{clinic.note(booked['id'])['id']}", f"/appointments/{booked['id']}"

    def tags() -> tuple[str, str]:
        return clinic.therapist.get(note).headers["ETag"], clinic.therapist.get(appointment).headers["ETag"]

    seen = [tags()]
    assert clinic.therapist.post(f"{note}/sign").status_code == 200
    seen.append(tags())
    assert seen[0][0] != seen[1][0] and seen[0][1] != seen[1][1], "signed, documented"
    assert clinic.therapist.post(f"{note}/addenda", {"text": "Added."}).status_code == 201
    seen.append(tags())
    assert clinic.therapist.post(f"{note}/amendments", {"reason": "typo", "content": {"plan": "q"}}).status_code == 201
    seen.append(tags())
    assert len({tag for tag, _ in seen}) == 4
