"""Loopback ports for servers that a process starts: reserved, so that no two of ours are ever given the same one.

To bind port 0, close it and pass its number on leaves a gap in which somebody else is given the number: another
stack, a process that starts again, or the near end of an outgoing connection. So a port is drawn below the range that
the kernel draws from, and stays locked until this process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import random
import socket
import tempfile
import threading
from functools import cache
from pathlib import Path
from typing import Final

FIRST: Final = 20_000
LAST: Final = 32_767  # Linux gives outgoing connections the ports from 32768 on, unless told otherwise
_DRAW: Final = random.SystemRandom()
_OURS: Final[set[int]] = set()  # a lock keeps other processes out, not this one
_ALONE: Final = threading.Lock()


class NoPortIsFree(RuntimeError):
    """Every port of the range is reserved or in use."""


def reserve_port() -> int:
    """A loopback TCP port that nobody listens on and that no other call gives until this process has ended.

    Raises `NoPortIsFree`.
    """
    with _ALONE:
        for port in _DRAW.sample(range(FIRST, LAST + 1), LAST + 1 - FIRST):
            if port not in _OURS and _is_unused(port) and _lock(port):
                _OURS.add(port)
                return port
    raise NoPortIsFree(f"no port between {FIRST} and {LAST} is free")


def _is_unused(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _lock(port: int) -> bool:
    """Lock the byte of the file that stands for this port; the kernel lets go of it when the process ends."""
    try:
        fcntl.lockf(_reservations(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    return True


@cache
def _reservations() -> int:
    """The open file that the processes of one user share. It stays empty: only its locks mean something."""
    path = Path(tempfile.gettempdir()) / f"reserved-ports-{os.getuid()}"
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
