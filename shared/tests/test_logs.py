"""Where log lines go, and that nobody fails by them."""

from __future__ import annotations

import subprocess
import sys

WITHOUT_A_READER = """
import logging, os
from shared import logs
reading, writing = os.pipe()
os.dup2(writing, 2)
os.close(reading)
logs.configure("clients")
for _ in range(3):
    logs.get().warning("something_happened")
    logging.getLogger("library").error("Exception during reset or similar")
print("went on", flush=True)
"""


def test_who_logs_goes_on_where_nobody_reads() -> None:
    """A worker whose keeper was killed: a library that logs as it closes a connection would close it for ever."""
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_A_READER], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.stdout == "went on\n"
