"""Signing in, staying signed in, and being out at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from services.identity.tests.people import PASSWORD, fresh_email
from shared.keys.actor_token import body_digest

WRONG = "quarry lantern heron 14"


@pytest.mark.abuse("A-SES-after-sign-out")
def test_a_session_from_sign_in_to_sign_out(practice, database):
    signed_in = practice.sign_in(practice.owner)
    assert (signed_in.status_code, signed_in.json["token_type"]) == (201, "Bearer")
    assert signed_in.json["expires_in_seconds"] in (3599, 3600)
    token = signed_in.json["access_token"]
    resolved = practice.resolve(token).json
    assert (resolved["organization_id"], resolved["staff_id"]) == (str(practice.id), str(practice.owner.id))
    assert resolved["levels"] == ["default", "organization_administration"] and resolved["expires_at"].endswith("Z")
    stored = "SELECT count(*) FROM sessions WHERE encode(access_hash, 'escape') LIKE %s"
    assert database.rows(stored, f"%{token[-20:]}%") == [(0,)]
    web = practice.session_of(token)
    assert web.delete("/sessions/current").status_code == 204
    refused = practice.resolve(token)
    assert (refused.status_code, refused.json["code"]) == (401, "session_unknown")
    renewed = practice.public.post("/sessions/refresh", {"refresh_token": signed_in.json["refresh_token"]})
    assert renewed.status_code == 401
    assert web.delete("/sessions/current").status_code == 204  # twice is no trouble


def test_me_tells_who_where_and_what(practice):
    person = practice.member("billing", grants=["refunds"])
    me = practice.session_of(practice.sign_in(person).json["access_token"]).get("/me").json
    assert (me["staff"]["id"], me["organization"]["name"]) == (str(person.id), "Ames Practice")
    assert (me["levels"], me["grants"]) == (["billing", "default"], ["refunds"])
    assert {"payments:refund", "ledger:read"} <= set(me["permissions"]) and "notes:read" not in me["permissions"]


def test_the_email_is_compared_without_regard_to_case(practice):
    signing_in = {"email": f" {practice.owner.email.upper()} ", "password": PASSWORD}
    assert practice.public.post("/sessions", signing_in).status_code == 201


@pytest.mark.abuse("A-AUTH-enumeration-sign-in")
def test_wrong_password_and_unknown_address_answer_alike(practice, database):
    wrong = practice.sign_in(practice.owner, WRONG)
    unknown = practice.public.post("/sessions", {"email": fresh_email(), "password": WRONG})
    invited = practice.sign_in(practice.invite("default"), WRONG)
    for response in (wrong, unknown, invited):
        assert (response.status_code, response.json["code"]) == (401, "bad_credentials")
        assert {**response.json, "request_id": None} == {**wrong.json, "request_id": None}
    trace = "SELECT object_id, rule FROM audit_entries WHERE organization_id = %s AND outcome = 'denied'"
    assert database.rows(trace, practice.id) == [(practice.owner.id, "bad_credentials")]


@pytest.mark.abuse("A-AUTH-brute-force")
@pytest.mark.parametrize("known", [True, False])
def test_five_wrong_passwords_a_minute_then_a_pause_that_heals(practice, later, known):
    email = practice.owner.email if known else fresh_email()
    signing_in = {"email": email, "password": WRONG}
    assert [practice.public.post("/sessions", signing_in).status_code for _ in range(5)] == [401] * 5
    refused = practice.public.post("/sessions", {"email": email.upper(), "password": PASSWORD})
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_failures")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    later(seconds=61)
    healed = practice.public.post("/sessions", {"email": email, "password": PASSWORD})
    assert healed.status_code == (201 if known else 401)


@pytest.mark.abuse("A-AUTH-brute-force")
def test_guesses_sent_at_once_are_counted_one_by_one(practice):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: practice.sign_in(practice.owner, WRONG), range(12)))
    assert sorted(response.status_code for response in answers) == [401] * 5 + [429] * 7


@pytest.mark.abuse("A-AUTH-guesses-bought")
def test_an_organization_of_ones_own_buys_no_more_guesses(practice, new_practice):
    attacker = new_practice(practice.owner.email)  # the victim's address, a password the attacker knows
    own = {"password": PASSWORD, "organization_id": str(attacker.id)}
    statuses = []
    for _ in range(6):
        statuses.append(practice.sign_in(practice.owner, WRONG, organization_id=str(practice.id)).status_code)
        practice.sign_in(attacker.owner, **own)
    assert statuses == [401] * 5 + [429]


@pytest.mark.abuse("A-TEN-several-organizations")
def test_several_organizations_fit_and_one_is_chosen(practice, new_practice):
    second = new_practice(practice.owner.email)
    both = practice.sign_in(practice.owner)
    assert (both.status_code, both.json["code"]) == (409, "choose_organization")
    named = {error["value"]: error["detail"] for error in both.json["errors"]}
    assert {(error["field"], error["code"]) for error in both.json["errors"]} == {("organization_id", "fits")}
    assert named == {str(practice.id): "Ames Practice", str(second.id): "Ames Practice"}
    chosen = practice.sign_in(practice.owner, organization_id=str(second.id))
    assert practice.resolve(chosen.json["access_token"]).json["organization_id"] == str(second.id)
    elsewhere = practice.sign_in(practice.owner, organization_id=str(practice.owner.id))
    assert elsewhere.json["code"] == "bad_credentials"


def test_only_organizations_whose_password_fits_are_named(practice, new_practice):
    elsewhere = new_practice()
    person = elsewhere.invite("default", email=practice.owner.email)
    assert elsewhere.accept(person.invitation, WRONG).status_code == 200
    signed_in = practice.sign_in(practice.owner)
    assert practice.resolve(signed_in.json["access_token"]).json["organization_id"] == str(practice.id)


@pytest.mark.abuse("A-SES-absolute")
def test_access_ends_after_an_hour_and_the_session_after_twelve(practice, later):
    tokens = practice.sign_in(practice.owner).json
    for _ in range(5):  # at work: never idle for long
        later(minutes=11)
        assert practice.resolve(tokens["access_token"]).status_code == 200
    later(minutes=6)
    assert practice.resolve(tokens["access_token"]).status_code == 401
    for _ in range(50):
        tokens = _renew(practice, tokens)
        later(minutes=12)
    tokens = _renew(practice, tokens)
    assert 0 < tokens["expires_in_seconds"] <= 3600  # no longer than the session
    for _ in range(4):
        later(minutes=14)
        tokens = _renew(practice, tokens)
    later(minutes=4)  # not idle: twelve hours are over
    ended = practice.public.post("/sessions/refresh", {"refresh_token": tokens["refresh_token"]})
    assert (ended.status_code, ended.json["code"]) == (401, "session_unknown")


@pytest.mark.abuse("A-SES-idle")
def test_a_session_that_lies_idle_ends(practice, later):
    idle, used = practice.sign_in(practice.owner).json, practice.sign_in(practice.owner).json
    later(minutes=14)
    assert practice.resolve(used["access_token"]).status_code == 200
    later(minutes=2)
    assert practice.resolve(idle["access_token"]).status_code == 401
    assert practice.public.post("/sessions/refresh", {"refresh_token": idle["refresh_token"]}).status_code == 401
    assert practice.resolve(used["access_token"]).status_code == 200
    practice.owner.web.patch("/organization", {"idle_minutes": 30})
    later(minutes=29)
    assert practice.resolve(used["access_token"]).status_code == 200
    for wrong in (4, 31, "15", 7.5):
        assert practice.owner.web.patch("/organization", {"idle_minutes": wrong}).status_code == 422


@pytest.mark.abuse("A-SES-concurrent")
def test_ones_sessions_are_listed_and_ended_one_by_one_or_all(practice):
    here = practice.session_of(practice.sign_in(practice.owner).json["access_token"])
    away_tokens = practice.sign_in(practice.owner).json
    listed = here.get("/me/sessions").json["items"]
    assert [session["current"] for session in listed] == [False, True]
    assert not any("token" in name for name in listed[0])
    away = listed[0]["id"]
    stranger = practice.session_of(practice.sign_in(practice.member("default")).json["access_token"])
    assert (
        stranger.delete(f"/me/sessions/{away}").status_code == stranger.get(f"/me/sessions/{away}").status_code == 404
    )
    assert here.get(f"/me/sessions/{away}").json in listed
    assert here.delete(f"/me/sessions/{away}").status_code == 204
    assert here.delete(f"/me/sessions/{away}").status_code == here.get(f"/me/sessions/{away}").status_code == 404
    assert practice.resolve(away_tokens["access_token"]).status_code == 401
    tokens = [practice.sign_in(practice.owner).json["access_token"] for _ in range(3)]
    assert here.send("DELETE", "/me/sessions", query={"keep_current": "true"}).json == {"ended": 3}
    assert [practice.resolve(token).status_code for token in tokens] == [401] * 3
    assert len(here.get("/me/sessions").json["items"]) == 1
    assert here.delete("/me/sessions").json == {"ended": 1}
    assert here.get("/me/sessions").json["items"] == []


def from_network(practice, network, password):
    """The answer to a sign-in of the owner from that network."""
    public = replace(practice.public, network=network)
    return public.post("/sessions", {"email": practice.owner.email, "password": password})


@pytest.mark.abuse("A-AUTH-lockout")
def test_strangers_who_guess_do_not_keep_the_owner_out(practice, later):
    """A-AUTH-lockout: from ten networks an address gets its hundred guesses an hour, and the owner works on."""
    home = "198.51.100.0/24"
    assert from_network(practice, home, PASSWORD).status_code == 201
    tried = refused = 0
    for _minute in range(4):
        for number in range(10):
            for _ in range(6):
                status = from_network(practice, f"203.0.{number}.0/24", WRONG).status_code
                tried, refused = tried + (status == 401), refused + (status == 429)
        assert from_network(practice, home, PASSWORD).status_code == 201
        later(minutes=1, seconds=1)
    assert tried == 100 and refused == 140
    assert from_network(practice, "192.0.2.0/24", PASSWORD).status_code == 429  # unknown: waits like everybody
    later(minutes=60)
    assert from_network(practice, "192.0.2.0/24", PASSWORD).status_code == 201


@pytest.mark.abuse("A-AUTH-squatting")
def test_who_founds_organizations_under_somebodys_address_crowds_nobody_out(practice, new_practice):
    """A-AUTH-squatting: those who have signed in come first, and naming the organization leaves one."""
    assert practice.sign_in(practice.owner).status_code == 201
    for _ in range(8):
        new_practice(practice.owner.email)
    response = practice.sign_in(practice.owner)  # the test's practices all have one password, so several fit
    assert response.status_code == 409
    assert str(practice.id) in str(response.json["errors"])
    assert practice.sign_in(practice.owner, organization_id=str(practice.id)).status_code == 201


def _renew(practice, tokens):
    response = practice.public.post("/sessions/refresh", {"refresh_token": tokens["refresh_token"]})
    assert response.status_code == 201, response.json
    assert practice.resolve(tokens["access_token"]).status_code == 401
    assert practice.resolve(response.json["access_token"]).status_code == 200
    return response.json


@pytest.mark.abuse("A-SES-refresh-reuse")
@pytest.mark.parametrize("rounds", [1, 2, 5])
def test_a_refresh_token_used_before_ends_the_session_however_old_it_is(practice, database, rounds):
    first = tokens = practice.sign_in(practice.owner).json
    for _ in range(rounds):
        tokens = _renew(practice, tokens)
    reused = practice.public.post("/sessions/refresh", {"refresh_token": first["refresh_token"]})
    assert (reused.status_code, reused.json["code"]) == (401, "refresh_reused")
    assert practice.resolve(tokens["access_token"]).status_code == 401
    assert practice.public.post("/sessions/refresh", {"refresh_token": tokens["refresh_token"]}).status_code == 401
    trace = "SELECT object_id FROM audit_entries WHERE organization_id = %s AND rule = 'refresh_reused'"
    assert database.rows(trace, practice.id) == [(practice.owner.id,)]


def test_the_other_sessions_of_that_person_stay(practice):
    kept, stolen = practice.sign_in(practice.owner).json, practice.sign_in(practice.owner).json
    _renew(practice, stolen)
    practice.public.post("/sessions/refresh", {"refresh_token": stolen["refresh_token"]})
    assert practice.resolve(kept["access_token"]).status_code == 200


@pytest.mark.parametrize("token", ["x", "a.b.c", "é", "AAAAAAAAAAAAAAAAAAAAAA." + "x" * 43, "." * 200])
def test_what_is_no_token_means_nothing(practice, token):
    refused = practice.public.post("/sessions/refresh", {"refresh_token": token})
    assert (refused.status_code, refused.json["code"]) == (401, "session_unknown")
    assert practice.resolve(token).status_code == 401


@pytest.mark.abuse("A-SES-kinds-of-tokens")
def test_kinds_of_tokens_are_not_interchangeable(practice):
    tokens = practice.sign_in(practice.owner).json
    assert practice.resolve(tokens["refresh_token"]).status_code == 401
    assert practice.public.post("/sessions/refresh", {"refresh_token": tokens["access_token"]}).status_code == 401
    assert practice.resolve(tokens["access_token"]).status_code == 200


@pytest.mark.abuse("A-SES-after-deactivation")
def test_deactivation_is_at_once_and_for_good(practice):
    person = practice.member("therapist")
    tokens = practice.sign_in(person).json
    practice.owner.web.patch(person.path, {"active": False})
    for _ in range(2):  # reactivated, the old session stays dead
        assert practice.resolve(tokens["access_token"]).status_code == 401
        refresh = {"refresh_token": tokens["refresh_token"]}
        assert practice.public.post("/sessions/refresh", refresh).status_code == 401
        practice.owner.web.patch(person.path, {"active": True})
    assert practice.sign_in(person).status_code == 201
    practice.owner.web.patch(person.path, {"active": False})
    assert practice.sign_in(person).json["code"] == "bad_credentials"


def test_changed_permissions_are_resolved_at_once(practice):
    person = practice.member("therapist")
    token = practice.sign_in(person).json["access_token"]
    practice.owner.web.patch(person.path, {"levels": ["billing"], "grants": ["refunds"]})
    resolved = practice.resolve(token).json
    assert (resolved["levels"], resolved["grants"]) == (["billing", "default"], ["refunds"])


@pytest.mark.abuse("A-TOK-internal-by-anybody-else")
def test_only_the_gateway_resolves(practice):
    token = practice.sign_in(practice.owner).json["access_token"]
    path, body = "/internal/sessions/resolve", {"access_token": token}
    for outsider in (practice.public, practice.owner.web):
        made = outsider.tokens.make("identity", outsider.actor, write=("POST", path, body_digest(b"")))
        refused = outsider.send("POST", path, body, {"Caseload_Actor": made})
        assert (refused.status_code, refused.json["code"]) == (401, "bad_actor_token")


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"email": "x@y.test"},
        {"email": "x@y.test", "password": ""},
        {"email": "x@y.test", "password": "x" * 129},
        {"email": 5, "password": PASSWORD},
        {"email": "x@y.test", "password": PASSWORD, "organization_id": "mine"},
        {"email": "x@y.test", "password": PASSWORD, "remember": True},
    ],
)
def test_wrong_sign_ins_are_refused_by_field(public, wrong):
    assert public.post("/sessions", wrong).status_code == 422


def test_a_code_of_a_second_factor_is_taken_and_of_no_effect_yet(practice):
    assert practice.sign_in(practice.owner, totp_code="123456").status_code == 201
