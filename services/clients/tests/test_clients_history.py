"""The history of a client's basic data: who changed which field when, with its value before and after."""

from __future__ import annotations

from datetime import date

from services.clients.profile_changes.rules import differences
from services.clients.profile_history import queries
from services.clients.tests.conftest import Desk
from services.clients.tests.merging import merged, merger
from services.clients.waiting.rules import Waiting
from shared.ids import new_id
from shared.testing.plans import plan_of


def test_each_change_says_who_and_what_it_was(desk: Desk) -> None:
    pets = {"name": "Pets", "type": "choice", "choices": [{"name": "Dog"}, {"name": "Cat"}]}
    assert desk.administrator.post("/client-fields", pets).status_code == 201
    ada = desk.add(custom={"pets": "dog"}, preferred_name="Ada")
    path = f"/clients/{ada['id']}"
    assert desk.desk.get(f"{path}/history").json == {"items": [], "next_cursor": None}
    assert desk.desk.patch(path, {"custom": {"pets": "cat"}, "preferred_name": None}).status_code == 200
    assert desk.desk.patch(path, {"custom": {"pets": "cat"}}).status_code == 200, "the same changes nothing"
    assert desk.desk.patch(path, {"custom": {"pets": "bird"}}).status_code == 422, "what is refused leaves nothing"
    assert desk.administrator.patch(path, {"status": "archived"}).status_code == 200
    second, first = desk.desk.get(f"{path}/history").json["items"]
    assert first["changes"] == {"custom.pets": ["dog", "cat"], "preferred_name": ["Ada", None]}
    assert desk.desk.actor is not None
    assert (first["by"], first["client_id"]) == (str(desk.desk.actor.actor_id), ada["id"])
    assert second["changes"] == {"status": ["active", "archived"]}
    page = desk.desk.get(f"{path}/history", limit=1).json
    assert page["items"] == [second]
    assert desk.desk.get(f"{path}/history", limit=1, cursor=page["next_cursor"]).json["items"] == [first]
    plan = plan_of(desk.database, desk.organization_id, queries.changes_of(desk.desk.actor, [new_id()]))
    assert "ix_profile_changes_client" in plan and "Seq Scan" not in plan, plan


def test_it_is_shown_to_those_who_see_the_client(desk: Desk) -> None:
    ada = desk.add()
    path = f"/clients/{ada['id']}/history"
    narrowed = desk.web.as_actor("therapist", organization_id=desk.organization_id, grants=["assigned_only"])
    assert narrowed.get(path).status_code == 404
    assert Desk(desk.web, desk.database, desk.worker).desk.get(path).status_code == 404


def test_of_two_who_are_one_it_is_read_together_and_it_goes_with_the_client(desk: Desk) -> None:
    stays, ends = desk.add(), desk.add(given_name="Ida")
    for client in (stays, ends):
        assert desk.desk.patch(f"/clients/{client['id']}", {"pronouns": "they/them"}).status_code == 200
    merged(desk, merger(desk), ends["id"], stays["id"])
    items = desk.desk.get(f"/clients/{stays['id']}/history").json["items"]
    assert {item["client_id"] for item in items} == {stays["id"], ends["id"]}
    gone = desk.add()
    desk.desk.patch(f"/clients/{gone['id']}", {"pronouns": "they/them"})
    desk.database.rows("DELETE FROM clients WHERE id = %s RETURNING 1", gone["id"])
    assert desk.database.rows("SELECT 1 FROM profile_changes WHERE client_id = %s", gone["id"]) == []


def test_days_and_wishes_are_kept_as_answers_have_them() -> None:
    waits = Waiting(since=date(2026, 3, 1), weekdays=("monday",))
    assert differences({"waiting": None, "custom": {}}, {"waiting": waits, "custom": {"a": False}}) == {
        "waiting": [
            None,
            {
                "since": "2026-03-01",
                "weekdays": ["monday"],
                "part_of_day": None,
                "staff_id": None,
                "service_type_id": None,
                "note": None,
                "offers": [],
            },
        ],
        "custom.a": [None, False],
    }
    assert differences({"date_of_birth": date(1990, 1, 2)}, {"date_of_birth": date(1990, 1, 2)}) == {}
