"""Abuse cases A-TOK: every route of every service, asked directly with a token that is almost right."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from shared.ids import new_id
from shared.keys.actor_token import HEADER
from shared.services import SERVICES
from shared.testing.databases import TestServer, load
from shared.testing.web import Keys, ServiceClient, service_client
from shared.web.routes import Route
from tests.abuse.actor_token_mutants import HEADER as GOOD_HEADER
from tests.abuse.actor_token_mutants import compact, good_claims, mutants, signed_by

MUTANTS_MIN = 55
# Of the mutants, those that stand for a kind of attack each; the catalogue names them.
CASES = (
    "A-TOK-none",
    "A-TOK-alg-none",
    "A-TOK-alg-HS256-with-the-public-key",
    "A-TOK-typ-jwt",
    "A-TOK-kid-unknown",
    "A-TOK-kid-a-path",
    "A-TOK-kid-of-a-service",
    "A-TOK-key-of-a-stranger",
    "A-TOK-header-jwk",
    "A-TOK-header-jku",
    "A-TOK-header-x5u",
    "A-TOK-header-crit",
    "A-TOK-header-b64",
    "A-TOK-aud-of-another-service",
    "A-TOK-iss-a-service",
    "A-TOK-expired",
    "A-TOK-not-yet",
    "A-TOK-lives-too-long",
    "A-TOK-org-not-an-id",
    "A-TOK-lifted-to-another-method",
    "A-TOK-lifted-to-another-path",
    "A-TOK-lifted-to-another-body",
    "A-TOK-read-token-for-a-write",
    "A-TOK-claims-changed-after-signing",
    "A-TOK-signature-cut-off",
    "A-TOK-too-long",
)


@pytest.fixture(scope="module")
def application(server: TestServer, keys: Keys) -> Callable[[str], ServiceClient]:
    made: dict[str, ServiceClient] = {}

    def of(service: str) -> ServiceClient:
        if service not in made:
            made[service] = service_client(server.service_database(service), keys)
        return made[service]

    return of


def requests_to(service: str) -> Iterator[tuple[Route, str, bytes]]:
    for route in load(service).routes:
        path = route.path
        while "{" in path:
            path = path[: path.index("{")] + str(new_id()) + path[path.index("}") + 1 :]
        yield route, path, b"" if route.method in ("GET", "DELETE", "PUT") else b"{}"


def ask(client: ServiceClient, route: Route, path: str, body: bytes, token: str) -> int:
    """The status of a request with that token, sent to the service itself."""
    response = client.application.test_client().open(
        path,
        method=route.method,
        data=body,
        headers={HEADER: token} if token else {},
        content_type="application/json" if body else None,
    )
    return int(response.status_code)


@pytest.mark.abuse(*CASES)
@pytest.mark.parametrize("service", SERVICES)
def test_no_mutant_passes_on_any_route(application: Callable[[str], ServiceClient], keys: Keys, service: str) -> None:
    client, requests, tried = application(service), 0, set()
    for route, path, body in requests_to(service):
        names = set()
        for name, token in mutants(keys, service, route.method, path, body):
            if name in ("A-TOK-sub-public", "A-TOK-sub-gateway") and route.permission in ("public", "internal"):
                continue  # that is whose token belongs there
            assert ask(client, route, path, body, token) == 401, (name, route.method, path)
            names.add(name)
            requests += 1
        assert len(names) >= MUTANTS_MIN
        tried |= names
    assert set(CASES) <= tried
    assert requests >= MUTANTS_MIN * len(load(service).routes)


@pytest.mark.parametrize("service", SERVICES)
def test_the_token_that_the_mutants_are_made_of_does_pass(
    application: Callable[[str], ServiceClient], keys: Keys, service: str
) -> None:
    sign = signed_by(keys.private_file("gateway"))
    for route, path, body in requests_to(service):
        if route.permission not in ("public", "internal"):
            claims = good_claims(service, route.method, path, body)
            status = ask(application(service), route, path, body, compact(GOOD_HEADER, claims, sign))
            assert status not in (401, 403), (route.name, status)  # the organization is made up, so much may be amiss


@pytest.mark.abuse("A-TOK-jti-replayed")
def test_a_write_token_is_used_once(application: Callable[[str], ServiceClient], keys: Keys) -> None:
    """A-TOK-jti-replayed."""
    client, path, body = (
        application("clients"),
        "/api/v1/clients",
        b'{"given_name":"A","family_name":"B","date_of_birth":"1990-01-01"}',
    )
    (route,) = [route for route in load("clients").routes if route.name == "post_client"]
    token = compact(GOOD_HEADER, good_claims("clients", "POST", path, body), signed_by(keys.private_file("gateway")))
    assert ask(client, route, path, body, token) == 201
    assert ask(client, route, path, body, token) == 401


@pytest.mark.abuse("A-TOK-header-underscore", "A-TOK-header-double")
@pytest.mark.parametrize("name", ["Caseload_Actor", "caseload-actor ", "X-Caseload-Actor", "Authorization"])
def test_no_other_spelling_of_the_header_counts(
    application: Callable[[str], ServiceClient], keys: Keys, name: str
) -> None:
    """A-TOK-header-underscore and its like."""
    claims = good_claims("clients", "GET", "/api/v1/clients", b"")
    token = compact(GOOD_HEADER, claims, signed_by(keys.private_file("gateway")))
    client = application("clients").application.test_client()
    assert client.get("/api/v1/clients", headers={HEADER: token}).status_code == 200
    if name != "Caseload_Actor":  # WSGI cannot tell that from the real one; gunicorn drops it before: test_tricks.py
        assert client.get("/api/v1/clients", headers={name: token}).status_code == 401
    two = client.get("/api/v1/clients", headers=[(HEADER, token), (HEADER, "nonsense")])
    assert two.status_code == 401
