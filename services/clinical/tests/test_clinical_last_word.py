"""Whose notes a supervisor decides about cannot have them signed through somebody else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clinical.last_word.rules import Supervision, keeps_the_last_word
from services.clinical.tests.conftest import Clinic
from services.clinical.tests.test_clinical_hand_over import changed, in_days
from services.clinical.tests.test_clinical_supervision import LICENCES, PLAN, Supervised, done, refused
from shared.contracts.identity import StaffChanged
from shared.ids import new_id
from shared.testing.web import ServiceClient

REFUSED = (409, "service_supervised")


@pytest.fixture(params=["approve", "co_sign"])
def practice(clinic: Clinic, request: pytest.FixtureRequest) -> Supervised:
    """A clinic with an intern, in each mode."""
    return Supervised(clinic, request.param)


def hand_over(practice: Supervised, path: str, successor: ServiceClient) -> dict[str, Any]:
    """Somebody of the administration hands the intern's draft to a colleague, who joins the case."""
    clinic = practice.clinic
    body = {
        "client_id": clinic.client_id,
        "to_staff_id": str(successor.staff_id),
        "drafts": [path.removeprefix("/notes/")],
        "appointments": [],
        "cases": True,
    }
    return done(clinic.administrator.post(f"/staff/{practice.intern.staff_id}/hand-over-client", body))


def another_intern(practice: Supervised, supervisor: ServiceClient, version: int = 2) -> ServiceClient:
    """A colleague whose notes that supervisor decides about as well."""
    return under(practice, practice.clinic.staff("therapist"), supervisor, version)


def under(practice: Supervised, staff: ServiceClient, supervisor: ServiceClient | None, version: int) -> ServiceClient:
    """Identity says who supervises somebody from now on."""
    practice.clinic.emit(
        StaffChanged(
            organization_id=practice.clinic.organization_id,
            staff_id=staff.staff_id,
            version=version,
            display_name="Iris Intern",
            active=True,
            levels=("therapist",),
            licences=LICENCES,
            supervisor_id=supervisor.staff_id if supervisor else None,
            supervision_mode=practice.mode if supervisor else None,
        )
    )
    return staff


def denials(practice: Supervised) -> list[tuple[object, ...]]:
    """What the trail says of drafts that were not handed over."""
    return practice.clinic.database.rows(
        "SELECT object_id::text, rule FROM audit_entries WHERE action = 'hand_over_draft' AND outcome = 'denied'"
        f" AND organization_id = '{practice.clinic.organization_id}'"
    )


@pytest.mark.abuse("A-ROLE-sign-through-a-colleague")
@pytest.mark.parametrize("returned", [False, True])
def test_a_draft_goes_to_nobody_who_would_sign_it_alone(practice: Supervised, returned: bool) -> None:
    clinic, intern, colleague = practice.clinic, practice.intern, practice.clinic.staff("therapist")
    path = practice.draft()
    if returned:
        done(intern.post(f"{path}/submit"))
        done(practice.supervisor.post(f"{path}/return", {"comment": "This may not be billed."}))
    response = hand_over(practice, path, colleague)
    assert (response["drafts"], [item["code"] for item in response["refused"]]) == ([], ["service_supervised"])
    assert denials(practice) == [(path.removeprefix("/notes/"), "service_supervised")]
    note = done(intern.get(path))
    assert (note["author_id"], note["status"]) == (str(intern.staff_id), "returned" if returned else "draft")
    assert refused(colleague.post(f"{path}/sign")) == (409, "not_author")
    assert clinic.documented() == []


def test_the_supervisor_finishes_it_and_is_named_on_what_is_billed(practice: Supervised) -> None:
    path = practice.draft()
    assert hand_over(practice, path, practice.supervisor)["refused"] == []
    assert done(practice.supervisor.post(f"{path}/sign"))["status"] == "signed"
    ((event,),) = practice.clinic.documented()
    assert isinstance(event, dict)
    named = (str(practice.intern.staff_id), str(practice.supervisor.staff_id))
    assert (event["rendering_staff_id"], event["supervising_staff_id"]) == named


def test_somebody_under_the_same_supervisor_finishes_it_for_them(practice: Supervised) -> None:
    path, other = practice.draft(), another_intern(practice, practice.supervisor)
    assert hand_over(practice, path, other)["refused"] == []
    assert refused(other.post(f"{path}/sign")) == (409, "supervised")
    done(other.post(f"{path}/submit"))
    assert practice.clinic.documented() == []
    assert done(practice.finish(practice.supervisor, path))["status"] == "signed"
    # Without a supervisor of their own they do not change alone what the supervisor has signed.
    under(practice, other, None, 3)
    amendment = {"reason": "longer", "minutes": 60}
    assert refused(other.post(f"{path}/amendments", amendment)) == REFUSED


@pytest.mark.abuse("A-ROLE-sign-through-a-colleague")
def test_what_a_supervised_leaver_left_is_taken_over_by_the_supervisor_alone(practice: Supervised) -> None:
    clinic = practice.clinic
    practice.submitted()  # which puts the supervisor on the case
    path = practice.draft()
    clinic.emit(
        StaffChanged(
            organization_id=clinic.organization_id,
            staff_id=practice.intern.staff_id,
            version=9,
            display_name="Ines Intern",
            active=False,
            levels=("therapist",),
            licences=LICENCES,
            supervisor_id=practice.supervisor.staff_id,
            supervision_mode=practice.mode,
        )
    )
    assert refused(clinic.therapist.post(f"{path}/take-over")) == REFUSED
    assert done(practice.supervisor.post(f"{path}/take-over"))["author_id"] == str(practice.supervisor.staff_id)
    assert done(practice.supervisor.post(f"{path}/sign"))["status"] == "signed"


@pytest.mark.abuse("A-ROLE-sign-through-a-colleague")
def test_who_has_it_already_signs_nothing_once_the_clinician_is_supervised(practice: Supervised) -> None:
    colleague = practice.clinic.staff("therapist")
    practice.under(None, None)
    path = practice.draft()
    assert hand_over(practice, path, colleague)["refused"] == []
    practice.under(practice.supervisor, practice.mode)
    assert refused(colleague.post(f"{path}/sign")) == REFUSED
    assert practice.clinic.documented() == []
    practice.under(None, None)
    assert done(colleague.post(f"{path}/sign"))["status"] == "signed"


@pytest.mark.abuse("A-ROLE-sign-through-a-colleague")
def test_a_supervisor_who_is_away_is_waited_for_until_another_is_chosen(practice: Supervised) -> None:
    colleague, other = practice.clinic.staff("therapist"), practice.clinic.staff("therapist")
    path = practice.draft()
    practice.clinic.emit(changed(practice.clinic, practice.supervisor, 5, "therapist", active=False))
    assert [item["code"] for item in hand_over(practice, path, colleague)["refused"]] == ["service_supervised"]
    practice.under(other, practice.mode)
    assert hand_over(practice, path, other)["refused"] == []
    assert done(other.post(f"{path}/sign"))["versions"][0]["countersigned_by"] is None
    ((event,),) = practice.clinic.documented()
    assert isinstance(event, dict)
    assert event["supervising_staff_id"] == str(other.staff_id)


@pytest.mark.abuse("A-ROLE-sign-through-a-colleague")
@pytest.mark.parametrize("by", ["intern", "desk"])
def test_a_session_that_was_given_stays_with_who_gave_it(practice: Supervised, by: str) -> None:
    clinic, colleague = practice.clinic, practice.clinic.staff("therapist")
    clinic.assign(clinic.client_id, colleague)
    path = practice.draft()
    appointment = f"/appointments/{done(practice.intern.get(path))['appointment_id']}"
    done(practice.intern.post(f"{path}/discard", {"reason": "sent back"}))
    who = practice.intern if by == "intern" else clinic.desk
    assert refused(who.patch(appointment, {"staff_id": str(colleague.staff_id)})) == REFUSED
    assert done(clinic.desk.patch(appointment, {"staff_id": str(practice.supervisor.staff_id)}))["version"] > 1


def test_what_is_still_to_come_may_change_hands(practice: Supervised) -> None:
    clinic, colleague = practice.clinic, practice.clinic.staff("therapist")
    coming = clinic.book(in_days(5, 10), staff_id=str(practice.intern.staff_id))
    done(clinic.desk.patch(f"/appointments/{coming['id']}", {"staff_id": str(colleague.staff_id)}))


@pytest.mark.abuse("A-ROLE-plan-alone")
def test_a_plan_of_theirs_is_signed_by_their_supervisor_alone(practice: Supervised) -> None:
    clinic = practice.clinic
    practice.submitted()  # which puts the supervisor on the case
    case = f"/cases/{clinic.case_id}"
    done(practice.intern.get(case))
    plan = done(practice.intern.post(f"{case}/treatment-plans", PLAN))
    path = f"/treatment-plans/{plan['id']}"
    assert refused(clinic.therapist.post(f"{path}/sign")) == REFUSED
    assert done(practice.supervisor.post(f"{path}/sign"))["signed_by"] == str(practice.supervisor.staff_id)


PEOPLE = st.sampled_from([new_id() for _ in range(3)])
SUPERVISION = st.none() | st.builds(Supervision, PEOPLE, st.sampled_from(["approve", "co_sign"]))


@given(PEOPLE, SUPERVISION, SUPERVISION)
def test_the_last_word_is_the_supervisors_or_nobodys(author: Any, theirs: Any, authors: Any) -> None:
    """Who decides in the end: the author alone, or who supervises them."""
    decides = authors.supervisor_id if authors else author
    kept = keeps_the_last_word(author, theirs, authors)
    assert kept or theirs is not None
    if theirs is not None:
        assert kept == (theirs.supervisor_id in (author, decides))
