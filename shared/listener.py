"""The small HTTP port of a process without a web server: `/metrics`, `/healthz` and `/readyz`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

HOUR_SECONDS: Final = 3600.0


def serve(host: str, port: int, ready: Callable[[], list[str]]) -> ThreadingHTTPServer:
    """Serve /metrics, /healthz and /readyz in a thread; `ready` names what the process waits for."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._send(200, generate_latest(REGISTRY), CONTENT_TYPE_LATEST)
            elif self.path == "/healthz":
                self._send(200, b'{"status":"alive"}')
            elif self.path == "/readyz":
                waiting = ready()
                names = ",".join(f'"{name}"' for name in waiting)
                self._send(503 if waiting else 200, f'{{"waiting_for":[{names}]}}'.encode())
            else:
                self._send(404, b"{}")

        def _send(self, status: int, body: bytes, kind: str = "application/json") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Scrapes are not worth a line."""

    server = ThreadingHTTPServer((host, port), Handler)
    # Nobody ends it, so it need not look twice a second whether somebody has.
    threading.Thread(target=server.serve_forever, args=(HOUR_SECONDS,), name="metrics", daemon=True).start()
    return server
