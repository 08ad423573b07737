"""Two clients who are one person become one, and are two again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.clients.client_merges.commands import MERGE_CLIENTS, UNMERGE_CLIENTS
from services.clients.tests.conftest import Desk
from services.clients.tests.jobs import DECIDING, PLACES, killed_at, lease_is_over, runner_of
from services.clients.tests.merging import (
    all_agree,
    look,
    merged,
    merger,
    parted,
    parting,
    proposed,
    staff_ids,
)
from services.clients.tests.test_clients_deleted import SERVICES, answered, told
from services.clients.tests.test_clients_duplicates import find
from shared.contracts.clinical import StaffJoinedCase
from shared.ids import new_id
from shared.testing.web import Keys

PHONE = {"channel": "phone", "value": "+12125550142", "label": None}


@pytest.fixture(autouse=True)
def no_job_left(desk: Desk) -> Iterator[None]:
    yield
    desk.database.rows("DELETE FROM job_queue RETURNING 1")


def found(desk: Desk, query: str) -> list[str]:
    return [item["id"] for item in desk.desk.post("/clients/search", {"query": query}).json["items"]]


@pytest.mark.abuse("A-ROLE-merge-consent")
def test_one_is_left_who_is_found_by_what_both_are_called(desk: Desk) -> None:
    who = merger(desk)
    ends = desk.add("Ada", "Lovelace", "1990-01-02", contacts=[PHONE | {"consent": "refused"}], tags=["Evening"])
    stays = desk.add("Ada", "Byron", "1990-02-01", contacts=[PHONE | {"consent": "given"}])
    sister = desk.add("Bea", "Byron", "1992-01-02")
    related = f"/clients/{ends['id']}/related-clients/{sister['id']}"
    assert who.send("PUT", related, {"kind": "sibling"}).status_code == 200
    before = [desk.desk.get(f"/clients/{each['id']}").json for each in (ends, stays)]
    made = merged(desk, who, ends["id"], stays["id"])
    assert (made["number"], made["started_by"], made["reason"]) == (ends["number"], str(who.staff_id), "added_twice")
    assert {kind: number for kind, number in made["came_along"].items() if number} == {"related_clients": 1, "tags": 1}
    assert set(made["left"].values()) == {0}
    now = desk.desk.get(f"/clients/{stays['id']}").json
    assert (now["tags"], now["contacts"]) == (["Evening"], [PHONE | {"consent": "refused"}]), "a no stays a no"
    assert [item["id"] for item in desk.desk.get("/clients").json["items"]] == [stays["id"], sister["id"]]
    for query in ("lovelace", "ada lovelace", "byron ada", "1990-01-02", str(ends["number"]), "5550142", "1/2/1990"):
        assert found(desk, query)[0] == stays["id"] and ends["id"] not in found(desk, query), query
    narrowed = desk.staff("therapist", grants=("assigned_only",))
    assert desk.administrator.put(f"/clients/{stays['id']}/staff/{narrowed.staff_id}").status_code == 200
    for query in ("lovelace", "1990-01-02", str(ends["number"]), "5550142"):
        items = narrowed.post("/clients/search", {"query": query}).json["items"]
        assert [item["id"] for item in items] == [stays["id"]], query
    (its,) = desk.desk.get(f"/clients/{sister['id']}/related-clients").json["items"]
    assert (its["client_id"], its["kind"]) == (stays["id"], "sibling")
    assert desk.desk.get("/client-tags").json["items"] == [{"tag": "Evening", "client_count": 1}]
    (held,) = now["merged"]
    assert held == {
        "merge_id": made["id"],
        "client_id": ends["id"],
        "number": ends["number"],
        "merged_at": made["merged_at"],
    }
    after = parted(desk, who, made["id"])
    assert set(after["parting"]["stayed"].values()) == {0}
    again = [desk.desk.get(f"/clients/{each['id']}").json for each in (ends, stays)]
    assert [{**each, "version": 0} for each in again] == [{**each, "version": 0} for each in before]
    assert found(desk, "lovelace") == [ends["id"]] and found(desk, "1990-01-02") == [ends["id"]]
    assert desk.desk.get(f"/clients/{stays['id']}/related-clients").json["items"] == []
    (its,) = desk.desk.get(f"/clients/{ends['id']}/related-clients").json["items"]
    assert its["client_id"] == sister["id"]


def test_single_details_fill_a_gap_and_nothing_of_who_stays_is_overwritten(desk: Desk) -> None:
    who = merger(desk)
    desk.administrator.post("/client-fields", {"name": "School", "type": "text"})
    given = {"pronouns": "she/her", "language": "es", "preferred_name": "Adi", "former_names": ["Hopper", "Byron"]}
    ends = desk.add("Ada", "Early", **given, sex="female", custom={"school": "North High"})
    stays = desk.add("Ada", "Late", language="en", former_names=["byron"])
    older = merged(desk, who, desk.add("Ada", "Older")["id"], stays["id"])
    before = desk.desk.get(f"/clients/{stays['id']}").json
    of_both = {"client_id": ends["id"], "into_client_id": stays["id"]}
    preview = who.get("/client-merges/preview/clients", **of_both).json
    assert (preview["moves"]["own_fields"], preview["left"]["details"]) == (1, 1)
    made = merged(desk, who, ends["id"], stays["id"])
    came = {"former_names": 1, "details": 3, "own_fields": 1}
    assert {kind: number for kind, number in made["came_along"].items() if number} == came
    assert {kind: number for kind, number in made["left"].items() if number} == {"details": 1}
    now = desk.desk.get(f"/clients/{stays['id']}").json
    assert [now[name] for name in ("pronouns", "language", "sex")] == ["she/her", "en", "female"]
    assert (now["former_names"], now["custom"]) == (["byron", "Hopper"], {"school": "North High"})
    assert now["display_name"] == "Adi Late" and found(desk, "hopper") == [stays["id"]]
    events = "SELECT count(*) FROM outbox WHERE aggregate_id = %s AND type = 'clients.client_changed.v2'"
    assert desk.database.rows(events, UUID(older["client_id"])) == [(3,)], "who was merged before is called so too"
    assert desk.desk.patch(f"/clients/{stays['id']}", {"pronouns": "they/them"}).status_code == 200
    stayed = parted(desk, who, made["id"])["parting"]["stayed"]
    assert {kind: number for kind, number in stayed.items() if number} == {"details": 1}
    after = desk.desk.get(f"/clients/{stays['id']}").json
    assert after == {**before, "pronouns": "they/them", "version": after["version"]}


def test_both_services_agree_first_and_hear_who_ended(desk: Desk) -> None:
    who, ends, stays = merger(desk), desk.add("Ada", "Early"), desk.add("Ada", "Late")
    begun = proposed(who, ends["id"], stays["id"])
    assert (begun["state"], begun["merged_at"], begun["came_along"], begun["parting"]) == ("queued", None, None, None)
    (asked_about,) = told(desk, "change_proposed")
    assert (asked_about["kind"], asked_about["client_ids"]) == ("merge", [ends["id"], stays["id"]])
    look(desk)
    desk.emit(answered(desk, "clinical", "ready"))
    look(desk)
    assert who.get(f"/client-merges/{begun['id']}").json["state"] == "running"
    assert desk.desk.get(f"/clients/{ends['id']}").status_code == 200
    desk.emit(answered(desk, "billing", "ready"))
    look(desk)
    assert who.get(f"/client-merges/{begun['id']}").json["state"] == "done"
    (decided,) = told(desk, "change_decided")
    assert (decided["kind"], decided["client_ids"], decided["applies"]) == ("merge", [ends["id"], stays["id"]], True)
    parted(desk, who, begun["id"])
    assert [(event["kind"], event["client_ids"]) for event in told(desk, "change_decided")] == [
        ("merge", [ends["id"], stays["id"]]),
        ("unmerge", [ends["id"], stays["id"]]),
    ]
    entries = "SELECT action, client_id FROM audit_entries WHERE object_id = %s AND action LIKE 'client\\_%%ed'"
    rows = desk.database.rows(entries, UUID(begun["id"]))
    ids = [UUID(each["id"]) for each in (ends, stays)]
    assert sorted(rows) == sorted((action, each) for action in ("client_merged", "client_parted") for each in ids)


@pytest.mark.parametrize(
    ("sentences", "code"),
    [
        ({"clinical": "same_appointment", "billing": "ready"}, "same_appointment"),
        ({"clinical": "being_changed"}, "being_changed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_without_agreement_nothing_is_changed(desk: Desk, sentences: dict[str, str], code: str) -> None:
    who, ends, stays = merger(desk), desk.add(), desk.add()
    before = [desk.desk.get(f"/clients/{each['id']}").json for each in (ends, stays)]
    begun = proposed(who, ends["id"], stays["id"])
    for service, what in sentences.items():
        desk.emit(answered(desk, service, what))
    look(desk)
    failed = who.get(f"/client-merges/{begun['id']}").json
    assert (failed["state"], failed["error"]["code"], failed["merged_at"]) == ("failed", code, None)
    assert [event["applies"] for event in told(desk, "change_decided")] == [False]
    assert [desk.desk.get(f"/clients/{each['id']}").json for each in (ends, stays)] == before
    assert who.post(f"/client-merges/{begun['id']}/undo").json["code"] == "not_merged"


def test_both_have_one_care_team_until_they_part(desk: Desk) -> None:
    who, ends, stays = merger(desk), desk.add()["id"], desk.add()["id"]
    first, second, third, fourth, fifth = (desk.staff("therapist").staff_id for _ in range(5))

    def put(client_id: str, staff_id: Any) -> None:
        assert desk.administrator.put(f"/clients/{client_id}/staff/{staff_id}").status_code == 200

    put(ends, first)
    put(ends, fifth)
    put(stays, second)
    made = merged(desk, who, ends, stays)
    assert made["came_along"]["staff"] == 2
    assert staff_ids(desk, ends) == staff_ids(desk, stays) == {first, second, fifth}
    put(stays, third)
    case = StaffJoinedCase(desk.organization_id, new_id(), UUID(ends), fourth, 1)
    desk.emit(case)
    assert staff_ids(desk, ends) == staff_ids(desk, stays) == {first, second, third, fourth, fifth}
    assert desk.administrator.send("DELETE", f"/clients/{stays}/staff/{fifth}").status_code == 200
    assert staff_ids(desk, ends) == staff_ids(desk, stays) == {first, second, third, fourth}
    parted(desk, who, made["id"])
    assert staff_ids(desk, ends) == {first}, "what came later stays with who stayed"
    assert staff_ids(desk, stays) == {second, third, fourth}


def test_of_several_who_were_merged_each_keeps_what_is_theirs(desk: Desk) -> None:
    who, (one_end, other_end, stays) = merger(desk), (desk.add(tags=tags)["id"] for tags in (["A"], ["A", "B"], []))
    therapist = desk.staff("therapist").staff_id
    for each in (one_end, other_end):
        assert desk.administrator.put(f"/clients/{each}/staff/{therapist}").status_code == 200
    first = merged(desk, who, one_end, stays)
    second = merged(desk, who, other_end, stays)
    assert (first["came_along"]["staff"], second["came_along"]["staff"]) == (1, 0)
    parted(desk, who, first["id"])
    assert staff_ids(desk, stays) == staff_ids(desk, other_end) == {therapist}, "the second one had them too"
    assert desk.desk.get(f"/clients/{stays}").json["tags"] == ["A", "B"]
    parted(desk, who, second["id"])
    assert (staff_ids(desk, stays), desk.desk.get(f"/clients/{stays}").json["tags"]) == (set(), [])
    assert staff_ids(desk, one_end) == staff_ids(desk, other_end) == {therapist}


def test_the_pair_is_settled_and_comes_back_when_they_part(desk: Desk) -> None:
    who, ends, stays = merger(desk), desk.add()["id"], desk.add()["id"]
    find(desk)
    (pair,) = desk.desk.get("/client-duplicates").json["items"]
    made = merged(desk, who, ends, stays)
    assert desk.desk.get("/client-duplicates").json["items"] == []
    assert desk.desk.get(f"/client-duplicates/{pair['id']}").status_code == 404
    find(desk)
    parted(desk, who, made["id"])
    find(desk)
    assert len(desk.desk.get("/client-duplicates").json["items"]) == 1


@pytest.mark.parametrize("place", [*PLACES[:3], *DECIDING])
@pytest.mark.parametrize("back", [False, True], ids=["merge", "undo"])
def test_killed_there_it_ends_as_if_nothing_had_happened(
    desk: Desk, keys: Keys, tmp_path: Path, place: str, back: bool
) -> None:
    who, ends, stays = merger(desk), desk.add("Ada", "Early")["id"], desk.add("Ada", "Late")["id"]
    merge_id = merged(desk, who, ends, stays)["id"] if back else proposed(who, ends, stays)["id"]
    if back:
        parting(who, merge_id)
    assert runner_of(desk, MERGE_CLIENTS, UNMERGE_CLIENTS).do_one_step()
    desk.emit(*(answered(desk, service, "ready") for service in SERVICES))
    lease_is_over(desk)
    decided = len(told(desk, "change_decided"))
    killed_at(place, desk, tmp_path, keys)
    assert desk.desk.get(f"/clients/{ends}").status_code == (308 if back else 200)
    assert len(told(desk, "change_decided")) == decided
    look(desk)
    assert desk.desk.get(f"/clients/{ends}").status_code == (200 if back else 308)
    assert len(told(desk, "change_decided")) == decided + 1
    entries = "SELECT count(*) FROM audit_entries WHERE action = %s AND object_id = %s"
    action = "client_parted" if back else "client_merged"
    assert desk.database.rows(entries, action, UUID(merge_id)) == [(2,)]


def test_a_cancelled_merge_changes_nothing(desk: Desk) -> None:
    who, ends, stays = merger(desk), desk.add()["id"], desk.add()["id"]
    merge_id = proposed(who, ends, stays)["id"]
    (job_id,) = desk.database.rows("SELECT job_id FROM client_merges WHERE id = %s", UUID(merge_id))[0]
    assert who.post(f"/jobs/clients/{job_id}/cancel").status_code == 200
    all_agree(desk)
    assert who.get(f"/client-merges/{merge_id}").json["state"] == "cancelled"
    assert desk.desk.get(f"/clients/{ends}").status_code == 200
    (told_of,) = told(desk, "change_decided")
    assert (set(told_of["client_ids"]), told_of["applies"]) == ({ends, stays}, False), "nobody is held any longer"
    assert desk.desk.patch(f"/clients/{ends}", {"pronouns": "she/her"}).status_code == 200
