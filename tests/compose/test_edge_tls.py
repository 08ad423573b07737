"""The edge with a certificate: HTTP/2, TLS 1.2 and 1.3, and nothing in the clear."""

from __future__ import annotations

import datetime
import json
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from shared.testing.waiting import wait_until
from tests.compose.stack import EDGE, PUBLIC, addresses, container, docker, echo, needs_the_stack, second_edge
from tests.compose.test_edge import is_a_problem_of_ours, sent

pytestmark = needs_the_stack

HOST = "practice.test"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate for HOST and its key, which everybody may read."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "privkey.pem").write_bytes(key.private_bytes(*pem))
    for path in (folder, *folder.iterdir()):
        path.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def edge(certificate: Path) -> Iterator[str]:
    """An edge with that certificate, in front of a gateway that answers with the request it got."""
    with echo() as gateway, second_edge(gateway, "--volume", f"{certificate}:/run/tls:ro") as made:
        yield made


def shaken(edge: str, certificate: Path, *versions: ssl.TLSVersion) -> tuple[str | None, str | None]:
    """TLS version and protocol that a browser offering HTTP/2 ends up with."""
    context = ssl.create_default_context(cafile=certificate / "fullchain.pem")
    context.set_alpn_protocols(["h2", "http/1.1"])
    context.minimum_version, context.maximum_version = versions[0], versions[-1]
    if versions[-1] < ssl.TLSVersion.TLSv1_2:
        context.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_connection((addresses(edge)[PUBLIC], 8080), timeout=10) as connection:
        with context.wrap_socket(connection, server_hostname=HOST) as secured:
            return secured.version(), secured.selected_alpn_protocol()


def curl(edge: str, *options: str) -> str:
    """What curl prints in the edge's container, asking the port of TLS."""
    connect = ("--resolve", f"{HOST}:8080:127.0.0.1", "--insecure", "--silent")
    return docker("exec", edge, "curl", *connect, *options)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1")
def test_a_browser_gets_http_2_over_tls_1_2_and_1_3(edge: str, certificate: Path) -> None:
    assert shaken(edge, certificate, ssl.TLSVersion.TLSv1_2) == ("TLSv1.2", "h2")
    assert shaken(edge, certificate, ssl.TLSVersion.TLSv1_3) == ("TLSv1.3", "h2")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        shaken(edge, certificate, ssl.TLSVersion.TLSv1_1)


@pytest.mark.parametrize("version", ["2", "1.1"])
def test_the_gateway_hears_that_it_was_https(edge: str, version: str) -> None:
    shown = ("--write-out", "\n%{http_version} %header{strict-transport-security}")
    forged = ("--header", "X-Forwarded-Proto: http", "--header", "X-Forwarded-For: 203.0.113.9")
    printed = curl(edge, f"--http{version}", *shown, *forged, f"https://{HOST}:8080/a?b=c")
    printed_lines, _, rest = printed.rpartition("\n")
    assert rest == f"{version} max-age=31536000"
    headers = dict(json.loads(printed_lines)["headers"])
    assert headers["x-forwarded-proto"] == "https"
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["host"] == f"{HOST}:8080"


def test_plain_http_on_that_port_is_refused(edge: str) -> None:
    status, headers, body = sent(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", addresses(edge)[PUBLIC], 8080)
    assert status == 400
    is_a_problem_of_ours(headers, body, 400, "unparsable")
    assert json.loads(body)["detail"] == "This port speaks HTTPS only."


def test_a_certificate_that_is_not_there_never_becomes_plain_http() -> None:
    with container("--network", "none", "--env", "TLS_DIR=/etc/letsencrypt", EDGE) as made:
        wait_until(lambda: docker("inspect", "--format", "{{.State.Status}}", made).strip() == "exited", 20)
        assert docker("inspect", "--format", "{{.State.ExitCode}}", made).strip() == "1"
