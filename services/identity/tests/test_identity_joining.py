"""Invitations a second time, supervision, licences, one's own profile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from services.identity.invitations.rules import PER_DAY_MAX
from services.identity.tests.people import PASSWORD, fresh_email, new_member
from shared.ids import new_id
from shared.testing.waiting import wait_until

LICENCE = {"number": "L-1", "state": "NY", "issued_on": "2020-01-01", "expires_on": "2030-12-31"}


def test_a_lapsed_invitation_is_followed_by_another(practice, later):
    person = practice.invite("therapist")
    later(hours=73)
    assert practice.accept(person.invitation).json["code"] == "invitation_not_usable"
    again = practice.owner.web.post(f"{person.path}/invitation")
    assert again.status_code == 201
    assert practice.accept(again.json["token"]).status_code == 200
    assert practice.sign_in(person).status_code == 201
    assert practice.owner.web.post(f"{person.path}/invitation").json["code"] == "already_joined"


def test_the_other_services_are_told_who_has_joined(practice, database):
    person = practice.invite("therapist")
    assert practice.accept(person.invitation).status_code == 200
    published = database.rows(
        "SELECT data->'joined', aggregate_version FROM outbox WHERE aggregate_id = %s AND type LIKE %s ORDER BY id",
        str(person.id),
        "identity.staff%",
    )
    assert published == [(False, 1), (True, 2)]


def test_a_second_invitation_takes_the_first_ones_place(practice):
    person = practice.invite("therapist")
    second = practice.owner.web.post(f"{person.path}/invitation").json["token"]
    assert practice.accept(person.invitation).status_code == 422
    assert practice.accept(second).status_code == 200


@pytest.mark.abuse("A-AUTH-dead-invitation")
def test_an_invitation_tells_who_holds_it_where_it_leads_and_nobody_else(practice, later):
    def behind(token):
        return practice.public.post("/invitations/lookup", {"token": token})

    person = practice.invite("therapist")
    looked_up = behind(person.invitation)
    assert looked_up.status_code == 200
    assert looked_up.json.keys() == {"organization_name", "invited_by_name", "expires_at"}
    assert looked_up.json["organization_name"] == practice.owner.web.get("/organization").json["name"]
    me = practice.owner.web.get("/me").json["staff"]
    assert looked_up.json["invited_by_name"] == f"{me['given_name']} {me['family_name']}"
    assert practice.accept(person.invitation).status_code == 200  # looking used nothing up

    left, revoked, lapsed = practice.invite("billing"), practice.invite("billing"), practice.invite("billing")
    practice.owner.web.post(f"{left.path}/deactivate", {})
    by_person = {
        open_one["staff_id"]: open_one["id"] for open_one in practice.owner.web.get("/invitations").json["items"]
    }
    practice.owner.web.delete(f"/invitations/{by_person[str(revoked.id)]}")
    own, other = lapsed.invitation.partition(".")[0], str(new_id())
    dead = [person.invitation, left.invitation, revoked.invitation, f"{own}.{'x' * 43}", other, "x"]
    responses = [behind(token) for token in dead]
    later(hours=73)
    responses.append(behind(lapsed.invitation))
    assert {response.status_code for response in responses} == {422}
    assert {response.json["code"] for response in responses} == {"invitation_not_usable"}
    assert len({response.json["detail"] for response in responses}) == 1


def test_open_invitations_are_listed_without_their_tokens_and_may_be_revoked(practice, new_practice, later):
    person, other = practice.invite("therapist"), practice.invite("billing")
    listed = practice.owner.web.get("/invitations").json["items"]
    assert [invitation["staff_id"] for invitation in listed] == [str(person.id), str(other.id)]
    assert "token" not in str(listed)
    assert new_practice().owner.web.delete(f"/invitations/{listed[0]['id']}").status_code == 404
    assert practice.owner.web.delete(f"/invitations/{listed[0]['id']}").status_code == 204
    assert practice.owner.web.delete(f"/invitations/{listed[0]['id']}").status_code == 404
    assert practice.accept(person.invitation).status_code == 422
    later(hours=73)
    assert practice.owner.web.get("/invitations").json["items"] == []


def test_an_invitation_of_before_somebody_left_stays_void_when_they_come_back(practice):
    person = practice.invite("billing")
    practice.owner.web.post(f"{person.path}/deactivate", {})
    assert practice.owner.web.post(f"{person.path}/invitation").json["code"] == "deactivated"
    practice.owner.web.post(f"{person.path}/reactivate", {})
    assert practice.accept(person.invitation).status_code == 422
    assert practice.accept(practice.owner.web.post(f"{person.path}/invitation").json["token"]).status_code == 200


def test_administration_invites_no_administrator_again(practice):
    administrator, invited = practice.member("administration"), practice.invite("administration")
    assert administrator.web.post(f"{invited.path}/invitation").json["code"] == "not_yours_to_manage"
    (listed,) = practice.owner.web.get("/invitations").json["items"]
    assert administrator.web.delete(f"/invitations/{listed['id']}").status_code == 403


@pytest.mark.abuse("A-ROLE-invitation-twice")
def test_fifty_redemptions_at_once_are_one(practice):
    person = practice.invite("therapist")
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: practice.accept(person.invitation).status_code, range(50)))
    assert sorted(answers) == [200] + [422] * 49


@pytest.mark.abuse("A-DOS-invitation-flood")
def test_a_day_has_so_many_invitations(practice, later):
    person = practice.invite("default")
    for _ in range(PER_DAY_MAX - 1):
        assert practice.owner.web.post(f"{person.path}/invitation").status_code == 201
    refused = practice.owner.web.post(f"{person.path}/invitation")
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_invitations")
    assert int(refused.headers["Retry-After"]) > 0
    assert practice.owner.web.post("/staff", new_member("default")).status_code == 429
    later(hours=25)
    assert practice.owner.web.post(f"{person.path}/invitation").status_code == 201


@pytest.mark.abuse("A-ROLE-supervisor-who-may-not")
def test_supervision_has_a_mode_a_supervisor_who_signs_and_no_circle(practice):
    first, second, third = (practice.member("therapist") for _ in range(3))
    web = practice.owner.web
    assert web.patch(second.path, {"supervisor_id": str(first.id)}).json["supervision_mode"] == "access_only"
    assert web.patch(third.path, {"supervisor_id": str(second.id), "supervision_mode": "approve"}).status_code == 200
    circle = web.patch(first.path, {"supervisor_id": str(third.id)})
    assert (circle.status_code, circle.json["errors"][0]["code"]) == (422, "supervision_in_a_circle")
    assert web.patch(first.path, {"supervision_mode": "approve"}).json["supervision_mode"] is None  # nobody to do it
    assert web.patch(third.path, {"supervisor_id": None}).json["supervision_mode"] is None
    assert web.patch(second.path, {"supervision_mode": "co_sign"}).json["supervision_mode"] == "co_sign"
    assert web.patch(second.path, {"supervisor_id": None}).json["supervision_mode"] is None
    for level in ("default", "billing"):
        refused = web.patch(
            second.path, {"supervisor_id": str(practice.member(level).id), "supervision_mode": "approve"}
        )
        assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "cannot_supervise"), level
    web.post(f"{first.path}/deactivate", {})
    assert web.patch(second.path, {"supervisor_id": str(first.id)}).json["errors"][0]["code"] == "deactivated"


@pytest.mark.abuse("A-ROLE-supervisor-demoted")
def test_a_supervisor_keeps_a_level_that_signs_until_others_supervise(practice):
    supervisor, successor = practice.member("therapist"), practice.member("administration")
    web = practice.owner.web
    supervised = [practice.member("therapist", supervisor_id=str(supervisor.id)) for _ in range(2)]
    for levels in (["billing"], ["default"], []):
        refused = web.patch(supervisor.path, {"levels": levels})
        assert (refused.status_code, refused.json["code"]) == (409, "still_supervises"), levels
        assert refused.json["errors"][0]["value"] == "2"
        previewed = web.post(f"{supervisor.path}/access-preview", {"levels": levels})
        assert previewed.json["refusal"]["code"] == "still_supervises", levels
    assert web.patch(supervisor.path, {"levels": ["administration"]}).status_code == 200  # signs as well
    web.patch(supervised[0].path, {"supervisor_id": str(successor.id)})
    assert web.patch(supervisor.path, {"levels": ["billing"]}).json["errors"][0]["detail"] == "1 colleague."
    web.post(f"{supervised[1].path}/deactivate", {})
    assert web.patch(supervisor.path, {"levels": ["billing"]}).status_code == 200
    refused = web.patch(supervised[0].path, {"supervisor_id": str(supervisor.id)})
    assert refused.json["errors"][0]["code"] == "cannot_supervise"


@pytest.mark.abuse("A-ROLE-supervisor-demoted")
def test_a_member_comes_back_to_a_supervisor_who_can_decide(practice):
    demoted, left, successor = (practice.member("therapist") for _ in range(3))
    web = practice.owner.web
    supervised = [practice.member("therapist", supervisor_id=str(above.id)) for above in (demoted, left)]
    for person in (*supervised, left):
        assert web.post(f"{person.path}/deactivate", {}).status_code == 200
    assert web.patch(demoted.path, {"levels": ["billing"]}).status_code == 200
    for person in supervised:
        for refused in (web.post(f"{person.path}/reactivate", {}), web.patch(person.path, {"active": True})):
            assert (refused.status_code, refused.json["code"]) == (409, "nobody_supervises")
            assert not web.get(person.path).json["active"]
        assert web.patch(person.path, {"supervisor_id": str(successor.id)}).status_code == 200
        assert web.post(f"{person.path}/reactivate", {}).status_code == 200


def test_several_licences_each_with_its_dates(practice, new_practice):
    person, colleague = practice.member("therapist", licence=LICENCE), practice.member("therapist")
    web = practice.owner.web
    second = web.post(f"{person.path}/licences", {**LICENCE, "state": "NJ", "expires_on": "2031-06-30"})
    assert second.status_code == 201
    listed = person.web.get(f"{person.path}/licences").json["items"]
    assert [licence["state"] for licence in listed] == ["NJ", "NY"]
    path = f"{person.path}/licences/{second.json['id']}"
    assert web.patch(path, {"expires_on": "2019-01-01"}).json["errors"][0]["code"] == "before_issued"
    assert web.patch(path, {"expires_on": "2032-06-30"}).json["expires_on"] == "2032-06-30"
    assert web.delete(path).status_code == 204 and web.delete(path).status_code == 404
    assert [licence["state"] for licence in web.get(f"{person.path}/licences").json["items"]] == ["NY"]
    assert colleague.web.get(f"{person.path}/licences").status_code == 403
    assert colleague.web.post(f"{person.path}/licences", LICENCE).status_code == 403
    assert new_practice().owner.web.get(f"{person.path}/licences").status_code == 404
    assert web.patch(f"{person.path}/licences/{new_id()}", {"expires_on": "2032-06-30"}).status_code == 404


def test_everybody_changes_their_own_colour_and_nothing_more(practice):
    clerk = practice.member("default")
    own = {"phone": "+12125550123", "pronouns": "she/her", "colour": "#3366cc"}
    assert own.items() <= clerk.web.patch("/me", own).json.items()
    for refused in ({"levels": ["administration"]}, {"email": "x@example.test"}, {"colour": "blue"}, {"active": True}):
        assert clerk.web.patch("/me", refused).status_code == 422
    version = practice.owner.web.get(clerk.path).json["version"]
    assert clerk.web.patch("/me", {}).json["version"] == version
    assert practice.owner.web.patch(clerk.path, {}).json["version"] == version


@pytest.mark.parametrize("wrong", [{"credentials": ["x" * 21]}, {"credentials": [""]}, {"supervision_mode": "loose"}])
def test_what_a_profile_does_not_take(practice, wrong):
    assert practice.owner.web.patch(practice.member("therapist").path, wrong).status_code == 422


@pytest.mark.abuse("A-ROLE-invitation-to-a-stranger")
def test_when_an_address_is_corrected_the_link_at_the_wrong_one_is_void(practice):
    """Sent to a stranger by a slip: putting the address right must take the stranger's link away."""
    person = practice.invite("administration")
    practice.owner.web.patch(person.path, {"job_title": "Director", "email": person.email.upper()})
    assert len(practice.owner.web.get("/invitations").json["items"]) == 1, "another spelling is no other address"
    right = fresh_email()
    (listed,) = practice.owner.web.get("/invitations").json["items"]
    practice.owner.web.patch(person.path, {"email": right})
    assert practice.owner.web.get("/invitations").json["items"] == []
    assert practice.owner.web.delete(f"/invitations/{listed['id']}").status_code == 404
    assert practice.accept(person.invitation).json["code"] == "invitation_not_usable"
    assert practice.accept(practice.owner.web.post(f"{person.path}/invitation").json["token"]).status_code == 200
    assert practice.public.post("/sessions", {"email": right, "password": PASSWORD}).status_code == 201


@pytest.mark.abuse("A-ROLE-invitation-to-a-stranger")
def test_a_link_that_is_used_while_the_address_is_corrected_is_void(practice, database):
    """The stranger is quick: their request waits for the correction, and then the link does not fit."""
    person = practice.invite("administration")
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    right = fresh_email()
    with psycopg.connect(database.admin_url) as correction, ThreadPoolExecutor(1) as pool:
        correction.execute("UPDATE staff SET email = %s, email_key = %s WHERE id = %s", [right, right, person.id])
        stranger = pool.submit(practice.accept, person.invitation)
        wait_until(lambda: database.rows(waiting), what="the stranger's request waits")
        correction.commit()
        assert stranger.result().json["code"] == "invitation_not_usable"
    assert practice.owner.web.get(person.path).json["joined"] is False


@pytest.mark.abuse("A-ROLE-invitation-to-a-stranger")
def test_a_link_that_a_correction_made_void_stays_void(practice):
    """Also when the address is set back to the one that it went to."""
    person = practice.invite("administration")
    for email in (fresh_email(), person.email):
        assert practice.owner.web.patch(person.path, {"email": email}).status_code == 200
    assert practice.owner.web.get("/invitations").json["items"] == []
    assert practice.accept(person.invitation).json["code"] == "invitation_not_usable"


@pytest.mark.abuse("A-ROLE-invitation-of-another")
def test_an_invitation_makes_nobody_else_and_nothing_more(practice, new_practice):
    """What it is for was said when it was made: nothing in the acceptance changes whose it is or what they may do."""
    person, other = practice.invite("default"), practice.invite("administration")
    elsewhere = new_practice()
    for more in (
        {"staff_id": str(other.id)},
        {"email": other.email},
        {"levels": ["organization_administration"]},
        {"grants": ["refunds"]},
        {"organization_id": str(elsewhere.id)},
    ):
        body = {"token": person.invitation, "password": PASSWORD, **more}
        assert practice.public.post("/invitations/accept", body).status_code == 422, more
    heads = [token.partition(".")[0] for token in (person.invitation, elsewhere.invite("default").invitation)]
    crossed = person.invitation.replace(heads[0], heads[1])
    assert practice.accept(crossed).json["code"] == "invitation_not_usable"
    assert practice.accept(person.invitation).json["id"] == str(person.id)
    assert practice.sign_in(other).status_code == 401
    assert practice.owner.web.get(person.path).json["levels"] == ["default"]
