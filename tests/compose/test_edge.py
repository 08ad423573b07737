"""The edge: who may reach whom, what it passes on, and what it refuses by itself."""

from __future__ import annotations

import json
import re
import socket
import subprocess
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from gateway.app import SECURITY_HEADERS
from tests.compose.stack import (
    DOOR,
    EDGE,
    PUBLIC,
    URL,
    Beside,
    addresses,
    addresses_in,
    compose,
    containers,
    docker,
    echo,
    inspected,
    needs_the_stack,
    second_edge,
)
from tests.practice import PASSWORD, Practice

pytestmark = needs_the_stack


def sent(request: bytes, host: str = "", port: int = 0) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body that answer bytes as they are, by default to the published port."""
    published = urlsplit(URL)
    with socket.create_connection((host or published.hostname, port or published.port), timeout=20) as connection:
        connection.sendall(request)
        received = b""
        while piece := connection.recv(65536):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    status, *fields = head.decode("latin-1").split("\r\n")
    return int(status.split()[1]), dict(field.split(": ", 1) for field in fields), body


def is_a_problem_of_ours(headers: dict[str, str], body: bytes, status: int, code: str) -> None:
    """Fails unless an answer is a problem document with everything that the gateway's have."""
    problem = json.loads(body)
    assert headers["Content-Type"] == "application/problem+json"
    assert set(problem) == {"type", "title", "status", "detail", "code", "errors", "request_id"}
    assert (problem["status"], problem["code"]) == (status, code)
    assert headers["X-Request-Id"] == problem["request_id"]
    assert {name: headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert headers["Cache-Control"] == "no-store"
    assert "nginx/" not in str(headers) and b"nginx" not in body and b"<" not in body
    assert ("Retry-After" in headers) == (status in (429, 503))


REFUSED = {
    "a request line that is none": (b"HELLO\r\n\r\n", 400, "unparsable"),
    "two hosts": (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "unparsable"),
    "two lengths": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "unparsable"),
    "a length beside chunks": (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
        "unparsable",
    ),
    "an unknown transfer encoding": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\n", 501, "http_error"),
    "a version to come": (b"GET / HTTP/9.1\r\nHost: a\r\n\r\n", 505, "http_error"),
    "an address without end": (b"GET /" + b"a" * 6000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414, "too_large"),
    "a header without end": (b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"a" * 6000 + b"\r\n\r\n", 431, "too_large"),
    "headers without end": (
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"a" * 3000) for n in range(8)) + b"\r\n",
        431,
        "too_large",
    ),
    "a body of two megabytes": (
        b"POST /api/v1/clients HTTP/1.1\r\nHost: a\r\nContent-Length: 2097152\r\n\r\n" + b"a" * 4096,
        413,
        "too_large",
    ),
    "a trace": (b"TRACE /api/v1/me HTTP/1.1\r\nHost: a\r\n\r\n", 405, "method_not_allowed"),
    "its own page of problems": (b"GET /.problem HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 404, "not_found"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_the_edge_refuses_is_a_problem_document(what: str) -> None:
    request, status, code = REFUSED[what]
    answered, headers, body = sent(request)
    assert answered == status
    is_a_problem_of_ours(headers, body, status, code)
    assert ("Allow" in headers) == (status == 405)


def test_a_browser_is_shown_a_page_while_the_gateway_is_away() -> None:
    """A script of a page, and the API, are answered with a problem document all the same."""
    with second_edge("127.0.0.1:9") as edge:
        address = addresses(edge)[PUBLIC]

        def refused(method: str, path: str, accept: str = "text/html,*/*", more: str = "") -> tuple[int, str, str]:
            head = f"{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n"
            head = f"{head}Accept: {accept}\r\n{more}"
            status, headers, body = sent(f"{head}\r\n".encode(), address, 8080)
            return status, headers["Content-Type"].split(";")[0], body.decode()

        status, kind, page = refused("GET", "/home")
        assert (status, kind) == (503, "text/html") and ">Try again</a>" in page and "typed" not in page
        status, kind, page = refused("POST", "/clients/new")
        assert (status, kind) == (503, "text/html") and "look whether it was saved" in page and 'href="/home"' in page
        for refusal in (
            refused("GET", "/home", accept="application/json"),
            refused("GET", "/home", more="HX-Request: true\r\n"),
            refused("GET", "/api/v1/me"),
        ):
            assert refusal[:2] == (503, "application/problem+json")
        styles = sent(b"GET /edge.css HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", address, 8080)
        assert styles[0] == 200 and styles[1]["Content-Type"] == "text/css" and b"--brand" in styles[2]
        lines = [json.loads(line) for line in docker("logs", edge).splitlines() if "edge_refused" in line]
        assert [line["method"] for line in lines[:2]] == ["GET", "POST"]


def test_what_the_gateway_answers_passes_unchanged() -> None:
    session = requests.Session()
    for method, path, status in (
        ("HEAD", "/api/v1/me", 405),
        ("OPTIONS", "/api/v1/me", 405),
        ("PURGE", "/api/v1/me", 405),
        ("GET", "/api/v1//me", 404),
        ("GET", "/api/v1/%6de", 404),
        ("GET", "/api/v1/x/../me", 404),
        ("GET", "/metrics", 404),
        ("GET", "/api/v1/me", 401),
        ("GET", f"/api/v1/me?x={'x' * 3000}", 414),
    ):
        prepared = requests.Request(method, URL).prepare()
        prepared.url = URL + path
        response = session.send(prepared, timeout=10)
        assert response.status_code == status, (method, path)
        assert {name: response.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
        # The gateway's ids are UUIDs; the edge's are not.
        assert response.headers["X-Request-Id"].count("-") == 4, (method, path)


def test_only_what_is_the_same_for_everybody_is_compressed() -> None:
    def asked(path: str) -> requests.Response:
        return requests.get(URL + path, headers={"Accept-Encoding": "gzip"}, timeout=10)

    for path in ("/api/v1/openapi.json", "/api/v1/docs", "/api/v1/docs.css", "/api/v1/docs.js"):
        response = asked(path)
        assert response.status_code == 200 and response.headers["Content-Encoding"] == "gzip", path
    assert asked("/api/v1/docs.js").headers["Cache-Control"] == "public, max-age=3600"
    assert asked("/api/v1/docs").headers["Cache-Control"] == "no-cache"
    assert "Content-Encoding" not in asked("/.well-known/jwks.json").headers


def test_pages_and_what_they_load_come_through_the_edge(practice: Practice) -> None:
    browser = requests.Session()
    browser.headers["Accept"] = "text/html"
    page = browser.get(f"{URL}/", timeout=10)
    assert page.url == f"{URL}/sign-in" and "default-src 'none'" in page.headers["Content-Security-Policy"]
    for address in set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)):
        loaded = browser.get(URL + address, timeout=10)
        assert loaded.status_code == 200 and "immutable" in loaded.headers["Cache-Control"], address
    typed = {"email": practice.email("owner"), "password": PASSWORD}
    foreign = browser.post(f"{URL}/sign-in", typed, headers={"Origin": "https://evil.test"}, timeout=10)
    assert foreign.status_code == 403 and not browser.cookies
    home = browser.post(f"{URL}/sign-in", typed, headers={"Origin": URL}, timeout=10)
    assert home.url == f"{URL}/home" and "Olga" in home.text
    assert browser.get(f"{URL}/help/services", timeout=10).status_code == 200  # the guide is in the image


def test_the_configuration_loads_in_this_nginx() -> None:
    command = ["docker", "run", "--rm", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", EDGE, "check"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0 and "test is successful" in done.stderr, done.stderr
    assert not [line for line in done.stderr.splitlines() if "[warn]" in line or "[alert]" in line], done.stderr


def test_from_outside_nothing_is_reached_but_the_edge() -> None:
    (edge,), gateways = containers("edge"), containers("gateway")
    ports = {"db": "5432", "rabbitmq": "5672,15672", "edge": "8080"}
    targets, the_gateways, edges = [], {"gateway"}, {"edge:8080"}
    for container in inspected(*compose("ps", "-q").split()):
        service = container["Config"]["Labels"]["com.docker.compose.service"]
        hosts = [service, *(address for address in addresses_in(container).values())]
        targets += [f"{host}:{ports.get(service.rpartition('-')[2], '8000,9000')}" for host in hosts]
        the_gateways |= set(hosts) if container["Id"] in gateways else set()
        edges |= {f"{host}:8080" for host in hosts} if container["Id"] == edge else set()

    from_outside = set(Beside("reach", *targets).hear()["reached"])
    assert "edge:8080" in from_outside
    assert from_outside <= edges

    from_the_edge = set(Beside("reach", *targets, network=f"container:{edge}").hear()["reached"])
    assert "gateway:8000" in from_the_edge
    assert {target.rpartition(":")[0] for target in from_the_edge - edges} <= the_gateways
    assert set(addresses(edge)) == {PUBLIC, DOOR}


@pytest.fixture(scope="module")
def mirror() -> Iterator[str]:
    """A gateway that answers with the request it got."""
    with echo() as gateway:
        yield gateway


@pytest.fixture(scope="module")
def strict_edge(mirror: str) -> Iterator[str]:
    """The address of an edge that lets little through, to the mirror."""
    settings = ("EDGE_AT_ONCE_PER_ADDRESS=3", "EDGE_REQUESTS_PER_SECOND=1", "EDGE_BURST_PER_ADDRESS=12")
    with second_edge(mirror, settings=settings) as edge:
        yield addresses(edge)[PUBLIC]


def test_what_reaches_the_gateway(strict_edge: str) -> None:
    forged = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.test",
        "Forwarded": "for=203.0.113.9",
        "X-Real-IP": "203.0.113.9",
        "X-Request-Id": "mine",
        "X_Forwarded_For": "203.0.113.9",
        "Connection": "keep-alive, X-Forwarded-For",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in forged.items()).encode()
    request = (
        b"PURGE /a//b/%2e%2e/../c?d=%20e HTTP/1.1\r\nHost: edge.test\r\nContent-Length: 3\r\n" + lines + b"\r\nabc"
    )
    received = answered_over_a_kept_connection(request, strict_edge)
    assert (received["method"], received["target"], received["body_bytes"]) == ("PURGE", "/a//b/%2e%2e/../c?d=%20e", 3)
    headers = [tuple(header) for header in received["headers"]]
    names = [name for name, _ in headers]
    assert len(names) == len(set(names))
    found = dict(headers)
    assert found["host"] == "edge.test"
    assert found["x-forwarded-proto"] == "http"
    # The host's own address in the edge's network: whose it really is.
    assert found["x-forwarded-for"] == gateway_address_of(PUBLIC)
    assert not {"forwarded", "x-real-ip", "x-request-id", "x-forwarded-host", "x_forwarded_for"} & set(names)
    assert found["connection"] == "close"


def test_a_balancer_of_ours_is_believed_and_a_client_behind_it_is_not(mirror: str) -> None:
    network = str(json.loads(docker("network", "inspect", PUBLIC))[0]["IPAM"]["Config"][0]["Subnet"])
    with second_edge(mirror, settings=(f"EDGE_BALANCERS={network} fd00::/8",)) as edge:
        request = (
            b"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\n"
            b"X-Forwarded-For: 198.51.100.1, 203.0.113.9\r\n\r\n"
        )
        headers = dict(answered_over_a_kept_connection(request, addresses(edge)[PUBLIC])["headers"])
    assert headers["x-forwarded-for"] == "203.0.113.9"
    assert headers["x-forwarded-proto"] == "https"


def test_who_asks_too_often_is_refused_whatever_they_say_they_are(strict_edge: str) -> None:
    answers = [
        sent(
            f"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.{n}\r\nConnection: close\r\n\r\n".encode(),
            strict_edge,
            8080,
        )
        for n in range(30)
    ]
    refused = [response for response in answers if response[0] != 200]
    assert refused and answers[-1][0] == 429
    for status, headers, body in refused:
        is_a_problem_of_ours(headers, body, status, "too_many_requests")
    # Another address is not held up.
    somebody_else = Beside("colleague", strict_edge, 8080, "token", "/")
    assert somebody_else.ask("2")["statuses"] == {"200": 2}
    somebody_else.end()


def test_who_has_too_much_under_way_is_refused(strict_edge: str) -> None:
    holder = Beside("connections", "bodies", strict_edge, 8080, 6)
    holder.hear()
    answers: dict[str, int] = holder.end()["answers"]
    assert answers["HTTP/1.1 429 Too Many Requests"] >= 3


def answered_over_a_kept_connection(request: bytes, host: str) -> dict[str, Any]:
    with socket.create_connection((host, 8080), timeout=20) as connection:
        connection.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received or not received.endswith(b"}"):
            received += connection.recv(65536)
    facts: dict[str, Any] = json.loads(received.partition(b"\r\n\r\n")[2])
    return facts


def gateway_address_of(network: str) -> str:
    """The address that the host itself has in a network of the engine."""
    return str(json.loads(docker("network", "inspect", network))[0]["IPAM"]["Config"][0]["Gateway"])
