"""Refusals as RFC 9457 problem documents."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from shared import logs
from shared.errors import (
    Conflict,
    Forbidden,
    Invalid,
    Moved,
    NotFound,
    Refusal,
    Stale,
    TooLarge,
    TooMany,
    TooSlow,
    Unauthenticated,
    Unavailable,
    Unparsable,
    UnsupportedMedia,
)

# Kind -> status and title. docs/http-status-codes.md explains the choice to people.
STATUS: dict[type[Refusal], tuple[int, str]] = {
    Moved: (308, "Moved"),
    Unparsable: (400, "Bad request"),
    Unauthenticated: (401, "Unauthenticated"),
    Forbidden: (403, "Forbidden"),
    NotFound: (404, "Not found"),
    TooSlow: (408, "Request timeout"),
    Conflict: (409, "Conflict"),
    Stale: (412, "Precondition failed"),
    TooLarge: (413, "Content too large"),
    UnsupportedMedia: (415, "Unsupported media type"),
    Invalid: (422, "Invalid values"),
    TooMany: (429, "Too many requests"),
    Unavailable: (503, "Service unavailable"),
}
PROBLEM_TYPE = "application/problem+json"

# What werkzeug itself refuses before a handler is reached, in our words.
_HTTP_CODES = {
    400: "unparsable",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    414: "too_large",
}


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    return status_of_kind(type(refusal))


def status_of_kind(refusal: type[Refusal]) -> int:
    """The HTTP status of every refusal of a class."""
    return next(STATUS[kind][0] for kind in refusal.__mro__ if kind in STATUS)


def problem(refusal: Refusal) -> Response:
    """The response that answers a refusal."""
    status, title = next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)
    response = _response(status, title, refusal.code, refusal.detail, _field_errors(refusal))
    if isinstance(refusal, TooMany | Unavailable):
        response.headers["Retry-After"] = str(refusal.retry_after_seconds)
    if isinstance(refusal, Moved):
        query = request.query_string.decode("latin-1")
        response.headers["Location"] = refusal.address(f"{request.path}?{query}" if query else request.path)
        response.headers["Cache-Control"] = "no-store"  # it may be taken back
    if isinstance(refusal, Unauthenticated):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def http_problem(error: HTTPException) -> Response:
    """The response for an error raised by the framework: unknown path, wrong method, oversized body."""
    status = error.code or 500
    code = _HTTP_CODES.get(status, "http_error")
    response = _response(status, error.name, code, _HTTP_DETAILS.get(status, error.name), [])
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        allowed = sorted(set(error.valid_methods) - {"OPTIONS", "HEAD"})
        response.headers["Allow"] = ", ".join(allowed)
    return response


def fault() -> Response:
    """The response when we are at fault: says nothing of what happened, only under which id we logged it."""
    return _response(500, "Internal error", "internal_error", "Something went wrong on our side.", [])


_HTTP_DETAILS = {
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    413: "The body is larger than this endpoint takes.",
}


def _field_errors(refusal: Refusal) -> list[dict[str, str]]:
    shown = ({"field": e.field, "code": e.code, "detail": e.detail, "value": e.value} for e in refusal.errors)
    return [{name: text for name, text in error.items() if text is not None} for error in shown]


def _response(status: int, title: str, code: str, detail: str, errors: list[dict[str, str]]) -> Response:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": errors,
        "request_id": logs.request_id.get(),
    }
    return Response(orjson.dumps(body), status=status, content_type=PROBLEM_TYPE)
