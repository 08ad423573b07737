"""Who is signed in, while identity is away, busy, or asked about tokens that somebody made up."""

from __future__ import annotations

import threading
from collections.abc import Callable

import orjson
import pytest

from gateway.edge import sessions as sessions_module
from gateway.edge.sessions import GRACE_SECONDS, REMEMBER_SECONDS, Sessions
from gateway.edge.upstream import BulkheadFull, UpstreamResponse
from gateway.route_table.row import Row
from shared import clock
from shared.errors import Unauthenticated, Unavailable
from shared.ids import new_id
from shared.keys.actor_token import TokenMaker
from shared.testing.web import Keys

READ = Row("GET", "/clients", "clients", "clients:read", "get_clients")
SIGN = Row("POST", "/notes/{note_id}/sign", "clinical", "notes:sign", "sign_note")
WRITE = Row("POST", "/clients", "clients", "clients:create", "post_client")


class Identity:
    """Stands in for the upstream: `answer` says or raises what comes."""

    def __init__(self) -> None:
        self.answer: Callable[[str], UpstreamResponse] = self.knows
        self.sessions: dict[str, bytes] = {}
        self.in_use: list[bool] = []

    def send(self, _method: str, _path: str, _headers: object, body: bytes, *, read_seconds: float) -> UpstreamResponse:
        assert read_seconds <= 3
        question = orjson.loads(body)
        self.in_use.append(question.get("in_use", True))
        return self.answer(question["access_token"])

    def knows(self, token: str) -> UpstreamResponse:
        if not token.startswith("good"):
            return UpstreamResponse(401, {}, b"")
        fresh = orjson.dumps(
            {
                **{name: str(new_id()) for name in ("organization_id", "staff_id", "session_id")},
                "levels": ["default"],
                "grants": [],
            }
        )
        return UpstreamResponse(200, {}, self.sessions.setdefault(token, fresh))


def answering(status: int) -> Callable[[str], UpstreamResponse]:
    return lambda _token: UpstreamResponse(status, {}, b"")


def raising(refusal: Exception) -> Callable[[str], UpstreamResponse]:
    def answer(_token: str) -> UpstreamResponse:
        raise refusal

    return answer


@pytest.fixture
def identity() -> Identity:
    return Identity()


@pytest.fixture
def sessions(identity: Identity, keys: Keys) -> Sessions:
    return Sessions(identity, TokenMaker(keys.private_file("gateway")), unknown_at_once=2)


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets so many seconds pass."""
    now = [1000.0]
    monkeypatch.setattr(clock, "monotonic", lambda: now[0])

    def passed(seconds: float) -> None:
        now[0] += seconds

    return passed


@pytest.mark.parametrize("away", [raising(Unavailable()), answering(500), answering(503)])
def test_while_identity_is_away_people_read_and_sign_for_a_minute(
    sessions: Sessions, identity: Identity, wait: Callable[[float], None], away: Callable[[str], UpstreamResponse]
) -> None:
    actor = sessions.of_bearer("Bearer good", READ)
    identity.answer = away
    wait(REMEMBER_SECONDS + 0.1)
    assert sessions.of_bearer("Bearer good", READ) == sessions.of_bearer("Bearer good", SIGN) == actor
    with pytest.raises(Unavailable):
        sessions.of_bearer("Bearer good", WRITE)
    with pytest.raises(Unavailable):
        sessions.of_bearer("Bearer good-but-never-seen", READ)
    wait(GRACE_SECONDS)
    with pytest.raises(Unavailable):
        sessions.of_bearer("Bearer good", READ)


@pytest.mark.parametrize("there", [raising(BulkheadFull()), answering(429), answering(400)])
def test_while_identity_is_there_its_word_is_waited_for(
    sessions: Sessions, identity: Identity, wait: Callable[[float], None], there: Callable[[str], UpstreamResponse]
) -> None:
    sessions.of_bearer("Bearer good", READ)
    identity.answer = there
    wait(REMEMBER_SECONDS + 0.1)
    with pytest.raises(Unavailable):
        sessions.of_bearer("Bearer good", READ)
    identity.answer = answering(401)
    with pytest.raises(Unauthenticated):
        sessions.of_bearer("Bearer good", READ)


def test_made_up_tokens_leave_places_to_those_who_are_known(
    sessions: Sessions, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions_module, "SLOT_WAIT_SECONDS", 0.05)
    monkeypatch.setattr(sessions_module, "REMEMBER_SECONDS", 0.0)
    actor = sessions.of_bearer("Bearer good", READ)
    released, requested = threading.Event(), threading.Semaphore(0)

    def hangs(token: str) -> UpstreamResponse:
        if token != "good":
            requested.release()
            released.wait(10)
        return identity.knows(token)

    identity.answer = hangs

    def ask(token: str) -> None:
        with pytest.raises(Unauthenticated):
            sessions.of_bearer(f"Bearer {token}", READ)

    askers = [threading.Thread(target=ask, args=(f"made-up-{number}",)) for number in range(2)]
    for asker in askers:
        asker.start()
    try:
        assert requested.acquire(timeout=5) and requested.acquire(timeout=5)
        with pytest.raises(BulkheadFull):
            sessions.of_bearer("Bearer made-up-as-well", READ)
        assert sessions.of_bearer("Bearer good", READ) == actor
    finally:
        released.set()
        for asker in askers:
            asker.join()


def test_made_up_tokens_make_nobody_forgotten(
    sessions: Sessions, identity: Identity, wait: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions_module, "REMEMBERED_MAX", 3)
    actor = sessions.of_bearer("Bearer good", READ)
    for number in range(10):
        with pytest.raises(Unauthenticated):
            sessions.of_bearer(f"Bearer made-up-{number}", READ)
    wait(REMEMBER_SECONDS + 0.1)
    identity.answer = answering(503)
    assert sessions.of_bearer("Bearer good", READ) == actor


def test_a_refused_token_that_becomes_good_is_good(
    sessions: Sessions, identity: Identity, wait: Callable[[float], None]
) -> None:
    identity.answer = answering(401)
    with pytest.raises(Unauthenticated):
        sessions.of_bearer("Bearer good", READ)
    identity.answer = identity.knows
    with pytest.raises(Unauthenticated):
        sessions.of_bearer("Bearer good", READ)
    wait(sessions_module.REMEMBER_REFUSAL_SECONDS)
    assert sessions.of_bearer("Bearer good", READ).actor.levels == {"default"}


def test_a_person_counts_also_right_after_the_page_refreshed_itself(
    sessions: Sessions, identity: Identity, wait: Callable[[float], None]
) -> None:
    sessions.of_bearer("Bearer good", READ, in_use=False)
    sessions.of_bearer("Bearer good", READ, in_use=False)
    sessions.of_bearer("Bearer good", READ)
    sessions.of_bearer("Bearer good", READ)
    sessions.of_bearer("Bearer good", READ, in_use=False)
    assert identity.in_use == [False, True], "identity hears of a person at once, and of the page at most now and then"
    wait(REMEMBER_SECONDS + 0.1)
    sessions.of_bearer("Bearer good", READ, in_use=False)
    assert identity.in_use == [False, True, False]


def test_a_cookie_is_asked_about_as_one_and_brings_the_time_of_the_last_proof(
    sessions: Sessions, identity: Identity
) -> None:
    bodies: list[dict[str, object]] = []
    known = orjson.loads(identity.knows("good").body)

    def answer(body: dict[str, object]) -> UpstreamResponse:
        bodies.append(body)
        session = {**known, "authenticated_at": "2026-11-27T09:00:00Z", "browser": True}
        return UpstreamResponse(200, {}, orjson.dumps(session))

    def send(_method: str, _path: str, _headers: object, body: bytes, **_: object) -> UpstreamResponse:
        return answer(orjson.loads(body))

    identity.send = send  # type: ignore[method-assign]  # this one counts
    browser, program = sessions.of_cookie("good", READ), sessions.of_bearer("Bearer good", READ)
    assert bodies == [{"access_token": "good", "cookie": True}, {"access_token": "good"}]
    assert browser.authenticated_at is not None and program.authenticated_at is None
    sessions.of_cookie("good", READ)
    assert len(bodies) == 2
    sessions.forget_cookie("good")
    sessions.of_cookie("good", READ)
    sessions.of_bearer("Bearer good", READ)
    assert len(bodies) == 3, "the program's token is remembered all the same"


@pytest.mark.parametrize("sid", [None, "", "x" * 201, "gööd"])
def test_what_cannot_be_a_cookie_of_ours_asks_nobody(sessions: Sessions, identity: Identity, sid: str | None) -> None:
    with pytest.raises(Unauthenticated):
        sessions.of_cookie(sid, READ)
    assert identity.in_use == []
