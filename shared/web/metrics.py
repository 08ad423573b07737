"""Prometheus measures of a web process: requests by route pattern and status, never by id or person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Histogram, generate_latest

from shared import clock

REQUESTS = Counter("caseload_http_requests_total", "Requests answered.", ["service", "method", "status"])
SECONDS = Histogram(
    "caseload_http_request_seconds",
    "Time from the first byte in to the last byte out.",
    ["service", "method"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)


def measured(application: Callable[..., Iterable[bytes]], service: str) -> Callable[..., Iterable[bytes]]:
    """A WSGI application that counts and times what passes through `application`."""

    def wrapper(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        started = clock.monotonic()
        method = environ.get("REQUEST_METHOD", "")
        method = method if method in ("GET", "POST", "PUT", "PATCH", "DELETE") else "OTHER"

        def counted(status: str, *rest: Any) -> Any:
            REQUESTS.labels(service, method, status[:3]).inc()
            SECONDS.labels(service, method).observe(clock.monotonic() - started)
            return start_response(status, *rest)

        return application(environ, counted)

    return wrapper


def exposition() -> Response:
    """The process's measures in Prometheus' text format."""
    return Response(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)
