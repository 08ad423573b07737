"""Abuse cases A-TEN: two practices on one machine know nothing of each other, not even how much there is."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from embedded.api_client import ApiClient
from shared.ids import new_id
from shared.testing.waiting import wait_until
from tests.practice import PASSWORD, Practice


def add_client(practice: Practice, family_name: str) -> str:
    body = {"given_name": "Cl", "family_name": family_name, "date_of_birth": "1990-01-02"}
    return str(practice.owner.post("/clients", body)["id"])


def listed(practice: Practice, path: str, **query: Any) -> list[str]:
    """Every id of a list, through all its pages."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = practice.owner.get(path, **query, **cursor)
        found += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


@pytest.fixture(scope="module")
def crowded(home: Practice, away: Practice) -> dict[str, list[str]]:
    """Clients of both practices whose names take turns in the alphabet: practice -> ids in the order of names."""
    made: dict[str, list[str]] = {"home": [], "away": []}
    for number in range(12):
        made["home"].append(add_client(home, f"Name{number:02}a"))
        made["away"].append(add_client(away, f"Name{number:02}b"))
    return made


@pytest.mark.abuse("A-TEN-count", "A-TEN-sort")
def test_pages_are_filled_and_ordered_by_ones_own_alone(
    home: Practice, away: Practice, crowded: dict[str, list[str]]
) -> None:
    """Somebody else's rows between one's own neither shorten a page nor leave a gap."""
    for practice, name in ((home, "home"), (away, "away")):
        first = practice.owner.get("/clients", limit=12)
        assert [item["id"] for item in first["items"]] == crowded[name] and first["next_cursor"] is None
        for limit in (1, 5, 11):
            assert listed(practice, "/clients", limit=limit) == crowded[name]
        found = practice.owner.post("/clients/search", {"query": "name", "limit": 50}, expect=200)["items"]
        assert {client["id"] for client in found} == set(crowded[name])


@pytest.mark.abuse("A-TEN-cursor")
def test_a_cursor_from_elsewhere_opens_nothing(home: Practice, away: Practice, crowded: dict[str, list[str]]) -> None:
    for path in ("/clients", "/staff", "/audit/entries"):
        cursor = away.owner.get(path, limit=2)["next_cursor"]
        assert cursor
        page = home.owner.call("GET", path, params={"cursor": cursor, "limit": 50})
        assert page.status_code == 422, page.text
        foreign = {*crowded["away"], *away.staff_ids.values(), away.organization_id}
        assert not [identifier for identifier in foreign if identifier in page.text], path


@pytest.mark.abuse("A-TEN-name-uniqueness")
def test_a_name_that_is_taken_elsewhere_is_free(home: Practice, away: Practice) -> None:
    """Were it refused, anybody could ask whether some practice has such a colleague, room or service."""
    email = home.email("shared")
    for practice in (home, away):
        body = {"given_name": "S", "family_name": "S", "email": email, "levels": ["default"]}
        practice.owner.post("/staff", body)
        assert practice.owner.post("/staff", body, expect=409)["code"] == "email_taken"
        practice.owner.post("/locations", {"name": "The one and only"})
        service = {"name": "Only", "kind": "cpt", "code": "90834", "rate_cents": 100, "duration_minutes": 45}
        practice.owner.post("/service-types", service)
        practice.owner.patch("/organization", {"npi": "1234567893", "invoice_prefix": "ONLY-"})


@pytest.mark.abuse("A-TEN-sequence")
def test_numbers_count_ones_own_alone(home: Practice, away: Practice) -> None:
    """Invoice numbers tell nobody how much others bill."""

    def numbers(practice: Practice, days: range) -> list[str]:
        client_id, _ = practice.new_client()
        appointments = [practice.document(client_id, f"2026-09-{day:02d}T10:00") for day in days]
        invoices = [practice.draft_of(appointment)["id"] for appointment in appointments]
        return [practice.owner.post(f"/invoices/{invoice_id}/issue", expect=200)["number"] for invoice_id in invoices]

    ahead, first = numbers(home, range(1, 4)), numbers(away, range(1, 3))
    assert first == ahead[:2]


@pytest.mark.abuse("A-TEN-cache")
def test_answers_of_two_practices_are_never_mixed_up(home: Practice, away: Practice) -> None:
    """The gateway and the services remember sessions and tokens for a moment: always the right ones."""
    people = [practice.people[name] for practice in (home, away) for name in practice.people] * 6
    whose = {id(person): practice for practice in (home, away) for person in practice.people.values()}

    def ask(who: ApiClient) -> bool:
        me, practice = ApiClient(who.url, who.token).get("/me"), whose[id(who)]
        right_staff = practice.people[{v: k for k, v in practice.staff_ids.items()}[me["staff"]["id"]]] is who
        return right_staff and bool(me["organization"]["id"] == practice.organization_id)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, people))


@pytest.mark.abuse("A-TEN-token-head")
def test_a_token_names_its_organization_and_can_not_be_readdressed(home: Practice, away: Practice) -> None:
    ours, theirs = str(home.owner.token), str(away.owner.token)
    (head, _, tail), (other, _, other_tail) = ours.partition("."), theirs.partition(".")
    nil = base64.urlsafe_b64encode(bytes(16)).rstrip(b"=").decode()
    for token in (f"{other}.{tail}", f"{head}.{other_tail}", f"{nil}.{tail}", f".{tail}", tail):
        ApiClient(home.url, token).get("/me", expect=401)


@pytest.mark.abuse("A-TEN-several-organizations")
def test_a_session_stays_in_the_practice_that_was_chosen(home: Practice, away: Practice) -> None:
    """One person in two practices: nothing they send moves a session from one to the other."""
    email = home.email("both")
    for practice in (home, away):
        body = {"given_name": "B", "family_name": "B", "email": email, "levels": ["administration"]}
        made = practice.owner.post("/staff", body)
        accept = {"token": made["invitation"]["token"], "password": PASSWORD}
        ApiClient(practice.url).post("/invitations/accept", accept, expect=200)
    signing_in = {"email": email, "password": PASSWORD}
    assert ApiClient(home.url).post("/sessions", signing_in, expect=409)["code"] == "choose_organization"
    elsewhere = {**signing_in, "organization_id": str(new_id())}
    assert ApiClient(home.url).post("/sessions", elsewhere, expect=401)["code"] == "bad_credentials"
    tokens = ApiClient(home.url).post("/sessions", {**signing_in, "organization_id": home.organization_id})
    web = ApiClient(home.url, tokens["access_token"])
    foreign = add_client(away, "Elsewhere")
    for headers in ({}, {"X-Organization": away.organization_id}, {"Caseload-Organization": away.organization_id}):
        assert web.call("GET", f"/clients/{foreign}", headers=headers).status_code == 404
        assert web.call("GET", "/me", headers=headers).json()["organization"]["id"] == home.organization_id
    web.get("/me", expect=422, organization_id=away.organization_id)
    renewed = {"refresh_token": tokens["refresh_token"], "organization_id": away.organization_id}
    ApiClient(home.url).post("/sessions/refresh", renewed, expect=422)


@pytest.mark.abuse("A-IDOR-audit-view", "A-TEN-audit-trail")
def test_the_trail_answers_nothing_about_others(home: Practice, away: Practice) -> None:
    """By client, by person, by object; and the question about them is an entry of one's own trail."""
    foreign = add_client(away, "Watched")
    away.owner.get(f"/clients/{foreign}")
    wait_until(lambda: away.owner.get("/audit/entries", client_id=foreign)["items"], 20, "the entry")
    exported = home.owner.call("GET", "/audit/export")  # before the questions: what was asked for is on record
    assert exported.status_code == 200
    assert away.organization_id not in exported.text and away.staff_ids["owner"] not in exported.text
    for query in ({"client_id": foreign}, {"staff_id": away.staff_ids["owner"]}, {"object_id": foreign}):
        assert home.owner.get("/audit/entries", **query)["items"] == []
