"""Places where a fault test kills the process. Without `FAILPOINT` in the environment each is one comparison.

`FAILPOINT=relay.after_confirm:3` means: SIGKILL at the third pass of that place.
"""

from __future__ import annotations

import os
import signal
from functools import cache

from shared.settings import Environment

_passes: dict[str, int] = {}


def failpoint(name: str) -> None:
    """Die here if this is the place and the pass that the environment names."""
    wanted, nth = _wanted()
    if name != wanted:
        return
    _passes[name] = _passes.get(name, 0) + 1
    if _passes[name] == nth:
        os.kill(os.getpid(), signal.SIGKILL)


@cache
def _wanted() -> tuple[str, int]:
    name, _, nth = Environment.of_process().text("FAILPOINT", "").partition(":")
    return name, int(nth or "1")
