"""Programs: what they may hold, what their secrets and tokens are worth, and when they are worth nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from shared import clock, permissions
from shared.actor import Program
from shared.ids import new_id


def body(*scope: str, days: float = 30, name: str = "Sync"):
    expires = (clock.now() + timedelta(days=days)).isoformat()
    return {"name": name, "permissions": list(scope or ("clients:read",)), "expires_at": expires}


def made(practice, *scope: str, **facts):
    response = practice.owner.web.post("/api-clients", body(*scope, **facts))
    assert response.status_code == 201, response.text
    return response.json


def ask(practice, client, secret=None):
    credentials = {"client_id": client["id"], "client_secret": secret or client["client_secret"]}
    return practice.public.post("/tokens", credentials)


def token_of(practice, client) -> str:
    response = ask(practice, client)
    assert response.status_code == 200, response.text
    return response.json["access_token"]


def test_a_program_is_what_its_permissions_say(practice):
    client = made(practice, "clients:read", "agenda:read")
    response = ask(practice, client)
    assert response.json["token_type"] == "Bearer" and response.json["expires_in_seconds"] == 900
    resolved = practice.resolve(response.json["access_token"]).json
    assert (resolved["staff_id"], resolved["levels"]) == (client["id"], ["api_client"])
    program = practice.session_of(response.json["access_token"]).actor
    assert isinstance(program, Program)
    assert program.permissions == {"clients:read", "agenda:read"}


def test_the_last_use_is_when_it_last_got_a_token(practice):
    client = made(practice)
    path = f"/api-clients/{client['id']}"
    assert client["last_used_at"] is None
    assert ask(practice, client, "wrong").status_code == 401
    assert practice.owner.web.get(path).json["last_used_at"] is None
    before = clock.now()
    token_of(practice, client)
    assert before <= datetime.fromisoformat(practice.owner.web.get(path).json["last_used_at"]) <= clock.now()


def test_the_secret_is_shown_once_and_kept_as_a_hash(practice, database):
    client = made(practice)
    for shown in (practice.owner.web.get("/api-clients").text, practice.owner.web.get(f"/api-clients/{client['id']}")):
        assert client["client_secret"] not in str(shown) and "client_secret" not in str(shown)
    dump = database.rows("SELECT row(s.*)::text FROM api_secrets s WHERE organization_id = %s", practice.id)
    assert dump and client["client_secret"].partition(".")[2] not in str(dump)


@pytest.mark.abuse("A-ROLE-program-scope")
@pytest.mark.parametrize(
    "never",
    sorted(permissions.ALL - permissions.API_PERMISSIONS),
)
def test_what_makes_a_person_answerable_is_never_a_programs(practice, never):
    refused = practice.owner.web.post("/api-clients", body("clients:read", never))
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "not_for_programs")
    assert not Program(new_id(), new_id(), frozenset({never})).may(never)


@pytest.mark.parametrize(
    "wrong", [{"permissions": []}, {"name": " "}, {"expires_at": "soon"}, {"permissions": ["x:y"]}]
)
def test_requests_that_make_no_sense(practice, wrong):
    assert practice.owner.web.post("/api-clients", {**body(), **wrong}).status_code == 422


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_it_ends_within_a_year(practice, days):
    assert practice.owner.web.post("/api-clients", body(days=days)).json["errors"][0]["code"] == "lifetime"


def test_who_makes_them_and_who_sees_them(practice, new_practice):
    client = made(practice)
    path = f"/api-clients/{client['id']}"
    manager = practice.member("administration").web
    assert manager.get(path).status_code == 200
    for response in (
        manager.post("/api-clients", body()),
        manager.post(f"{path}/revoke"),
        manager.post(f"{path}/rotate"),
    ):
        assert response.status_code == 403
    assert practice.member("therapist").web.get("/api-clients").status_code == 403
    stranger = new_practice().owner.web
    assert stranger.get(path).status_code == stranger.post(f"{path}/revoke").status_code == 404
    assert stranger.get("/api-clients").json["items"] == []
    assert stranger.get("/api-clients", ids=client["id"]).json["items"] == []
    made(practice)
    assert [found["id"] for found in manager.get("/api-clients", ids=client["id"]).json["items"]] == [client["id"]]


@pytest.mark.abuse("A-AUTH-enumeration-program")
def test_wrong_credentials_are_all_the_same(practice, new_practice):
    client, other = made(practice), made(practice)
    strange = made(new_practice())
    answers = [
        ask(practice, client, other["client_secret"]),
        ask(practice, client, strange["client_secret"]),
        ask(practice, {**client, "id": strange["id"]}),
        ask(practice, client, "nonsense"),
        ask(practice, client, client["client_secret"][:-1]),
    ]
    assert {(response.status_code, response.json["code"]) for response in answers} == {(401, "bad_client_credentials")}


def test_failures_are_on_record(practice, database):
    client = made(practice)
    ask(practice, client, made(practice)["client_secret"])
    found = database.rows(
        "SELECT object_id, rule FROM audit_entries WHERE organization_id = %s AND action = 'post_api_token'"
        " AND outcome = 'denied'",
        practice.id,
    )
    assert [(str(identifier), rule) for identifier, rule in found] == [(client["id"], "bad_client_credentials")]


def test_a_rotated_secret_overlaps_as_long_as_was_asked(practice, database):
    client = made(practice)
    path = f"/api-clients/{client['id']}"
    second = practice.owner.web.post(f"{path}/rotate", {"overlap_hours": 1}).json
    assert ask(practice, client).status_code == ask(practice, second).status_code == 200
    third = practice.owner.web.post(f"{path}/rotate", {"overlap_hours": 0}).json
    assert [ask(practice, each).status_code for each in (client, second, third)] == [401, 401, 200]
    living = database.rows("SELECT count(*) FROM api_secrets WHERE api_client_id = %s", client["id"])
    assert living == [(2,)]


def test_without_overlap_a_rotation_ends_the_tokens_too(practice):
    client = made(practice)
    token = token_of(practice, client)
    practice.owner.web.post(f"/api-clients/{client['id']}/rotate", {"overlap_hours": 1})
    assert practice.resolve(token).status_code == 200
    practice.owner.web.post(f"/api-clients/{client['id']}/rotate", {"overlap_hours": 0})
    assert practice.resolve(token).status_code == 401


def test_revoked_is_at_once_and_for_good(practice):
    client = made(practice)
    token = token_of(practice, client)
    address = f"/api-clients/{client['id']}"
    assert practice.owner.web.post(f"{address}/revoke").json["revoked_at"]
    assert practice.resolve(token).status_code == ask(practice, client).status_code == 401
    for path in ("revoke", "rotate"):
        assert practice.owner.web.post(f"{address}/{path}", {} if path == "rotate" else None).status_code == 409
    assert practice.owner.web.patch(address, {"name": "Back"}).json["code"] == "api_client_revoked"
    assert practice.owner.web.get(address).json["name"] == "Sync"


def test_a_smaller_scope_holds_for_tokens_that_are_out(practice):
    client = made(practice, "clients:read", "clients:update")
    token = token_of(practice, client)
    practice.owner.web.patch(f"/api-clients/{client['id']}", {"permissions": ["clients:read"]})
    assert practice.resolve(token).json["grants"] == ["clients:read"]


def test_expired_clients_and_tokens_mean_nothing(practice, database):
    client, other = made(practice), made(practice)
    token, another = token_of(practice, client), token_of(practice, other)
    database.rows("UPDATE api_clients SET expires_at = now() WHERE id = %s RETURNING id", client["id"])
    database.rows("UPDATE api_tokens SET expires_at = now() WHERE api_client_id = %s RETURNING id", other["id"])
    assert practice.resolve(token).status_code == practice.resolve(another).status_code == 401
    assert ask(practice, client).status_code == 401


def test_only_so_many_tokens_live(practice, database):
    client = made(practice)
    tokens = [token_of(practice, client) for _ in range(22)]
    assert database.rows("SELECT count(*) FROM api_tokens WHERE api_client_id = %s", client["id"]) == [(20,)]
    assert [practice.resolve(token).status_code for token in tokens] == [401, 401] + [200] * 20


def test_only_so_many_clients_live(practice):
    clients = [made(practice) for _ in range(50)]
    refused = practice.owner.web.post("/api-clients", body())
    assert (refused.status_code, refused.json["code"]) == (409, "too_many_api_clients")
    practice.owner.web.post(f"/api-clients/{clients[0]['id']}/revoke")
    assert practice.owner.web.post("/api-clients", body()).status_code == 201
    page = practice.owner.web.get("/api-clients", limit=40).json
    assert len(page["items"]) == 40 and page["next_cursor"]


def test_a_stale_change_is_refused(practice):
    path = f"/api-clients/{made(practice)['id']}"
    assert practice.owner.web.patch(path, {"name": "A"}, If_Match='"1"').status_code == 200
    assert practice.owner.web.patch(path, {"name": "B"}, If_Match='"1"').status_code == 412


def test_the_others_hear_what_a_program_may_do(practice, database):
    """When its permissions change and when it is revoked; not of its name."""
    client = made(practice, "clients:read", "agenda:read")
    address, web = f"/api-clients/{client['id']}", practice.owner.web
    assert web.patch(address, {"name": "Other"}).status_code == 200
    assert web.patch(address, {"permissions": ["clients:read"]}).status_code == 200
    assert web.post(f"{address}/revoke").status_code == 200
    statement = (
        "SELECT data FROM outbox WHERE organization_id = %s AND type = 'identity.api_client_changed.v1' ORDER BY id"
    )
    heard = [data for (data,) in database.rows(statement, practice.id)]
    assert [data["permissions"] for data in heard] == [["clients:read"], []]
    assert {data["api_client_id"] for data in heard} == {client["id"]}
