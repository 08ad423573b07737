"""The JSON proxy: each row of the API as a Flask view that asks the door and hands on what may come back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Response, request

from gateway.edge.door import PASS_IN, Call, Door
from gateway.edge.upstream import CHUNK_BYTES, StreamedResponse, UpstreamResponse
from gateway.entrance import body_of_request, held, refused, visitor
from gateway.route_table.row import Row
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


def view_of(door: Door, row: Row, trusted_proxies: int) -> Callable[..., Response]:
    """The view that serves one row."""

    def view(**ids: str) -> Response:
        body = body_of_request()
        call = Call(
            method=request.method,
            path=request.path,
            body=body,
            query=request.query_string.decode("latin-1"),
            headers={name: value for name in PASS_IN if (value := request.headers.get(name)) is not None},
            ids=ids,
        )
        try:
            passed = door.pass_through(row, call, visitor(trusted_proxies))
        except Refusal as refusal:
            response = refused(refusal)
            response.call_on_close(body.drain)
            return response
        response = held(passed.done, lambda: _response(passed.response))
        response.headers.update(passed.quota.headers())
        return response

    return view


def _response(answer: UpstreamResponse | StreamedResponse) -> Response:
    if answer.status >= 500 and answer.status != 503:
        # The service's log has the error under this request's id; nobody outside learns more.
        return errors.fault()
    if isinstance(answer, StreamedResponse):
        response = Response(iter(answer.pieces), status=answer.status)
    else:
        # In pieces, because the time that a client may take is counted for each.
        pieces = [answer.body[start : start + CHUNK_BYTES] for start in range(0, len(answer.body), CHUNK_BYTES)]
        response = Response(pieces, status=answer.status)
    response.headers.pop("Content-Type", None)
    for name in PASS_BACK:
        if (value := answer.headers.get(name)) is not None and value.isprintable():
            response.headers[name] = value
    return response
