"""Story 24: a supervised clinician submits, and the supervisor has the last word, in either mode."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clinical.last_word.rules import Supervision
from services.clinical.supervision.rules import (
    Decision,
    NotSubmitted,
    NotSupervisor,
    OtherMode,
    OwnNote,
    ensure_may_decide,
)
from services.clinical.tests.conftest import SOAP, Clinic
from shared.contracts.identity import Licence, StaffChanged
from shared.ids import new_id
from shared.testing.web import ServiceClient

LICENCES = (Licence("L", "NY", date(2035, 1, 1)),)
PLAN: dict[str, Any] = {
    "effective_from": "2026-10-01",
    "problems": [
        {"description": "Worry", "goals": [{"description": "Calm", "objectives": [{"description": "Sleeps well"}]}]}
    ],
}
FINISH = {"approve": "approve", "co_sign": "co-sign"}


class Supervised:
    """An intern of a clinic, whose notes a supervisor approves or co-signs."""

    def __init__(self, clinic: Clinic, mode: str) -> None:
        self.clinic, self.mode = clinic, mode
        self.supervisor = clinic.staff("therapist")
        self.intern = clinic.staff("therapist")
        self.version = 1
        self.under(self.supervisor, mode)
        clinic.assign(clinic.client_id, self.intern)
        self.hour = 8

    def under(self, supervisor: ServiceClient | None, mode: str | None) -> None:
        """Identity says who supervises the intern from now on."""
        self.version += 1
        self.clinic.emit(
            StaffChanged(
                organization_id=self.clinic.organization_id,
                staff_id=self.intern.staff_id,
                version=self.version,
                display_name="Ines Intern",
                active=True,
                levels=("therapist",),
                licences=LICENCES,
                supervisor_id=supervisor.staff_id if supervisor else None,
                supervision_mode=mode,
            )
        )

    def draft(self) -> str:
        """The path of a complete draft of the intern."""
        self.hour += 1
        appointment = self.clinic.book(f"2026-10-06T{self.hour:02}:00", staff_id=str(self.intern.staff_id))
        body = {"client_id": self.clinic.client_id, "template": "soap", "content": SOAP, "minutes": 55}
        response = self.intern.post(f"/appointments/{appointment['id']}/notes", body)
        assert response.status_code == 201, response.text
        return f"/notes/{response.json['id']}"

    def submitted(self) -> str:
        """The path of a submitted note."""
        path = self.draft()
        done(self.intern.post(f"{path}/submit"))
        return path

    def finish(self, who: ServiceClient, path: str) -> Any:
        """Approve or co-sign, as the mode is."""
        return who.post(f"{path}/{FINISH[self.mode]}")


def done(response: Any) -> dict[str, Any]:
    """What a request that worked answers."""
    assert response.status_code in (200, 201), response.text
    return dict(response.json)


def refused(response: Any) -> tuple[int, str]:
    """How a request was refused."""
    return response.status_code, response.json["code"]


@pytest.fixture(params=["approve", "co_sign"])
def practice(clinic: Clinic, request: pytest.FixtureRequest) -> Supervised:
    """A clinic with an intern, in each mode."""
    return Supervised(clinic, request.param)


@pytest.mark.abuse("A-ROLE-sign-alone")
def test_story_24_nothing_is_billed_before_the_supervisor_has_signed(practice: Supervised) -> None:
    clinic, intern, supervisor = practice.clinic, practice.intern, practice.supervisor
    path = practice.draft()
    assert refused(intern.post(f"{path}/sign")) == (409, "supervised")
    waiting = done(intern.post(f"{path}/submit"))
    assert (waiting["status"], waiting["signed_at"], waiting["versions"]) == ("submitted", None, [])
    assert clinic.documented() == [], "not billable yet"
    assert refused(intern.patch(path, {"minutes": 50})) == (409, "note_submitted")
    appointment = f"/appointments/{waiting['appointment_id']}"
    assert refused(clinic.desk.patch(appointment, {"duration_minutes": 50})) == (409, "note_submitted")
    returned = done(supervisor.post(f"{path}/return", {"comment": "Say how the client slept."}))
    assert returned["status"] == "returned"
    assert done(intern.get(path))["reviews"][-1]["comment"] == "Say how the client slept."
    done(intern.patch(path, {"content": {"objective": "Slept six hours."}}))
    done(intern.post(f"{path}/submit"))
    assert refused(clinic.therapist.post(f"{path}/return", {"comment": "x"})) == (403, "not_supervisor")
    assert refused(practice.finish(clinic.therapist, path)) == (403, "not_supervisor")
    assert refused(practice.finish(clinic.administrator, path)) == (403, "not_supervisor")
    assert clinic.documented() == []
    signed = done(practice.finish(supervisor, path))
    ((event,),) = clinic.documented()
    assert isinstance(event, dict)
    assert event["rendering_staff_id"] == str(intern.staff_id)
    assert event["supervising_staff_id"] == str(supervisor.staff_id)
    (version,) = signed["versions"]
    assert (signed["status"], version["content"]["objective"]) == ("signed", "Slept six hours.")
    assert (version["signed_by"], version["countersigned_by"]) == (str(intern.staff_id), str(supervisor.staff_id))
    assert version["signed_at"] < version["countersigned_at"]
    assert version["countersignature"] == {"approve": "approved", "co_sign": "co_signed"}[practice.mode]
    actions = [review["action"] for review in signed["reviews"]]
    assert actions == ["submitted", "returned", "submitted", version["countersignature"]]
    assert refused(intern.patch(path, {"minutes": 50})) == (409, "note_signed")
    assert refused(practice.finish(supervisor, path)) == (409, "not_submitted")


def test_what_the_author_can_not_sign_they_can_not_submit(practice: Supervised) -> None:
    clinic, intern = practice.clinic, practice.intern
    path = practice.draft()
    assert refused(practice.supervisor.post(f"{path}/submit")) == (404, "not_found"), "on the case once submitted"
    assert refused(clinic.therapist.post(f"{path}/submit")) == (409, "not_author")
    done(intern.patch(path, {"content": {"plan": ""}}))
    assert refused(intern.post(f"{path}/submit")) == (409, "section_empty")
    done(intern.patch(path, {"content": {"plan": "p"}}))
    assert refused(intern.post(f"{path}/submit", If_Match='"1"')) == (412, "stale")
    done(intern.post(f"{path}/submit"))
    assert refused(intern.post(f"{path}/submit")) == (409, "note_submitted")
    assert refused(intern.post(f"{path}/sign")) == (409, "note_submitted")
    alone = clinic.note(clinic.book("2026-10-07T09:00")["id"])
    assert refused(clinic.therapist.post(f"/notes/{alone['id']}/submit")) == (409, "not_supervised")


def test_the_author_takes_a_submitted_note_back_and_nobody_else_does(practice: Supervised) -> None:
    path = practice.draft()
    assert refused(practice.intern.post(f"{path}/withdraw")) == (409, "not_submitted")
    done(practice.intern.post(f"{path}/submit"))
    assert refused(practice.supervisor.post(f"{path}/withdraw")) == (409, "not_author")
    assert refused(practice.intern.post(f"{path}/withdraw", If_Match='"1"')) == (412, "stale")
    assert done(practice.intern.post(f"{path}/withdraw"))["status"] == "draft"
    assert refused(practice.finish(practice.supervisor, path)) == (409, "not_submitted")
    assert refused(practice.supervisor.post(f"{path}/return", {"comment": "x"})) == (409, "not_submitted")
    done(practice.intern.patch(path, {"minutes": 50}))


@pytest.mark.abuse("A-ROLE-approve-own-note")
def test_nobody_decides_about_their_own_note_or_in_the_other_mode(practice: Supervised) -> None:
    path = practice.submitted()
    assert refused(practice.finish(practice.intern, path)) == (403, "own_note")
    assert refused(practice.intern.post(f"{path}/return", {"comment": "x"})) == (403, "own_note")
    (other,) = {"approve", "co-sign"} - {FINISH[practice.mode]}
    assert refused(practice.supervisor.post(f"{path}/{other}")) == (409, "other_mode")
    assert refused(practice.supervisor.post(f"{path}/return", {"comment": " "})) == (422, "invalid")
    stale = practice.supervisor.post(f"{path}/{FINISH[practice.mode]}", If_Match='"1"')
    assert refused(stale) == (412, "stale")
    assert practice.clinic.documented() == []


def test_the_supervisor_signs_with_a_licence_what_took_place(practice: Supervised) -> None:
    clinic = practice.clinic
    unlicensed = clinic.staff("therapist", licence_until=None)
    practice.under(unlicensed, practice.mode)
    path = practice.submitted()
    assert refused(practice.finish(unlicensed, path)) == (409, "licence")
    practice.under(practice.supervisor, practice.mode)
    appointment = done(practice.intern.get(path))["appointment_id"]
    done(clinic.desk.post(f"/appointments/{appointment}/status", {"status": "no_show"}))
    assert refused(practice.finish(practice.supervisor, path)) == (409, "not_attended")
    assert clinic.documented() == []


def test_a_new_supervisor_finds_the_queue_and_the_one_before_has_no_say(practice: Supervised) -> None:
    path = practice.submitted()
    waiting = done(practice.clinic.administrator.get(f"/staff/{practice.supervisor.staff_id}/open-work"))["to_review"]
    assert [f"/notes/{note['id']}" for note in waiting["items"]] == [path]
    successor = practice.clinic.staff("therapist")
    assert successor.get(path).status_code == 404
    practice.under(successor, practice.mode)
    assert done(successor.get(path))["status"] == "submitted"
    assert refused(practice.finish(practice.supervisor, path)) == (403, "not_supervisor")
    assert done(practice.finish(successor, path))["versions"][0]["countersigned_by"] == str(successor.staff_id)


def test_who_supervises_for_access_only_signs_nothing(clinic: Clinic) -> None:
    practice = Supervised(clinic, "access_only")
    path = practice.draft()
    assert refused(practice.intern.post(f"{path}/submit")) == (409, "not_supervised")
    assert done(practice.intern.post(f"{path}/sign"))["versions"][0]["countersigned_by"] is None


def test_an_amendment_waits_for_the_supervisor_too(practice: Supervised) -> None:
    clinic, intern, supervisor = practice.clinic, practice.intern, practice.supervisor
    path = practice.submitted()
    first = done(practice.finish(supervisor, path))["versions"][0]
    body = {
        "reason": "stop time",
        "minutes": 45,
        "content": {"plan": "new"},
        "service_type_id": clinic.service("90834", 45),
    }
    amended = done(intern.post(f"{path}/amendments", body))
    assert (amended["status"], amended["versions"], amended["minutes"]) == ("submitted", [first], 45)
    assert len(clinic.documented()) == 1, "what was billed stays until the supervisor has signed"
    assert refused(intern.post(f"{path}/amendments", body)) == (409, "note_not_signed")
    done(supervisor.post(f"{path}/return", {"comment": "It was 46."}))
    done(intern.patch(path, {"minutes": 46}))
    done(intern.post(f"{path}/submit"))
    final = done(practice.finish(supervisor, path))
    assert final["versions"][0] == first
    second = final["versions"][1]
    assert (second["minutes"], second["reason"], second["content"]["plan"]) == (46, "stop time", "new")
    assert second["service_type_id"] == body["service_type_id"]
    event = clinic.documented()[-1][0]
    assert isinstance(event, dict)
    assert (event["version"], event["minutes"]) == (2, 46)


def test_a_reopened_note_of_a_supervised_author_goes_to_the_supervisor_again(practice: Supervised) -> None:
    path = practice.submitted()
    first = done(practice.finish(practice.supervisor, path))
    assert refused(practice.supervisor.post(f"{path}/reopen", {"reason": "x"})) == (409, "not_author")
    reopened = done(practice.intern.post(f"{path}/reopen", {"reason": "the plan is missing a step"}))
    assert (reopened["status"], reopened["versions"]) == ("draft", first["versions"])
    done(practice.intern.patch(path, {"content": {"plan": "new"}}))
    assert refused(practice.intern.post(f"{path}/sign")) == (409, "supervised")
    done(practice.intern.post(f"{path}/submit"))
    final = done(practice.finish(practice.supervisor, path))
    assert [version["content"]["plan"] for version in final["versions"]] == ["p", "new"]
    assert len(practice.clinic.documented()) == 1, "nothing that is billed changed"


def test_an_orphaned_note_waits_for_the_supervisor_before_it_is_taken_over(practice: Supervised) -> None:
    path = practice.submitted()
    assert refused(practice.clinic.therapist.post(f"{path}/take-over")) == (409, "note_submitted")


@given(
    author=st.booleans(),
    supervisor=st.booleans(),
    mode=st.sampled_from(["approve", "co_sign", None]),
    mode_asked=st.sampled_from(["approve", "co_sign", None]),
    review=st.sampled_from(["submitted", "returned", None]),
)
def test_one_person_decides_about_a_submitted_note_in_the_authors_mode(
    author: bool, supervisor: bool, mode: str | None, mode_asked: str | None, review: str | None
) -> None:
    me, other = new_id(), new_id()
    supervision = Supervision(me if supervisor else other, mode) if mode else None
    decision = Decision(me, me if author else other, supervision, review)
    may = not author and supervisor and mode is not None and review == "submitted" and mode_asked in (None, mode)
    try:
        ensure_may_decide(decision, mode_asked)
    except (OwnNote, NotSupervisor, NotSubmitted, OtherMode):
        assert not may
    else:
        assert may
