"""`python -m deploy.compose.web APPLICATION`: gunicorn with the settings that every web container shares."""

from __future__ import annotations

import os
import sys

GATEWAY = "gateway.app:create_app()"
METRICS_BIND = "0.0.0.0:9000"  # beside the published port, for Prometheus inside the network


def main(application: str) -> None:
    """Become gunicorn. One process per container: replicas scale it, and its memory is one service's."""
    worker = "gateway.patient_worker.PatientWorker" if application == GATEWAY else "gthread"
    command = [
        *("gunicorn", application, "--bind", "0.0.0.0:8000", "--worker-class", worker, "--workers", "1"),
        *("--threads", "64" if application == GATEWAY else "8", "--no-control-socket", "--worker-tmp-dir", "/dev/shm"),
        *("--graceful-timeout", "20", "--keep-alive", "75", "--log-level", "warning"),
        *("--limit-request-line", "4094", "--limit-request-fields", "64", "--limit-request-field_size", "8190"),
    ]
    if application == GATEWAY:
        command += ["--bind", METRICS_BIND]
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1])
