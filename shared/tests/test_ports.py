"""Two processes of ours are never given the same port, and a port comes back when its process has ended."""

from __future__ import annotations

import socket
import subprocess
import sys

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
def few(monkeypatch: pytest.MonkeyPatch) -> range:
    """Eight ports in a row that nothing listens on, as the only ones there are."""
    reserved = ports._OURS
    monkeypatch.setattr(ports, "_OURS", set())
    first = next(
        n for n in range(20_100, 32_000, 8) if all(p not in reserved and ports._is_unused(p) for p in range(n, n + 8))
    )
    monkeypatch.setattr(ports, "FIRST", first)
    monkeypatch.setattr(ports, "LAST", first + 7)
    return range(first, first + 8)


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
