"""`python -m deploy.compose.health`: whether this container can serve; exit status 0 or 1."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request

from shared.settings import Environment


def main() -> int:
    """Ask the process's own /readyz: a worker's at METRICS_PORT, a web process's at 8000."""
    port = Environment.of_process().integer("METRICS_PORT", 8000)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=3) as response:
            return 0 if response.status == 200 else 1
    except (urllib.error.URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(main())
