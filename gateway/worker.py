"""gunicorn's gevent worker, which refuses in our words what is no request: nothing of it comes back or is logged.

An edge in front of the gateway refuses most of it before. Nothing of ours that has threads or locks is imported
here: the worker is loaded before gevent patches the standard library.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, Final

from gunicorn import util
from gunicorn.http.errors import (
    ConfigurationProblem,
    ExpectationFailed,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.workers.ggevent import GeventWorker

from gateway.security_headers import SECURITY_HEADERS
from shared.ids import new_id

OURS: Final = (ConfigurationProblem, InvalidResponseHeader, InvalidResponseHeaderName)
TOO_LARGE: Final = ("too_large", "The address or the headers are longer than the server reads.")
UNPARSABLE: Final = ("unparsable", "This is not a request that the server can read.")
STATUSES: Final[dict[type[ParseException], HTTPStatus]] = {
    LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
}


class Worker(GeventWorker):  # type: ignore[misc]  # gunicorn has no types
    """The worker of the gateway."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer what could not be read as a request; our own faults are gunicorn's to tell."""
        if not isinstance(exc, ParseException) or isinstance(exc, OURS):
            super().handle_error(req, client, addr, exc)
            return
        status = next((status for kind, status in STATUSES.items() if isinstance(exc, kind)), HTTPStatus.BAD_REQUEST)
        self.log.warning("Refused what is no request: %s %s", status.value, type(exc).__name__)
        try:
            util.write_nonblock(client, refusal(status))
        except OSError:  # the sender is gone
            self.log.debug("Nobody reads the refusal.")


def refusal(status: HTTPStatus) -> bytes:
    """A whole answer: a problem document, after which the connection ends."""
    request_id = str(new_id())
    large = status in (HTTPStatus.REQUEST_URI_TOO_LONG, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
    code, detail = TOO_LARGE if large else UNPARSABLE
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "code": code,
        "errors": [],
        "request_id": request_id,
    }
    content = json.dumps(body).encode()
    headers = {
        "Connection": "close",
        "Content-Type": "application/problem+json",
        "Content-Length": str(len(content)),
        "Cache-Control": "no-store",
        "X-Request-Id": request_id,
        **SECURITY_HEADERS,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n{head}\r\n".encode() + content
