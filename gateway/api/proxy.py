"""The JSON proxy: each row of the API as a Flask view that asks the door and hands on what may come back."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request

from gateway.edge.door import PASS_IN, Call, Door
from gateway.entrance import body_of_request, held, refused, response_of, visitor
from gateway.route_table.row import Row
from shared.errors import Refusal


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
        response = held(passed.done, lambda: response_of(passed.response))
        response.headers.update(passed.quota.headers())
        return response

    return view
