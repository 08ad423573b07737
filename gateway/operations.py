"""What operators and services ask the gateway itself: is it alive, is it ready, its measures, its public keys."""

from __future__ import annotations

import threading
from typing import Final

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import NotFound as NoRoute

from gateway.config import Settings
from gateway.edge.door import Door
from gateway.edge.limits import OverLimit
from gateway.entrance import refused, visitor
from shared import clock
from shared.web import metrics

READY_SECONDS: Final = 1.0


class Readiness:
    """Which services cannot serve just now; asked at most once a second, by one request for all."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._lock = threading.Lock()
        self._known: tuple[float, list[str]] = (float("-inf"), [])

    def waiting_for(self) -> list[str]:
        """Their names."""
        with self._lock:
            if clock.monotonic() - self._known[0] > READY_SECONDS:
                waiting = [name for name, upstream in self._door.upstreams.items() if not upstream.ready()]
                self._known = (clock.monotonic(), waiting)
            return self._known[1]


def add_to(app: Flask, door: Door, settings: Settings) -> None:
    """Serve `/healthz`, `/readyz`, `/metrics` and `/.well-known/jwks.json`.

    With `METRICS_PORT` set the process listens there too, on a listener with connections of its own: a flood at the
    public port holds up no health check. `/metrics` is then served there alone.
    """
    readiness = Readiness(door)

    @app.get("/healthz")
    def healthz() -> Response:
        return Response('{"status":"alive"}', content_type="application/json")

    @app.get("/readyz")
    def readyz() -> Response:
        waiting = readiness.waiting_for()
        body = orjson.dumps({"status": "waiting" if waiting else "ready", "waiting_for": waiting})
        return Response(body, status=503 if waiting else 200, content_type="application/json")

    @app.get("/metrics")
    def prometheus() -> Response:
        own_port = settings.metrics_port
        if own_port and request.environ.get("SERVER_PORT") != str(own_port):
            raise NoRoute()  # the public port tells nobody how much is going on
        return metrics.exposition()

    @app.get("/.well-known/jwks.json")
    def jwks() -> Response:
        try:
            door.knock(visitor(settings.trusted_proxies))
        except OverLimit as refusal:
            return refused(refusal)
        headers = {"Cache-Control": "public, max-age=5"}
        return Response(orjson.dumps(door.tokens.jwks()), content_type="application/jwk-set+json", headers=headers)
