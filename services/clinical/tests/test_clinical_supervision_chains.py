"""A supervisor who is supervised has the last word on nobody's notes."""

from __future__ import annotations

from typing import Any

import pytest

from services.clinical.tests.conftest import Clinic
from services.clinical.tests.test_clinical_supervision import LICENCES, Supervised, done, refused
from shared.contracts.identity import StaffChanged


@pytest.fixture(params=["approve", "co_sign"])
def practice(clinic: Clinic, request: pytest.FixtureRequest) -> Supervised:
    """A clinic with an intern, in each mode."""
    return Supervised(clinic, request.param)


def put_under(practice: Supervised, mode: str | None, version: int, supervisor_id: Any) -> None:
    """Identity says who supervises the supervisor from now on."""
    practice.clinic.emit(
        StaffChanged(
            organization_id=practice.clinic.organization_id,
            staff_id=practice.supervisor.staff_id,
            version=version,
            display_name="Sam Supervisor",
            active=True,
            levels=("therapist",),
            licences=LICENCES,
            supervisor_id=supervisor_id,
            supervision_mode=mode,
        )
    )


@pytest.mark.abuse("A-ROLE-sign-each-others")
@pytest.mark.parametrize("above", ["approve", "co_sign"])
def test_two_who_are_supervised_do_not_sign_off_each_others_notes(practice: Supervised, above: str) -> None:
    clinic, supervisor = practice.clinic, practice.supervisor
    path = practice.submitted()
    put_under(practice, above, 7, clinic.staff("therapist").staff_id)
    assert refused(practice.finish(supervisor, path)) == (409, "supervised")
    assert clinic.documented() == [], "nothing is billed"
    assert done(practice.intern.get(path))["status"] == "submitted"
    done(supervisor.post(f"{path}/return", {"comment": "Another supervisor is chosen."}))

    practice.intern.post(f"{path}/submit")
    put_under(practice, None, 8, None)
    assert done(practice.finish(supervisor, path))["status"] == "signed"
    assert len(clinic.documented()) == 1


def test_access_alone_takes_no_word_away(practice: Supervised) -> None:
    put_under(practice, "access_only", 7, practice.clinic.staff("therapist").staff_id)
    assert done(practice.finish(practice.supervisor, practice.submitted()))["status"] == "signed"
