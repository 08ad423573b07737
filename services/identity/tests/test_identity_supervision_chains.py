"""Whose notes somebody approves or co-signs supervises nobody, however either comes about."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from services.identity.tests.people import new_member
from shared.testing.waiting import wait_until

REVIEWING = ("approve", "co_sign")


def under(supervisor, mode=None):
    return {"supervisor_id": str(supervisor.id), **({"supervision_mode": mode} if mode else {})}


def refusal(response):
    error = response.json["errors"][0]
    return response.status_code, response.json["code"], error["field"]


def old_chain(database, *people, mode="approve"):
    """Each supervises the one before, as it could be set up once."""
    for supervised, supervisor in itertools.pairwise(people):
        database.rows(
            "UPDATE staff SET supervisor_id = %s, supervision_mode = %s WHERE id = %s RETURNING 1",
            supervisor.id,
            mode,
            supervised.id,
        )


@pytest.mark.abuse("A-ROLE-supervision-chain")
@pytest.mark.parametrize("mode", REVIEWING)
def test_who_is_supervised_supervises_nobody(practice, mode):
    supervisor, middle, intern = (practice.member("therapist") for _ in range(3))
    web = practice.owner.web
    assert web.patch(middle.path, under(supervisor, mode)).status_code == 200
    wanted = (422, "supervisor_is_supervised", "supervisor_id")
    for how in (*REVIEWING, "access_only", None):
        assert refusal(web.patch(intern.path, under(middle, how))) == wanted, how
        assert refusal(web.post("/staff", new_member("therapist", **under(middle, how)))) == wanted, how
    assert web.get(intern.path).json["supervisor_id"] is None
    assert web.patch(intern.path, under(supervisor, mode)).status_code == 200
    assert web.patch(middle.path, {"supervision_mode": "access_only"}).status_code == 200
    assert web.patch(intern.path, under(middle, mode)).status_code == 200, "who only reads takes no word away"


@pytest.mark.abuse("A-ROLE-supervision-chain")
@pytest.mark.parametrize("mode", REVIEWING)
def test_who_supervises_gets_no_supervisor_with_the_last_word(practice, mode):
    supervisor, middle = (practice.member("therapist") for _ in range(2))
    web = practice.owner.web
    intern = practice.member("therapist", **under(middle))
    wanted = (409, "still_supervises", "supervision_mode")
    assert refusal(web.patch(middle.path, under(supervisor, mode))) == wanted
    assert web.patch(middle.path, under(supervisor, "access_only")).status_code == 200
    refused = web.patch(middle.path, {"supervision_mode": mode})
    assert refusal(refused) == wanted, "also where the mode alone changes"
    assert refused.json["errors"][0]["value"] == "1"
    assert web.get(middle.path).json["supervises"] == 1
    web.post(f"{intern.path}/deactivate", {})
    assert web.patch(middle.path, {"supervision_mode": mode}).status_code == 200, "nobody waits for them"
    for back in (web.post(f"{intern.path}/reactivate", {}), web.patch(intern.path, {"active": True})):
        assert (back.status_code, back.json["code"]) == (409, "nobody_supervises")


@pytest.mark.abuse("A-ROLE-supervision-chain")
def test_two_who_are_put_under_each_other_at_once_are_not_both(practice, database):
    """Both requests wait for the practice's turn; the second one sees what the first has stored."""
    first, second, third = (practice.member("therapist") for _ in range(3))
    web = practice.owner.web
    pairs = {
        "a circle": ((first, second), (second, first)),
        "a chain": ((second, first), (third, second)),
    }
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    for name, both in pairs.items():
        with psycopg.connect(database.admin_url) as turn, ThreadPoolExecutor(2) as pool:
            turn.execute("SELECT 1 FROM organizations WHERE organization_id = %s FOR UPDATE", [practice.id])
            requests = [pool.submit(web.patch, person.path, under(above, "approve")) for person, above in both]
            wait_until(lambda: len(database.rows(waiting)) == 2, what="both requests wait")
            turn.commit()
            statuses = sorted(response.result().status_code for response in requests)
        assert statuses[0] == 200 and statuses[1] in (409, 422), name
        for person in (first, second, third):
            assert web.patch(person.path, {"supervisor_id": None}).status_code == 200


@pytest.mark.abuse("A-ROLE-supervision-chain")
def test_somebody_comes_back_into_no_chain(practice, database):
    supervisor, middle, intern = (practice.member("therapist") for _ in range(3))
    web = practice.owner.web
    old_chain(database, intern, middle, supervisor)
    for person, code in ((middle, "still_supervises"), (intern, "nobody_supervises")):
        assert web.post(f"{person.path}/deactivate", {}).status_code == 200
        refused = web.post(f"{person.path}/reactivate", {})
        assert (refused.status_code, refused.json["code"]) == (409, code)
        assert not web.get(person.path).json["active"]
    assert web.post(f"{middle.path}/reactivate", {}).status_code == 200, "nobody whom they supervise is there"


@pytest.mark.abuse("A-ROLE-supervision-chain")
def test_a_successor_who_is_supervised_takes_no_supervision_over(practice, database):
    leaving, successor, supervisor = (practice.member("therapist") for _ in range(3))
    intern = practice.member("therapist", **under(leaving, "approve"))
    web = practice.owner.web
    web.patch(successor.path, under(supervisor, "co_sign"))
    wanted = (422, "supervisor_is_supervised", "successor_id")
    assert refusal(web.post(f"{leaving.path}/deactivate", {"successor_id": str(successor.id)})) == wanted
    assert web.get(leaving.path).json["active"], "nobody left"
    assert web.post(f"{leaving.path}/deactivate", {}).status_code == 200
    versions = [web.get(person.path).json["version"] for person in (leaving, intern)]
    assert refusal(web.post(f"{leaving.path}/hand-over", {"successor_id": str(successor.id)})) == wanted
    assert [web.get(person.path).json["version"] for person in (leaving, intern)] == versions, "nothing changed"
    web.post(f"{intern.path}/deactivate", {})
    assert web.post(f"{leaving.path}/hand-over", {"successor_id": str(successor.id)}).status_code == 200
    assert web.get(intern.path).json["supervisor_id"] == str(leaving.id), "who is not there waits for nobody"


@pytest.mark.abuse("A-ROLE-supervision-chain")
def test_an_earlier_chain_can_be_mended_from_either_end(practice, database):
    supervisor, middle, intern = (practice.member("therapist") for _ in range(3))
    web = practice.owner.web
    for mend in (
        (middle, {"supervisor_id": None}),
        (middle, {"supervision_mode": "access_only"}),
        (intern, under(supervisor)),
    ):
        old_chain(database, intern, middle, supervisor)
        assert web.patch(middle.path, {"job_title": "Counselor"}).status_code == 200, "what is there stays"
        assert refusal(web.patch(middle.path, {"supervision_mode": "co_sign"}))[1] == "still_supervises"
        assert refusal(web.patch(intern.path, {"supervision_mode": "co_sign"}))[1] == "supervisor_is_supervised"
        person, body = mend
        assert web.patch(person.path, body).status_code == 200, body
