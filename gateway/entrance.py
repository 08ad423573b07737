"""What both entrances need of Flask: who sends the request at hand, its body, and an answer that is let go of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from flask import Response, request

from gateway.edge.addresses import client_address
from gateway.edge.bodies import Body
from gateway.edge.door import Visitor
from gateway.edge.exchange import CHUNK_BYTES
from gateway.edge.limits import OverLimit
from gateway.edge.upstream import StreamedResponse, UpstreamResponse
from shared.errors import Refusal
from shared.web import errors

PASS_BACK: Final = (
    "Content-Type",
    "Content-Disposition",
    "ETag",
    "Location",
    "Retry-After",
    "Idempotency-Replayed",
    "WWW-Authenticate",
)
# A page sends this when it refreshes itself.
BACKGROUND: Final = "Caseload-Background"


def visitor(trusted_proxies: int) -> Visitor:
    """Who sends the request at hand, for the API: cookies count for nothing there."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    return Visitor(
        address=client_address(request.remote_addr or "", forwarded, trusted_proxies),
        authorization=request.headers.get("Authorization"),
        in_use=request.headers.get(BACKGROUND) != "true",
    )


def browser(trusted_proxies: int, cookie: str | None, device: str | None = None) -> Visitor:
    """Who sends the request at hand, for a page: by the browser's cookies, never by a bearer token."""
    return replace(visitor(trusted_proxies), authorization=None, cookie=cookie, device=device)


def body_of_request() -> Body:
    """The body of the request at hand, which may still be on its way."""
    return Body(
        request.stream,
        request.content_length,
        chunked=bool(request.headers.get("Transfer-Encoding")),
        encoded=bool(request.headers.get("Content-Encoding")),
    )


def held(done: Callable[[], None], make: Callable[[], Response]) -> Response:
    """A response that calls `done` when it has been taken, or when it could not be made."""
    try:
        response = make()
    except BaseException:
        done()
        raise
    response.call_on_close(done)
    return response


def refused(refusal: Refusal) -> Response:
    """A refusal as its problem document, with the state of the limit that was met."""
    response = errors.problem(refusal)
    if isinstance(refusal, OverLimit):
        response.headers.update(refusal.quota.headers())
    return response


def response_of(received: UpstreamResponse | StreamedResponse) -> Response:
    """What a service answered, with what may come back of it; a fault of the service as ours."""
    if received.status >= 500 and received.status != 503:
        # The service's log has the error under this request's id; nobody outside learns more.
        return errors.fault()
    if isinstance(received, StreamedResponse):
        response = Response(iter(received.pieces), status=received.status)
    else:
        # In pieces, because the time that a client may take is counted for each.
        pieces = [received.body[start : start + CHUNK_BYTES] for start in range(0, len(received.body), CHUNK_BYTES)]
        response = Response(pieces, status=received.status)
    response.headers.pop("Content-Type", None)
    for name in PASS_BACK:
        if (value := received.headers.get(name)) is not None and value.isprintable():
            response.headers[name] = value
    return response
