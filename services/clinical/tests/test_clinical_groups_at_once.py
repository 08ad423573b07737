"""Two people book a group, or join it, at the same moment; and a group has only so many sessions to come."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from services.clinical.rosters import commands
from services.clinical.tests.conftest import Clinic
from services.clinical.tests.test_clinical_group_sessions import at, book, roster
from services.clinical.tests.test_clinical_groups import code, group, put, today


def both(*calls: Callable[[], Any]) -> list[tuple[int, str]]:
    """The status and code of each, all begun at once."""
    with ThreadPoolExecutor(len(calls)) as pool:
        replies = [pending.result() for pending in [pool.submit(call) for call in calls]]
    return sorted((reply.status_code, reply.json.get("code", "")) for reply in replies)


def test_who_joins_between_looking_and_booking_refuses_it_and_nothing_is_booked(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, new = group(clinic, clinic.client_id), clinic.client()
    look, meanwhile = commands.who_comes, [lambda: put(clinic, f"/groups/{made['id']}/members/{new}", {})]

    def looked_up(*arguments: Any) -> Any:
        found = look(*arguments)
        if meanwhile:
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(meanwhile.pop()).result().status_code == 200
        return found

    monkeypatch.setattr(commands, "who_comes", looked_up)
    assert code(book(clinic, made["id"], at(3))) == (409, "group_changed")
    day = f"{today() + timedelta(days=3)}"
    assert clinic.desk.get("/agenda", **{"from": day, "to": day}).json["items"] == []
    again = book(clinic, made["id"], at(3))
    assert again.status_code == 201 and roster(clinic, again.json["id"])[0] == sorted([clinic.client_id, new])


def test_a_group_has_only_so_many_coming_sessions(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "SESSIONS_MAX", 2)
    since = f"{today() - timedelta(days=30)}"
    made = group(clinic, clinic.client_id, on=since)
    assert [book(clinic, made["id"], at(days)).status_code for days in (-3, 3, 4)] == [201, 201, 201]
    refused = book(clinic, made["id"], at(5))
    assert code(refused) == (409, "too_many_sessions")
    day = f"{today() + timedelta(days=5)}"
    assert clinic.desk.get("/agenda", **{"from": day, "to": day}).json["items"] == []
    assert book(clinic, group(clinic, clinic.client_id)["id"], at(6)).status_code == 201, "another group has its own"


def test_two_book_one_group_at_once_and_one_of_them_does(clinic: Clinic) -> None:
    made = group(clinic, clinic.client_id, clinic.client())
    outcomes = both(*[lambda: book(clinic, made["id"], at(3))] * 2)
    assert outcomes == [(201, ""), (409, "conflict")]
    day = f"{today() + timedelta(days=3)}"
    (session,) = clinic.desk.get("/agenda", **{"from": day, "to": day}).json["items"]
    assert (session["group_id"], len(session["clients"])) == (made["id"], 2)


def test_two_join_for_the_last_place_at_once_and_one_of_them_does(clinic: Clinic) -> None:
    made = group(clinic, clinic.client_id, capacity=2)
    session = book(clinic, made["id"], at(3)).json["id"]
    first, second = (f"/groups/{made['id']}/members/{clinic.client()}" for _ in range(2))
    assert both(lambda: put(clinic, first, {}), lambda: put(clinic, second, {})) == [
        (200, ""),
        (409, "over_capacity"),
    ]
    assert len(roster(clinic, session)[0]) == 2
    assert clinic.desk.get(f"/groups/{made['id']}").json["member_count"] == 2


def test_who_joins_while_the_group_is_booked_comes_or_it_is_booked_anew(clinic: Clinic) -> None:
    made, new = group(clinic, clinic.client_id), clinic.client()
    path = f"/groups/{made['id']}/members/{new}"
    outcomes = both(lambda: put(clinic, path, {}), lambda: book(clinic, made["id"], at(3)))
    assert outcomes in ([(200, ""), (201, "")], [(200, ""), (409, "group_changed")])
    day = f"{today() + timedelta(days=3)}"
    sessions = clinic.desk.get("/agenda", **{"from": day, "to": day}).json["items"]
    assert [len(session["clients"]) for session in sessions] == [2] * len(sessions)
    assert len(sessions) == sum(status == 201 for status, _ in outcomes)
