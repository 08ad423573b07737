"""How gunicorn serves the gateway: `gunicorn --config python:gateway.server --bind … "gateway.app:create_app()"`.

One process on gunicorn's own gevent worker: a connection that waits costs a few kilobytes and no thread, so slow
senders, slow readers and idle connections hold nobody up. The names below are gunicorn's settings and hooks.
"""

from __future__ import annotations

import resource
from typing import Any, Final

import gevent

from gateway.connections import CONNECTIONS
from shared.web.limits import JSON_BYTES_MAX

worker_class = "gevent"
workers = 1
worker_connections = 10_000
keepalive = 7  # seconds for a request's whole head, also for the next one on a kept connection
graceful_timeout = 30  # longer than a request may take: 5 s for a slot, 3 s for the session, 20 s for a service
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
control_socket_disable = True
loglevel = "warning"

FILES_WANTED: Final = 2 * worker_connections
BODY_BYTES_KEPT: Final = JSON_BYTES_MAX
WATCH_SECONDS: Final = 1.0  # as gunicorn itself looks whether to end


def on_starting(_server: Any) -> None:
    """Ask for as many open files as the connections need, as far as the machine allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_WANTED if hard == resource.RLIM_INFINITY else min(FILES_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def pre_request(_worker: Any, req: Any) -> None:
    """End the connection after a long body, or one of unknown length.

    Such a body may be refused while it is still on its way; what follows on the connection must not be taken for a
    request of its own.
    """
    headers = dict(req.headers)
    if "TRANSFER-ENCODING" in headers or int(headers.get("CONTENT-LENGTH", 0)) > BODY_BYTES_KEPT:
        req.force_close()


def post_request(_worker: Any, _req: Any, environ: dict[str, Any], _resp: Any) -> None:
    """The answer has gone out."""
    CONNECTIONS.end(environ)


def post_worker_init(worker: Any) -> None:
    """Watch for the end: gunicorn waits for every connection, also for those on which nothing is under way."""

    def watch() -> None:
        while worker.alive:
            gevent.sleep(WATCH_SECONDS)
            CONNECTIONS.forget_closed()
        CONNECTIONS.end_idle()

    gevent.spawn(watch)
