"""`python -m deploy.compose.migrate SERVICE`: roles and database with the server's password, then the migrations."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Final

import psycopg

from shared.database.roles import create_service_database, roles_of
from shared.settings import Environment

TRIES: Final = 60
WAIT_SECONDS: Final = 1  # a server that is healthy may still restart once while it initialises itself


def main(service: str) -> int:
    """Returns the exit status of the migrations."""
    environment = Environment.of_process()
    passwords = {role: environment.text(f"{role.upper()}_PASSWORD") for role in roles_of(service)}
    for attempt in range(TRIES):
        try:
            create_service_database(environment.text("ADMIN_DATABASE_URL"), service, passwords)
            break
        except psycopg.OperationalError:
            if attempt == TRIES - 1:
                raise
            time.sleep(WAIT_SECONDS)
    return subprocess.run([sys.executable, "-m", f"services.{service}", "migrate"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
