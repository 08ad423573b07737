"""`python -m deploy.compose.health`: whether this container can serve; exit status 0 or 1."""

from __future__ import annotations

import signal

# On a machine that is overloaded a check may take longer than the seconds between two. Docker does not end one that is
# late, and checks that pile up would take what is left of the machine: so each ends itself, from its first line on.
signal.alarm(4)

import http.client  # noqa: E402 - it must not be loaded before the alarm is set
import sys  # noqa: E402

from shared.settings import Environment  # noqa: E402


def main() -> int:
    """Ask the process's own /readyz: where METRICS_PORT is set it listens there, a service's web process at 8000."""
    port = Environment.of_process().integer("METRICS_PORT", 8000)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", "/readyz")
        return 0 if connection.getresponse().status == 200 else 1
    except (OSError, http.client.HTTPException):
        return 1


if __name__ == "__main__":
    sys.exit(main())
