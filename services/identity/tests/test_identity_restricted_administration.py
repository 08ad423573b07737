"""Administration that sees its own cases only: what it may not gain for itself, or for somebody it may be itself."""

from __future__ import annotations

from uuid import UUID

import pytest

from services.identity.tests.people import fresh_email, new_member


@pytest.mark.abuse("A-ROLE-restricted-administration")
def test_administration_with_its_own_cases_only_makes_no_others_its_own(practice):
    """Neither as supervisor nor as successor."""
    assert practice.owner.web.patch("/organization", {"restricts_administration": True}).status_code == 200
    administrator, therapist = practice.member("administration", "therapist"), practice.member("therapist")
    web = practice.session_of(practice.sign_in(administrator).json["access_token"])
    me = {"supervisor_id": str(administrator.id)}
    assert web.patch(therapist.path, me).json["code"] == "own_cases_only"
    successor = {"successor_id": str(administrator.id)}
    refused = web.post(f"{therapist.path}/deactivate", successor)
    assert refused.json["code"] == "own_cases_only"
    assert practice.owner.web.get(therapist.path).json["active"], "nothing happened"
    assert practice.owner.web.patch(therapist.path, me).status_code == 200


@pytest.mark.abuse("A-ROLE-second-self")
def test_nor_the_cases_of_somebody_whom_it_brought_in(practice, database):
    """Somebody invited, or moved to another address before they joined, may be the administrator again."""
    administrator, therapist = practice.member("administration"), practice.member("therapist")
    moved = practice.owner.web.post("/staff", new_member("therapist")).json["id"]
    before = practice.session_of(practice.sign_in(administrator).json["access_token"])
    assert before.patch(f"/staff/{moved}", {"email": fresh_email()}).status_code == 200
    assert practice.owner.web.patch("/organization", {"restricts_administration": True}).status_code == 200
    web = practice.session_of(practice.sign_in(administrator).json["access_token"])
    invited = web.post("/staff", new_member("therapist")).json["id"]
    for second_self in (invited, moved):
        mine = {"supervisor_id": second_self}
        assert web.patch(therapist.path, mine).json["code"] == "own_cases_only"
        assert web.post("/staff", new_member("therapist", **mine)).json["code"] == "own_cases_only"
        refused = web.post(f"{therapist.path}/deactivate", {"successor_id": second_self})
        assert refused.json["code"] == "own_cases_only"
        assert practice.owner.web.patch(therapist.path, mine).status_code == 200
        newest = (
            "SELECT data->'brought_in_by' FROM outbox WHERE aggregate_id = %s AND type = %s ORDER BY id DESC LIMIT 1"
        )
        ((published,),) = database.rows(newest, UUID(second_self), "identity.staff_changed.v1")
        assert str(administrator.id) in published
    assert practice.owner.web.get(therapist.path).json["active"], "nothing happened"
    untouched = practice.member("therapist")
    assert web.patch(therapist.path, {"supervisor_id": str(untouched.id)}).status_code == 200


@pytest.mark.abuse("A-ROLE-puppet")
def test_administration_with_its_own_cases_only_is_told_no_token(practice):
    """An invited colleague is nobody's puppet: the way in goes by mail alone."""
    assert practice.owner.web.patch("/organization", {"restricts_administration": True}).status_code == 200
    web = practice.session_of(practice.sign_in(practice.member("administration")).json["access_token"])
    invited = web.post("/staff", new_member("therapist"))
    assert invited.status_code == 201 and invited.json["invitation"]["token"] is None
    assert web.post(f"/staff/{invited.json['id']}/invitation").json["token"] is None


@pytest.mark.abuse("A-ROLE-way-in")
def test_administration_with_its_own_cases_only_gives_nobody_the_right_to_assign(practice):
    """Somebody who assigns lets themselves in, and the administrator: by invitation, table, change or coming back."""
    owner = practice.owner.web
    assigner = owner.post("/staff", new_member("therapist", grants=["staff_assign"])).json["id"]
    assert owner.post(f"/staff/{assigner}/deactivate", {}).status_code == 200
    assert owner.patch("/organization", {"restricts_administration": True}).status_code == 200
    therapist = practice.member("therapist")
    web = practice.session_of(practice.sign_in(practice.member("administration")).json["access_token"])
    grants = {"grants": ["staff_assign"]}
    for refused in (
        web.post("/staff", new_member("therapist", **grants)),
        web.patch(therapist.path, grants),
        web.post(f"/staff/{assigner}/reactivate", {}),
    ):
        assert (refused.status_code, refused.json["code"]) == (403, "own_cases_only")
    preview = web.post(f"{therapist.path}/access-preview", {"levels": ["therapist"], **grants})
    assert preview.json["refusal"]["code"] == "own_cases_only"
    assert web.patch(therapist.path, {"grants": ["assigned_only"]}).status_code == 200, "what opens nothing"
    assert owner.patch(therapist.path, grants).status_code == 200
    assert web.patch(therapist.path, {"phone": "+12125550123"}).status_code == 200, "what they hold stays theirs"
    assert web.patch(therapist.path, {"grants": []}).status_code == 200


@pytest.mark.abuse("A-ROLE-moved-invitation")
def test_administration_with_its_own_cases_only_moves_nobody_elses_invitation_to_another_address(practice):
    """Clients may wait for the invited person already; the person at the new address would read their records."""
    owner = practice.owner.web
    assert owner.patch("/organization", {"restricts_administration": True}).status_code == 200
    web = practice.session_of(practice.sign_in(practice.member("administration")).json["access_token"])
    theirs = owner.post("/staff", new_member("therapist")).json["id"]
    address = owner.get(f"/staff/{theirs}").json["email"]
    refused = web.patch(f"/staff/{theirs}", {"email": fresh_email()})
    assert (refused.status_code, refused.json["code"]) == (403, "own_cases_only")
    assert owner.get(f"/staff/{theirs}").json["email"] == address
    assert web.patch(f"/staff/{theirs}", {"email": address, "given_name": "Noa"}).status_code == 200
    mine = web.post("/staff", new_member("therapist")).json["id"]
    assert web.patch(f"/staff/{mine}", {"email": fresh_email()}).status_code == 200, "an address that it gave itself"
    assert owner.patch(f"/staff/{mine}", {"email": fresh_email()}).status_code == 200
    assert web.patch(f"/staff/{mine}", {"email": fresh_email()}).json["code"] == "own_cases_only"


@pytest.mark.abuse("A-ROLE-colleague-made-therapist")
def test_administration_with_its_own_cases_only_lets_no_colleague_into_cases(practice):
    """Two could read together what neither may read, whether the colleague has the clients before or afterwards."""
    owner = practice.owner.web
    therapist, colleague = practice.member("therapist"), practice.member("default")
    assert owner.patch("/organization", {"restricts_administration": True}).status_code == 200
    web = practice.session_of(practice.sign_in(practice.member("administration")).json["access_token"])
    invited = owner.post("/staff", new_member("default")).json["id"]
    mine = web.post("/staff", new_member("default")).json["id"]
    levels = {"levels": ["therapist"]}
    for path in (colleague.path, f"/staff/{invited}", f"/staff/{mine}"):
        refused = web.patch(path, levels)
        assert (refused.status_code, refused.json["code"]) == (403, "own_cases_only")
        assert owner.get(path).json["levels"] == ["default"], "nothing happened"
    assert web.post(f"{colleague.path}/access-preview", levels).json["refusal"]["code"] == "own_cases_only"
    assert web.patch(colleague.path, {"levels": ["billing"]}).status_code == 200, "what opens no case"
    assert owner.post(f"{colleague.path}/deactivate", {}).status_code == 200
    assert web.patch(colleague.path, {"active": True, **levels}).json["code"] == "own_cases_only"
    assert web.post(f"{therapist.path}/deactivate", {}).status_code == 200
    assert web.post(f"{therapist.path}/reactivate", {}).status_code == 200, "what they hold stays theirs"
    assert owner.patch(f"/staff/{invited}", levels).status_code == 200
