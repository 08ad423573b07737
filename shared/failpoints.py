"""Places where a fault test kills the process. Without `FAILPOINT` in the environment each is one comparison.

`FAILPOINT=relay.after_confirm:3:/tmp/fuse` means: SIGKILL at the third pass of that place, once: the file is the fuse,
which is created when it blows and keeps the process that is started afterwards alive.
"""

from __future__ import annotations

import os
import signal
from functools import cache

from shared.settings import Environment

_passes: dict[str, int] = {}


def failpoint(name: str) -> None:
    """Die here if this is the place and the pass that the environment names, and the fuse is whole."""
    wanted, nth, fuse = _wanted()
    if name != wanted:
        return
    _passes[name] = _passes.get(name, 0) + 1
    if _passes[name] == nth:
        try:
            os.close(os.open(fuse, os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)


@cache
def _wanted() -> tuple[str, int, str]:
    given = Environment.of_process().text("FAILPOINT", "")
    if not given:
        return "", 0, ""
    name, nth, fuse = given.split(":", 2)
    return name, int(nth), fuse
