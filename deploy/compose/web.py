"""`python -m deploy.compose.web APPLICATION`: gunicorn with the settings that every web container shares."""

from __future__ import annotations

import os
import sys

GATEWAY = "gateway.app:create_app()"
OPERATIONS_BIND = "0.0.0.0:9000"  # health checks and measures of the gateway, inside its networks only


def main(application: str) -> None:
    """Become gunicorn. One process per container: replicas scale it, and its memory is one service's."""
    command = ["gunicorn", application, "--bind", "0.0.0.0:8000", "--worker-tmp-dir", "/dev/shm"]
    if application == GATEWAY:
        command += ["--config", "python:gateway.server", "--bind", OPERATIONS_BIND]
    else:
        command += [
            *("--worker-class", "gthread", "--workers", "1", "--threads", "8", "--no-control-socket"),
            *("--graceful-timeout", "20", "--keep-alive", "75", "--log-level", "warning"),
            *("--limit-request-line", "4094", "--limit-request-fields", "64", "--limit-request-field_size", "8190"),
        ]
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1])
