"""Places where a fault test kills the process. Without `FAILPOINT` in the environment each is one comparison.

`FAILPOINT` names a file. While the file holds the name of a place, the first process that passes there takes the file
away and dies by SIGKILL; the process that is started afterwards lives. So a test arms a running process.
"""

from __future__ import annotations

import os
import signal
from functools import cache
from pathlib import Path

from shared.settings import Environment


def failpoint(name: str) -> None:
    """Die here if this is the place that the armed file names."""
    armed = _armed()
    if armed is None:
        return
    try:
        if armed.read_text(encoding="utf-8") != name:
            return
        armed.unlink()
    except FileNotFoundError:
        return  # not armed, or another process died of it a moment ago
    os.kill(os.getpid(), signal.SIGKILL)


@cache
def _armed() -> Path | None:
    given = Environment.of_process().text("FAILPOINT", "")
    return Path(given) if given else None
