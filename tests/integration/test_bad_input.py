"""Whatever a client sends, the answer is a problem document, never a 500, and nothing changes."""

from __future__ import annotations

import pytest

from embedded.stack import Stack
from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.row import PREFIX, Row
from shared.ids import new_id
from shared.permissions import PUBLIC
from shared.services import SERVICES
from shared.testing.databases import load
from shared.web.fields import Instant
from shared.web.limits import UPLOAD_BYTES_MAX
from tests.access.test_pages import Window
from tests.practice import Practice


@pytest.fixture(scope="module")
def practice(embedded_stack: Stack) -> Practice:
    return Practice(embedded_stack.url)


def filled(path: str, identifier: str) -> str:
    """The path with this in the place of each id. A row of a table is no id: it has a number."""
    path = path.replace("{row}", "1")
    while "{" in path:
        path = path[: path.index("{")] + identifier + path[path.index("}") + 1 :]
    return path


def ranges() -> list[tuple[str, bool]]:
    """Paths that take `from` and `to`, and whether these are instants."""
    found = []
    for route in (route for service in SERVICES for route in load(service).routes if route.query is not None):
        ends = {field.data_key or name: field for name, field in route.query().load_fields.items()}
        if {"from", "to"} <= ends.keys():
            found.append((route.path.removeprefix(PREFIX), isinstance(ends["from"], Instant)))
    return found


RANGES = ranges()
WITH_BODY = [row for row in ROUTE_TABLE if row.method in ("POST", "PATCH")]


HOSTILE = {
    "not JSON": b"{",
    "not UTF-8": b'"\xff"',
    "a list": b"[]",
    "a number": b"1",
    "NaN": b'{"a": NaN}',
    "infinity": b'{"a": 1e999}',
    "twice the same key": b'{"a": 1, "a": 2}',
    "very deep": b'{"a":' * 50 + b"1" + b"}" * 50,
    "deeper than the stack": b"[" * 100_000,
    "a huge integer": b'{"a": 99999999999999999999999999}',
    "a NUL": b'{"a": "\\u0000"}',
    "a lone surrogate": b'{"a": "\\ud800"}',
    "unknown field": b'{"no_such_field": 1}',
    "wrong types": b'{"name": 1, "email": [], "client_id": {}, "amount_cents": "1", "reason": 5, "status": null}',
}


@pytest.mark.abuse("A-INJ-null-byte", "A-DOS-depth", "A-DOS-big-number", "A-DOS-duplicate-keys")
@pytest.mark.parametrize("row", WITH_BODY, ids=lambda row: f"{row.method} {row.path}")
def test_hostile_bodies(practice: Practice, row: Row) -> None:
    path = filled(row.path, str(new_id()))
    for name, body in HOSTILE.items():
        response = practice.owner.call(row.method, path, data=body, headers={"Content-Type": "application/json"})
        assert 400 <= response.status_code < 500 or response.status_code == 503, (name, response.text)
        assert response.headers["Content-Type"] == "application/problem+json", name
        assert response.json()["request_id"] == response.headers["X-Request-Id"]


@pytest.mark.abuse("A-DOS-body")
@pytest.mark.parametrize("row", WITH_BODY, ids=lambda row: f"{row.method} {row.path}")
def test_wrong_content_type_and_size(practice: Practice, row: Row) -> None:
    path = filled(row.path, str(new_id()))
    headers = {"Content-Type": "text/plain"}
    response = practice.owner.call(row.method, path, data=b"hello", headers=headers)
    assert response.status_code in (415, 422), response.text
    big = b'{"a": "' + b"x" * row.body_bytes_max + b'"}'
    assert practice.owner.call(row.method, path, data=big).status_code == 413


@pytest.mark.abuse("A-DOS-body")
def test_a_file_is_taken_whole_or_not_at_all(practice: Practice) -> None:
    """Its size is counted while it comes, and what is no table is refused by the service that reads it."""
    for file, status, code in (
        (b"a,b\n" + b"x,y\n" * 1_000_000, 422, "too_many_rows"),
        (b"x" * (UPLOAD_BYTES_MAX + 1), 413, "too_large"),
        (b"%PDF-1.7\n\x00", 422, "unreadable_file"),
    ):
        refused = practice.owner.call("POST", "/staff/import", files={"file": ("people.csv", file)})
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    two = [("file", ("a.csv", b"a")), ("file", ("b.csv", b"b"))]
    assert practice.owner.call("POST", "/staff/import", files=two).json()["errors"][0]["code"] == "one_file"
    chunked = iter([b"x" * 65_536] * 200)
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    assert practice.owner.call("POST", "/staff/import", data=chunked, headers=headers).status_code == 413


@pytest.mark.parametrize(
    "row", [row for row in ROUTE_TABLE if "{" in row.path], ids=lambda row: f"{row.method} {row.path}"
)
def test_what_is_not_an_id_names_nothing(practice: Practice, row: Row) -> None:
    body = {"json": {}} if row.method in ("POST", "PATCH") else {}
    for identifier in ("1", "null", "0" * 36, "x" * 300, "11111111-1111-1111-1111-111111111111"):
        response = practice.owner.call(row.method, filled(row.path, identifier), **body)
        assert response.status_code in (404, 422), (identifier, response.text)
        assert response.json()["code"]


@pytest.mark.abuse("A-DOS-page-size")
@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "cursor=x", "cursor=W10", "nonsense=1", "limit=1&limit=2"]
)
def test_wrong_queries(practice: Practice, query: str) -> None:
    for path in ("/clients", "/staff", "/locations", "/invoices", "/service-types", "/payments"):
        response = practice.owner.call("GET", f"{path}?{query}")
        assert response.status_code == 422, (path, response.text)
        assert response.json()["errors"]


@pytest.mark.abuse("A-INJ-query-bytes")
@pytest.mark.parametrize("query", ["tag=%ff%fe", "q=%c0%80", "q=%ed%a0%80", "%ff=1", "tag=%e2%28", "limit=1&q=a%80"])
def test_queries_that_are_not_utf_8(practice: Practice, query: str) -> None:
    for path in ("/clients", "/staff", "/invoices", "/me"):
        response = practice.owner.call("GET", f"{path}?{query}")
        assert (response.status_code, response.json()["code"]) == (400, "unparsable"), (path, response.text)


@pytest.mark.abuse("A-INJ-query-bytes")
@pytest.mark.parametrize("query", ["tag=%ff%fe", "%ff=1", "q=%ed%a0%80"])
def test_pages_take_no_query_that_is_not_utf_8_either(practice: Practice, query: str) -> None:
    for window, path in ((Window(practice, "owner"), "/clients"), (Window(practice, None), "/sign-in")):
        assert window.get(path).status_code == 200
        assert window.get(f"{path}?{query}").status_code == 400, path


@pytest.mark.parametrize(("path", "instants"), RANGES, ids=[path for path, _ in RANGES])
def test_a_time_that_ends_before_it_begins_is_refused(practice: Practice, path: str, instants: bool) -> None:
    """Whatever has a beginning and an end among its filters, by one rule."""
    first, last = ("2026-11-02T00:00:00Z", "2026-11-01T00:00:00Z") if instants else ("2026-11-02", "2026-11-01")
    response = practice.owner.call("GET", f"{filled(path, str(new_id()))}?from={first}&to={last}")
    assert (response.status_code, [error["code"] for error in response.json()["errors"]]) == (422, ["before_from"])


def test_methods_that_an_address_does_not_take(practice: Practice) -> None:
    for method in ("DELETE", "PUT", "PATCH", "TRACE", "OPTIONS", "HEAD", "PROPFIND"):
        response = practice.owner.call(method, "/clients")
        assert response.status_code == 405, method
        assert set(response.headers["Allow"].split(", ")) == {"GET", "POST"}, method


@pytest.mark.parametrize(
    "path",
    ["/clients/", "//clients", "/clients/.", "/clients/../me", "/%63lients", "/clients;x=1", "/clients%2F", "/nowhere"],
)
def test_every_address_has_one_spelling(practice: Practice, path: str) -> None:
    import http.client
    from urllib.parse import urlsplit

    connection = http.client.HTTPConnection(urlsplit(practice.url).netloc, timeout=10)
    authorization = str(practice.owner.session.headers["Authorization"])
    connection.request("GET", "/api/v1" + path, headers={"Authorization": authorization})
    assert connection.getresponse().status == 404


def test_public_addresses_refuse_nonsense_too(practice: Practice) -> None:
    for row in ROUTE_TABLE:
        if row.permission == PUBLIC and row.path != "/sessions/passkey-options":  # which takes no body
            assert practice.owner.call(row.method, row.path, json={}).status_code == 422


def test_idempotency_keys(practice: Practice) -> None:
    body = {"given_name": "Ida", "family_name": "Once", "date_of_birth": "1990-01-02"}
    first = practice.owner.post("/clients", body, Idempotency_Key="one")
    assert practice.owner.post("/clients", body, Idempotency_Key="one") == first
    other = practice.owner.post("/clients", {**body, "given_name": "Else"}, expect=422, Idempotency_Key="one")
    assert other["code"] == "idempotency_key_reused"
    practice.owner.post("/clients", body, expect=422, Idempotency_Key="x" * 300)


def test_the_api_describes_itself(practice: Practice) -> None:
    document = practice.owner.get("/openapi.json")
    assert document["openapi"] == "3.1.0"
    described = {(method.upper(), path) for path, ops in document["paths"].items() for method in ops}
    assert described == {(row.method, "/api/v1" + row.path) for row in ROUTE_TABLE}
