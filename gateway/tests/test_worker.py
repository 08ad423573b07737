"""What gunicorn cannot read as a request is refused as everything else is."""

from __future__ import annotations

import inspect
import json
import logging
import socket
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.http import errors
from gunicorn.workers.ggevent import GeventWorker

from gateway.security_headers import SECURITY_HEADERS
from gateway.worker import OURS, Worker

SENT = "GET /staff?query=Quint HTTP/9.9"
# The protocol of proxies is off: nobody is refused by it.
KINDS = [
    kind
    for name, kind in vars(errors).items()
    if inspect.isclass(kind) and issubclass(kind, errors.ParseException) and kind not in OURS and "Proxy" not in name
]


def answered(worker: type[Any], error: BaseException) -> bytes:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        worker.handle_error(SimpleNamespace(log=logging.getLogger("gunicorn")), None, ours, ("127.0.0.1", 1), error)
        return theirs.recv(10_000)


@pytest.mark.abuse("A-LOG-no-request")
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not errors.ParseException])
def test_what_is_no_request_is_refused_without_what_was_sent(
    kind: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    _self, *parameters = inspect.signature(kind.__init__).parameters.values()
    wanted = [each for each in parameters if each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD]
    error = kind(*[SENT for _ in wanted])
    head, _, body = answered(Worker, error).partition(b"\r\n\r\n")
    assert caplog.messages and "Quint" not in caplog.text
    status = int(head.split()[1])
    assert status == int(answered(GeventWorker, error).split()[1]), "as gunicorn judges it"
    problem = json.loads(body)
    assert (problem["status"], problem["errors"]) == (status, []) and "Quint" not in body.decode()
    assert set(problem) == {"type", "title", "status", "detail", "code", "errors", "request_id"}
    for name in ("Content-Type: application/problem+json", "Connection: close", *SECURITY_HEADERS):
        assert name in head.decode()
