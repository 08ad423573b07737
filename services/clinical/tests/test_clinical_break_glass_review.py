"""Emergency access that somebody else looks at afterwards: who is told, who reviews it, who finds it."""

from __future__ import annotations

import pytest

from services.clinical.tests.conftest import Clinic
from services.clinical.tests.emergency import JUDGEMENT, REASON, break_glass
from shared.ids import new_id
from shared.testing.web import ServiceClient


def test_those_assigned_and_administrators_are_told_without_the_reason(open_clinic: Clinic) -> None:
    clinic, colleague = open_clinic, open_clinic.staff("therapist")
    opening = break_glass(clinic, colleague)
    ((published,),) = clinic.database.rows(
        "SELECT data FROM outbox WHERE type = 'clinical.break_glass_opened.v1' AND organization_id = %s",
        clinic.organization_id,
    )
    assert published["opening_id"] == opening["id"] and published["staff_id"] == str(colleague.staff_id)
    assert published["assigned_staff_ids"] == [str(clinic.therapist.staff_id)]
    assert REASON["reason"] not in str(published)


@pytest.mark.abuse("A-ROLE-break-glass-own-review")
def test_a_review_is_somebody_elses_once_and_after_the_end(open_clinic: Clinic) -> None:
    clinic = open_clinic
    both = clinic.staff("therapist", "organization_administration")
    colleague = clinic.staff("therapist")
    opening = break_glass(clinic, colleague)
    path = f"/break-glass/{opening['id']}"
    assert clinic.administrator.post(f"{path}/review", JUDGEMENT).json["code"] == "still_open"
    assert not clinic.administrator.get(path).json["reviewable"]
    assert not colleague.post(f"{path}/end").json["reviewable"] and both.get(path).json["reviewable"]
    assert colleague.post(f"{path}/review", JUDGEMENT).status_code == 403
    reviewed = both.post(f"{path}/review", JUDGEMENT)
    assert (reviewed.status_code, reviewed.json["outcome"]) == (200, "justified")
    assert not reviewed.json["reviewable"]
    assert reviewed.json["reviewed_by"] == str(both.staff_id)
    again = clinic.administrator.post(f"{path}/review", {**JUDGEMENT, "outcome": "not_justified"})
    assert (again.status_code, again.json["code"]) == (409, "already_reviewed")


@pytest.mark.abuse("A-ROLE-break-glass-puppet")
def test_administration_with_its_own_cases_only_reviews_nobody_whom_it_brought_in(open_clinic: Clinic) -> None:
    """It may have invited itself as a therapist, to open records and to say that this was right."""
    clinic = open_clinic
    restricted = clinic.staff("administration", restricts_administration=True)
    colleague, second_self = clinic.staff("therapist"), clinic.staff("therapist", brought_in_by=(restricted.staff_id,))
    paths = []
    for opener in (second_self, colleague):
        paths.append(f"/break-glass/{break_glass(clinic, opener)['id']}")
        opener.post(f"{paths[-1]}/end")
    reviewable = {
        f"/break-glass/{item['id']}": item["reviewable"] for item in restricted.get("/break-glass").json["items"]
    }
    assert reviewable == {paths[0]: False, paths[1]: True}
    refused = restricted.post(f"{paths[0]}/review", JUDGEMENT)
    assert (refused.status_code, refused.json["code"]) == (403, "own_review")
    assert restricted.post(f"{paths[1]}/review", JUDGEMENT).status_code == 200, "of somebody else"
    owner = clinic.staff("organization_administration")
    assert owner.post(f"{paths[0]}/review", JUDGEMENT).status_code == 200


@pytest.mark.abuse("A-ROLE-break-glass-puppet-opens")
def test_whom_administration_with_its_own_cases_only_brought_in_opens_nothing(open_clinic: Clinic) -> None:
    """It may have invited itself as a therapist. Whom Organization Administration invited as well opens nothing yet
    either: the other could have changed the address before.
    """
    clinic = open_clinic
    clinic.database.rows(
        "UPDATE organization_copies SET restricts_administration = true WHERE organization_id = %s RETURNING 1",
        clinic.organization_id,
    )
    restricted, owner = clinic.staff("administration"), clinic.staff("organization_administration")
    gone = new_id()  # nothing says that they saw every case
    for brought_in_by in ((restricted.staff_id,), (owner.staff_id, restricted.staff_id), (gone,)):
        second_self = clinic.staff("therapist", brought_in_by=brought_in_by)
        assert break_glass(clinic, second_self, 403)["code"] == "own_cases_only"
    for brought_in_by in ((), (owner.staff_id,)):
        break_glass(clinic, clinic.staff("therapist", brought_in_by=brought_in_by), 201)


def test_its_user_can_not_close_the_review_whatever_they_become(open_clinic: Clinic) -> None:
    clinic, colleague = open_clinic, open_clinic.staff("therapist")
    path = f"/break-glass/{break_glass(clinic, colleague)['id']}"
    colleague.post(f"{path}/end")
    promoted = clinic.web.as_actor(
        "organization_administration", organization_id=clinic.organization_id, staff_id=colleague.staff_id
    )
    refused = promoted.post(f"{path}/review", JUDGEMENT)
    assert (refused.status_code, refused.json["code"]) == (403, "own_review")
    with pytest.raises(Exception, match="ck_break_glass_openings_reviewer"):
        clinic.database.rows(
            "UPDATE break_glass_openings SET outcome = 'justified', reviewed_at = now(), reviewed_by = staff_id"
            " WHERE organization_id = %s RETURNING id",
            clinic.organization_id,
        )


def test_who_finds_it_in_the_list(open_clinic: Clinic) -> None:
    clinic, colleague, stranger = open_clinic, open_clinic.staff("therapist"), open_clinic.staff("therapist")
    opening = break_glass(clinic, colleague)

    def listed(asker: ServiceClient, state: str = "all") -> list[str]:
        return [item["id"] for item in asker.get("/break-glass", state=state).json["items"]]

    for asker in (colleague, clinic.therapist, clinic.administrator):
        assert listed(asker) == listed(asker, "open") == listed(asker, "to_review") == [opening["id"]]
    assert listed(stranger) == []
    assert stranger.get(f"/break-glass/{opening['id']}").status_code == 404
    colleague.post(f"/break-glass/{opening['id']}/end")
    clinic.administrator.post(f"/break-glass/{opening['id']}/review", JUDGEMENT)
    assert listed(clinic.administrator) == [opening["id"]]
    assert listed(clinic.administrator, "open") == listed(clinic.administrator, "to_review") == []
    assert clinic.administrator.get("/break-glass", state="closed").status_code == 422
