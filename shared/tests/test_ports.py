"""Two processes of ours are never given the same port, and a port comes back when its process has ended."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared import ports

RESERVE = """
import sys
from shared import ports
ports.FIRST, ports.LAST = int(sys.argv[1]), int(sys.argv[2])
for _ in range(int(sys.argv[3])):
    print(ports.reserve_port(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[range]:
    """Eight ports in a row that nothing listens on, as the only ones there are, and reservations of their own.

    They lie below those that anybody else is given.
    """
    first = next(n for n in range(18_000, 19_900, 8) if all(ports._is_unused(p) for p in range(n, n + 8)))
    monkeypatch.setattr(ports, "FIRST", first)
    monkeypatch.setattr(ports, "LAST", first + 7)
    monkeypatch.setattr(ports, "_OURS", set())
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # of the other process
    ports._reservations.cache_clear()
    yield range(first, first + 8)
    ports._reservations.cache_clear()


def another(few: range, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", RESERVE, str(few[0]), str(few[-1]), str(count)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_no_port_is_given_twice(few: range) -> None:
    process = another(few, 4)
    assert process.stdout is not None
    theirs = [int(process.stdout.readline()) for _ in range(4)]
    ours = [ports.reserve_port() for _ in range(4)]
    assert sorted(theirs + ours) == list(few)
    with pytest.raises(ports.NoPortIsFree):
        ports.reserve_port()
    process.kill()  # however it ends
    process.communicate()
    assert sorted(ports.reserve_port() for _ in range(4)) == sorted(theirs)


def test_a_port_that_somebody_listens_on_is_passed_over(few: range) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", few[3]))
        taken.listen()
        assert few[3] not in [ports.reserve_port() for _ in range(7)]
