"""Supervision ends: what is written from then on is its author's alone; what was submitted is still decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.clinical.tests.conftest import SOAP, Clinic
from services.clinical.tests.test_clinical_last_word import hand_over, under
from services.clinical.tests.test_clinical_supervision import Supervised, done, refused

KIND = {"approve": "to_approve", "co_sign": "to_cosign"}


@pytest.fixture(params=["approve", "co_sign"])
def practice(clinic: Clinic, request: pytest.FixtureRequest) -> Supervised:
    """A clinic with an intern, in each mode."""
    return Supervised(clinic, request.param)


def sent_back(practice: Supervised) -> str:
    path = practice.submitted()
    done(practice.supervisor.post(f"{path}/return", {"comment": "This may not be billed."}))
    return path


def taken_back(practice: Supervised) -> str:
    path = practice.submitted()
    done(practice.intern.post(f"{path}/withdraw"))
    return path


def written_again(practice: Supervised) -> str:
    """Sent back, discarded, and written once more."""
    path = sent_back(practice)
    note = done(practice.intern.post(f"{path}/discard", {"reason": "sent back"}))
    body = {"client_id": note["client_id"], "template": "soap", "content": SOAP, "minutes": 55}
    again = done(practice.intern.post(f"/appointments/{note['appointment_id']}/notes", body))
    return f"/notes/{again['id']}"


def amended(practice: Supervised) -> str:
    """What the supervisor has signed, with an amendment that they sent back."""
    path = practice.submitted()
    done(practice.finish(practice.supervisor, path))
    done(practice.intern.post(f"{path}/amendments", {"reason": "longer", "minutes": 60}))
    done(practice.supervisor.post(f"{path}/return", {"comment": "It was not."}))
    return path


def lifted(practice: Supervised) -> None:
    practice.under(None, None)


def lowered(practice: Supervised) -> None:
    practice.under(practice.supervisor, "access_only")


@pytest.mark.abuse("A-ROLE-supervision-lifted")
@pytest.mark.parametrize("ends", [lifted, lowered])
@pytest.mark.parametrize("made", [sent_back, taken_back, written_again, amended])
def test_what_was_submitted_is_not_signed_alone_once_supervision_is_taken_away(
    practice: Supervised, made: Callable[[Supervised], str], ends: Callable[[Supervised], None]
) -> None:
    path = made(practice)
    before = len(practice.clinic.documented())
    ends(practice)
    assert refused(practice.intern.post(f"{path}/sign")) == (409, "supervised")
    assert done(practice.intern.get(path))["awaited_supervisor_id"] == str(practice.supervisor.staff_id)
    done(practice.intern.post(f"{path}/submit"))
    assert refused(practice.finish(practice.clinic.administrator, path)) == (403, "not_supervisor")
    assert len(practice.clinic.documented()) == before
    listed = done(practice.supervisor.get("/worklist", kind=KIND[practice.mode]))
    assert [f"/notes/{item['note_id']}" for item in listed["items"]] == [path]
    open_work = done(practice.clinic.administrator.get(f"/staff/{practice.supervisor.staff_id}/open-work"))
    assert open_work["to_review"]["count"] == 1
    signed = done(practice.finish(practice.supervisor, path))
    assert signed["versions"][-1]["countersigned_by"] == str(practice.supervisor.staff_id)
    assert signed["awaited_supervisor_id"] is None
    assert done(practice.supervisor.get("/worklist", kind=KIND[practice.mode]))["items"] == []


@pytest.mark.abuse("A-ROLE-supervision-lifted")
def test_it_waits_as_it_was_submitted_and_goes_to_no_colleague(practice: Supervised) -> None:
    waiting, returned = practice.submitted(), sent_back(practice)
    lifted(practice)
    colleague = practice.clinic.staff("therapist")
    assert [item["code"] for item in hand_over(practice, returned, colleague)["refused"]] == ["service_supervised"]
    assert done(practice.finish(practice.supervisor, waiting))["status"] == "signed"
    # The supervisor may finish it: theirs is the last word either way.
    assert hand_over(practice, returned, practice.supervisor)["refused"] == []
    assert done(practice.supervisor.post(f"{returned}/sign"))["status"] == "signed"


def test_another_supervisor_decides_and_stays_when_supervision_ends(practice: Supervised) -> None:
    path, other = sent_back(practice), practice.clinic.staff("therapist")
    practice.under(other, practice.mode)
    note = done(practice.intern.get(path))
    assert (note["awaited_supervisor_id"], note["version"]) == (str(other.staff_id), 4)
    lifted(practice)
    done(practice.intern.post(f"{path}/submit"))
    assert refused(practice.finish(practice.supervisor, path)) == (403, "not_supervisor")
    assert done(practice.finish(other, path))["versions"][0]["countersigned_by"] == str(other.staff_id)


def test_what_was_never_submitted_and_what_is_decided_is_its_authors(practice: Supervised) -> None:
    decided, draft = practice.submitted(), practice.draft()
    done(practice.finish(practice.supervisor, decided))
    lifted(practice)
    assert done(practice.intern.post(f"{draft}/sign"))["status"] == "signed"
    done(practice.intern.post(f"{decided}/amendments", {"reason": "longer", "minutes": 60}))
    done(practice.intern.post(f"{decided}/reopen", {"reason": "once more"}))
    assert done(practice.intern.post(f"{decided}/sign"))["status"] == "signed"


def test_who_writes_the_session_of_another_anew_submits_it_too(practice: Supervised) -> None:
    """Sent back and discarded; supervision ends, the session is given to a colleague, who writes it."""
    clinic, path = practice.clinic, sent_back(practice)
    note: dict[str, Any] = done(practice.intern.post(f"{path}/discard", {"reason": "sent back"}))
    lifted(practice)
    colleague = clinic.staff("therapist")
    clinic.assign(clinic.client_id, colleague)
    under(practice, colleague, None, 2)
    done(clinic.desk.patch(f"/appointments/{note['appointment_id']}", {"staff_id": str(colleague.staff_id)}))
    body = {"client_id": note["client_id"], "template": "soap", "content": SOAP, "minutes": 55}
    again = done(colleague.post(f"/appointments/{note['appointment_id']}/notes", body))
    assert refused(colleague.post(f"/notes/{again['id']}/sign")) == (409, "supervised")
    assert clinic.documented() == []


@pytest.mark.abuse("A-ROLE-addendum-alone")
def test_nobody_but_the_supervisor_adds_to_what_they_have_signed(practice: Supervised) -> None:
    clinic, path = practice.clinic, practice.submitted()
    done(practice.finish(practice.supervisor, path))
    for who in (clinic.therapist, clinic.administrator):
        assert refused(who.post(f"{path}/addenda", {"text": "It took longer."})) == (409, "service_supervised")
    assert practice.supervisor.post(f"{path}/addenda", {"text": "Discussed."}).status_code == 201
    alone = clinic.note(clinic.book("2026-10-07T09:00")["id"])
    done(clinic.therapist.post(f"/notes/{alone['id']}/sign"))
    assert clinic.administrator.post(f"/notes/{alone['id']}/addenda", {"text": "Read."}).status_code == 201
