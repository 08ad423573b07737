"""While nobody asks for anything, no thread of the stack's processes wakes up more than about once a second."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.stack import Stack

WINDOW_SECONDS = 2.0
WINDOWS_MAX = 20  # other tests leave work behind: the quietest windows are what counts
WAKES_MAX = 3.5  # per second: a look's timer, and PostgreSQL's answers to what it asks


@pytest.mark.alone
def test_no_thread_of_an_idle_stack_wakes_up_again_and_again(embedded_stack: Stack) -> None:
    assert embedded_stack.keeper is not None
    processes = embedded_stack.keeper.processes()
    quietest: dict[tuple[str, int], float] = {}
    for _ in range(WINDOWS_MAX):
        before = wakes(processes)
        time.sleep(WINDOW_SECONDS)  # what happens meanwhile is the measure
        for thread, count in wakes(processes).items():
            if thread in before:
                rate = (count - before[thread]) / WINDOW_SECONDS
                quietest[thread] = min(rate, quietest.get(thread, rate))
        if max(quietest.values()) <= WAKES_MAX:
            break
    busy = {thread: rate for thread, rate in quietest.items() if rate > WAKES_MAX}
    assert not busy, busy
    assert {name for name, _ in quietest} == set(processes)


def wakes(processes: dict[str, int]) -> dict[tuple[str, int], int]:
    """How often each thread has waited for something until now, by its process and its number."""
    counts: dict[tuple[str, int], int] = {}
    for name, pid in processes.items():
        for status in threads_of(pid):
            fields = dict(line.split(":\t", 1) for line in status.splitlines())
            counts[name, int(fields["Pid"])] = int(fields["voluntary_ctxt_switches"])
    return counts


def threads_of(pid: int) -> Iterator[str]:
    """The status of each thread of a process and of its children; those that end meanwhile are left out."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        try:
            status = (thread / "status").read_text(encoding="utf-8")
            children = (thread / "children").read_text(encoding="ascii").split()
        except OSError:
            continue
        yield status
        for child in children:
            yield from threads_of(int(child))
