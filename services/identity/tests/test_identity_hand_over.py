"""Work goes to somebody who can do it, after the person who had it has left."""

from __future__ import annotations

import pytest

from shared.ids import new_id


def told(database, practice):
    return [
        (data["staff_id"], data["successor_id"], data["handed_over_by"])
        for (data,) in database.rows(
            "SELECT data FROM outbox WHERE organization_id = %s AND type = 'identity.work_handed_over.v1' ORDER BY id",
            practice.id,
        )
    ]


def test_leaving_and_handing_over_are_one_step(practice, database):
    leaving, successor = practice.member("therapist"), practice.member("therapist")
    left = practice.owner.web.post(f"{leaving.path}/deactivate", {"successor_id": str(successor.id), "reason": "moved"})
    assert (left.status_code, left.json["active"]) == (200, False)
    assert told(database, practice) == [(str(leaving.id), str(successor.id), str(practice.owner.id))]


def test_a_successor_can_be_named_later_and_again(practice, database):
    leaving, first, second = (practice.member("therapist") for _ in range(3))
    web = practice.owner.web
    assert web.post(f"{leaving.path}/hand-over", {"successor_id": str(first.id)}).json["code"] == "still_active"
    web.post(f"{leaving.path}/deactivate", {})
    for successor in (first, second):
        assert web.post(f"{leaving.path}/hand-over", {"successor_id": str(successor.id)}).status_code == 200
    assert [successor for _, successor, _ in told(database, practice)] == [str(first.id), str(second.id)]


@pytest.mark.parametrize("wrong", ["same", "deactivated", "unknown", "not_a_clinician"])
def test_who_can_not_carry_on_is_refused_and_nobody_leaves(practice, new_practice, database, wrong):
    leaving, gone = practice.member("therapist"), practice.member("therapist")
    practice.owner.web.post(f"{gone.path}/deactivate", {})
    successors = {
        "same": leaving.id,
        "deactivated": gone.id,
        "unknown": new_practice().owner.id,
        "not_a_clinician": practice.member("billing").id,
    }
    response = practice.owner.web.post(f"{leaving.path}/deactivate", {"successor_id": str(successors[wrong])})
    error = response.json["errors"][0]
    assert (response.status_code, error["field"], error["code"]) == (422, "successor_id", wrong)
    assert practice.owner.web.get(leaving.path).json["active"] is True
    assert told(database, practice) == []


def test_a_biller_hands_over_to_whom_they_like(practice):
    biller, clerk = practice.member("billing"), practice.member("default")
    response = practice.owner.web.post(f"{biller.path}/deactivate", {"successor_id": str(clerk.id)})
    assert response.status_code == 200


def test_who_may_hand_over(practice, new_practice):
    leaving, successor = practice.member("administration"), practice.member("therapist")
    practice.owner.web.post(f"{leaving.path}/deactivate", {})
    body = {"successor_id": str(successor.id)}
    manager = practice.member("administration").web
    assert manager.post(f"{leaving.path}/hand-over", body).json["code"] == "not_yours_to_manage"
    assert successor.web.post(f"{leaving.path}/hand-over", body).status_code == 403
    assert new_practice().owner.web.post(f"{leaving.path}/hand-over", body).status_code == 404
    assert practice.owner.web.post(f"/staff/{new_id()}/hand-over", body).status_code == 404


def test_the_successor_supervises_in_their_place_but_nobody_in_a_circle(practice):
    leaving, successor, intern = (practice.member("therapist") for _ in range(3))
    above = practice.member("therapist")
    web = practice.owner.web
    for supervised, supervisor in ((intern, leaving), (above, leaving), (successor, above)):
        mode = "co_sign" if supervised is intern else "access_only"
        response = web.patch(supervised.path, {"supervisor_id": str(supervisor.id), "supervision_mode": mode})
        assert response.status_code == 200, response.json
    assert web.post(f"{leaving.path}/deactivate", {"successor_id": str(successor.id)}).status_code == 200
    supervisors = [web.get(person.path).json["supervisor_id"] for person in (intern, above)]
    assert supervisors == [str(successor.id), str(leaving.id)], "who supervises the successor stays above them"
    assert web.get(intern.path).json["supervision_mode"] == "co_sign"
    desk = practice.member("default")
    web.post(f"{intern.path}/deactivate", {})  # who is there would keep their supervisor at a level that signs
    assert web.patch(successor.path, {"levels": ["default"]}).status_code == 200
    refused = web.post(f"{intern.path}/reactivate", {})
    assert (refused.status_code, refused.json["code"]) == (409, "nobody_supervises")
    assert web.post(f"{successor.path}/deactivate", {"successor_id": str(desk.id)}).status_code == 200
    assert web.get(intern.path).json["supervisor_id"] == str(successor.id), "the desk signs no notes"
