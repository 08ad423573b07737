"""Abuse cases of the request itself: smuggling, confusing paths, borrowed identities; sent as bytes to the gateway."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from embedded.api_client import ApiClient
from embedded.stack import Stack
from shared.ids import new_id
from tests.practice import Practice
from tests.running import another_gateway


@pytest.fixture(scope="module")
def practice(embedded_stack: Stack) -> Iterator[Practice]:
    """Behind a gateway of this module's own: bytes that are no HTTP leave lines in its log that are not ours."""
    with another_gateway(embedded_stack) as url:
        made = Practice(url)
        made.add_everyone()
        yield made


def raw(url: str, request: bytes) -> bytes:
    """What the server says to these bytes until it closes or falls silent for two seconds."""
    parts = urlsplit(url)
    assert parts.hostname and parts.port
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as connection:
        connection.sendall(request)
        connection.settimeout(2)
        response = b""
        try:
            while chunk := connection.recv(65536):
                response += chunk
        except TimeoutError:
            pass
    return response


def statuses(response: bytes) -> list[int]:
    """The status of each response in a stream."""
    return [int(part[1:4]) for part in response.split(b"HTTP/1.1")[1:]]


BROKEN_CHUNKS = (
    b"-5\r\n{}\r\n0\r\n\r\n",
    b"zz\r\n{}\r\n0\r\n\r\n",
    b"2;a=b\n{}\r\n0\r\n\r\n",
    b"2\r\n{}..0\r\n\r\n",
    b"2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\n\r\n",
    b"2\r\n{}\r\n0\r\nX: 1\n\r\n\r\n",
)


@pytest.mark.parametrize("chunks", BROKEN_CHUNKS)
@pytest.mark.parametrize("path", ["/clients/search", "/staff/import"])
def test_broken_chunks_are_the_senders_fault(practice: Practice, chunks: bytes, path: str) -> None:
    kind = "multipart/form-data; boundary=x" if path == "/staff/import" else "application/json"
    head = (
        f"POST /api/v1{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {practice.owner.token}\r\n"
        f"Content-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    first = statuses(raw(practice.url, head.encode() + chunks))[0]
    assert 400 <= first < 500, first
    practice.owner.get("/me")


SMUGGLED = b"GET /api/v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n"
TWO_LENGTHS = {
    "A-SMUG-length-and-chunked": b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "A-SMUG-two-lengths": b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
    "A-SMUG-length-list": b"Content-Length: 0, 44\r\n\r\n",
    "A-SMUG-chunked-twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "A-SMUG-chunked-misspelt": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "A-SMUG-chunked-with-blank": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "A-SMUG-chunk-size-sign": b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    "A-SMUG-length-sign": b"Content-Length: +5\r\n\r\nhello",
    "A-SMUG-length-hexadecimal": b"Content-Length: 0x5\r\n\r\nhello",
    "A-SMUG-folded-header": b"X-A: 1\r\n Authorization: Bearer x\r\n\r\n",
}


@pytest.mark.abuse(*TWO_LENGTHS)
@pytest.mark.parametrize("name", TWO_LENGTHS)
def test_no_second_request_hides_in_the_first(practice: Practice, name: str) -> None:
    token = practice.owner.token or ""
    head = b"POST /api/v1/sessions/refresh HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    response = raw(practice.url, head + TWO_LENGTHS[name] + SMUGGLED % token.encode())
    found = statuses(response)
    assert found, "no answer at all"
    assert all(status >= 400 for status in found[:1]), (name, response[:300])
    assert b'"permissions"' not in response or name == "A-SMUG-folded-header", "the hidden request was answered"
    practice.owner.get("/me")


PATHS = [
    "/api/v1/../v1/me",
    "/api/v1/%2e%2e/v1/me",
    "/api/v1/..;/me",
    "/api//v1/me",
    "/api/v1/me/",
    "/api/v1/me%00",
    "/api/v1/me%2f",
    "/api/v1/./me",
    "/API/V1/ME",
    "/api/v1/me;jsessionid=1",
    "/api/v1/me.json",
    "/api/v1\\me",
    "//api/v1/me",
    "/internal/sessions/resolve",
    "/api/v1/internal/sessions/resolve",
    "/api/v1/../../internal/sessions/resolve",
    "/metrics/../api/v1/me",
]


@pytest.mark.abuse("A-PATH-one-address")
@pytest.mark.parametrize("path", PATHS)
def test_a_thing_has_one_address(practice: Practice, path: str) -> None:
    """A-PATH: no other spelling leads anywhere."""
    head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {practice.owner.token}\r\n"
    response = raw(practice.url, (head + "Connection: close\r\n\r\n").encode("latin-1"))
    assert statuses(response)[0] in (400, 404), response[:200]
    assert b'"permissions"' not in response


@pytest.mark.abuse("A-HEAD-borrowed-identity")
@pytest.mark.parametrize(
    "header",
    [
        "Caseload_Actor: {}",
        "Caseload-Actor: {}",
        "caseload-actor: {}",
        "X-Http-Method-Override: DELETE",
        "X-Method-Override: DELETE",
        "X-Original-URL: /internal/sessions/resolve",
        "X-Rewrite-URL: /internal/sessions/resolve",
        "X-Forwarded-For: 10.0.0.1",
        "X-Forwarded-Host: evil.test",
        "Forwarded: for=10.0.0.1;host=evil.test",
        "X-Middleware-Subrequest: middleware",
        "X-User: administrator",
        "X-Organization: {}",
        "Host: evil.test",
    ],
)
def test_no_header_borrows_an_identity(practice: Practice, header: str) -> None:
    """A-HEAD: with or without somebody's own token, a header adds nothing to it."""
    line = header.format(new_id())
    for token, expected in ((None, 401), (practice.people["desk"].token, 403)):
        authorization = f"Authorization: Bearer {token}\r\n" if token else ""
        request = f"PATCH /api/v1/organization HTTP/1.1\r\n{line}\r\n{authorization}"
        request += "" if line.startswith("Host") else "Host: x\r\n"
        request += "Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
        response = raw(practice.url, request.encode())
        assert statuses(response) == [expected], (header, response[:300])
        assert b"evil.test" not in response


@pytest.mark.abuse("A-METH-odd")
@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "OPTIONS", "HEAD", "PROPFIND", "DEBUG"])
def test_methods_that_nobody_takes(practice: Practice, method: str) -> None:
    """A-METH."""
    response = requests.request(method, f"{practice.url}/api/v1/me", timeout=5)
    assert response.status_code in (400, 405)
    if response.status_code == 405 and method != "HEAD":
        assert response.headers["Allow"] == "GET, PATCH"


SLOW = {
    "A-DOS-silent": b"",
    "A-DOS-slow-head": b"GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    "A-DOS-slow-body": b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 2000\r\n\r\n{",
    "A-DOS-slow-large-body": b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 900000\r\n\r\n{",
    "A-DOS-slow-chunks": b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    "A-DOS-slow-endless-head": b"GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 33_000,
    "A-DOS-slow-body-of-a-stranger": b"POST /api/v1/clients HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n{",
}


@pytest.mark.alone
@pytest.mark.abuse(*SLOW)
@pytest.mark.parametrize("name", SLOW)
def test_slow_senders_hold_nobody_up(practice: Practice, name: str) -> None:
    """Three hundred connections that send a byte now and then take no thread from those who work."""
    parts = urlsplit(practice.url)
    slow = []
    try:
        for _ in range(300):
            connection = socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5)
            connection.sendall(SLOW[name])
            slow.append(connection)
        waited = []
        for turn in range(20):
            for connection in slow[turn::20]:
                with contextlib.suppress(OSError):  # some were refused already, which is as well
                    connection.sendall(b"x")
            waited.append(practice.owner.call("GET", "/me").elapsed.total_seconds())
        assert max(waited) < 3 and sorted(waited)[10] < 0.5, waited
    finally:
        for connection in slow:
            connection.close()


@pytest.mark.alone
@pytest.mark.abuse("A-DOS-unread-answers")
def test_who_does_not_read_holds_nobody_up(practice: Practice) -> None:
    """Eighty connections that ask for the largest answer, again and again, and take nothing of it."""
    parts = urlsplit(practice.url)
    unread = []
    try:
        for _ in range(80):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            connection.settimeout(5)
            connection.connect((parts.hostname or "", parts.port or 0))
            connection.sendall(b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 12)
            unread.append(connection)
        waited = [practice.owner.call("GET", "/me").elapsed.total_seconds() for _ in range(20)]
        assert max(waited) < 3 and sorted(waited)[10] < 0.5, waited
    finally:
        for connection in unread:
            connection.close()


def test_a_request_in_pieces_is_one_request(practice: Practice) -> None:
    """Byte by byte, or two in one piece: each is answered, in order."""
    parts = urlsplit(practice.url)
    request = f"GET /api/v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {practice.owner.token}\r\n\r\n".encode()
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5) as connection:
        for position in range(len(request)):
            connection.sendall(request[position : position + 1])
        connection.settimeout(5)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    last = request.replace(b"Host: x", b"Host: x\r\nConnection: close")
    assert statuses(raw(practice.url, request + request + last)) == [200, 200, 200]


@pytest.mark.abuse("A-DOS-refused-body")
def test_a_refused_body_that_is_still_coming_ends_the_connection(practice: Practice) -> None:
    """The answer says so, for what follows on the connection would be read as the rest of that body."""
    head = (
        b"POST /api/v1/tokens HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n"
    )
    response = raw(practice.url, head + b"x" * 1000)
    assert statuses(response) == [413]
    assert b"connection: close" in response.lower()


@pytest.mark.abuse("A-DOS-address", "A-DOS-headers", "A-DOS-parameters")
def test_odd_requests_that_are_refused_before_anything_else(practice: Practice) -> None:
    """A-DOS: too long an address, too many headers, a header too long, too many parameters."""
    token = practice.owner.token
    line = f"Authorization: Bearer {token}\r\n"
    for request in (
        f"GET /api/v1/clients?cursor={'x' * 3000} HTTP/1.1\r\nHost: x\r\n{line}",
        f"GET /api/v1/clients?{'&'.join(f'a{n}=1' for n in range(300))} HTTP/1.1\r\nHost: x\r\n{line}",
        "GET /api/v1/clients HTTP/1.1\r\nHost: x\r\n" + line + "".join(f"X-{n}: 1\r\n" for n in range(200)),
        f"GET /api/v1/clients HTTP/1.1\r\nHost: x\r\n{line}X-Long: {'x' * 20_000}\r\n",
    ):
        response = raw(practice.url, (request + "Connection: close\r\n\r\n").encode())
        assert 400 <= statuses(response)[0] < 500, response[:200]


@pytest.mark.abuse("A-SES-scope")
def test_a_token_in_the_address_or_a_cookie_is_nobodys(practice: Practice) -> None:
    """A-SES-scope: only the header counts, so no link and no form can act for somebody."""
    token = practice.owner.token
    nobody = ApiClient(practice.url)
    assert nobody.call("GET", "/me", params={"access_token": token}).status_code == 401
    assert nobody.call("GET", "/me", headers={"Cookie": f"session={token}; access_token={token}"}).status_code == 401
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    response = nobody.call("POST", "/clients", data=f"access_token={token}", headers=form)
    assert response.status_code == 401
    assert "Set-Cookie" not in practice.owner.call("GET", "/me").headers
