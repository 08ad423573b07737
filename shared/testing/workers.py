"""How tests are shared out between pytest-xdist's workers (`make test`), and which have the machine to themselves.

A group of tests stays together, so that what its fixtures start is started once: a file, the fault tests with their
stack, or all tests that need RabbitMQ. The file that looks at every page is two groups: the pages of records, and the
others. The groups that take longest begin first; those with a test that is to be alone
come late in that order, for it waits until the other workers' tests have ended, which are short ones by then. The rest
of the tests on a whole stack follows, then everything else: a worker's stack ends once it comes to those, and RabbitMQ
with its group, for a stack that nobody asks costs a sixteenth of a processor all the same. A test marked `alone`
measures time: while it runs, no other worker runs a test. Without workers pytest's own order holds.
"""

from __future__ import annotations

import fcntl
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest

RABBITMQ: Final = "rabbitmq"
FAULTS: Final = "tests/faults/"
PAGES: Final = "tests/browser/test_every_page.py"
BROWSER: Final = "tests/browser/"
STACKS: Final = "tests/"
PAGES_OF_RECORDS: Final = f"{PAGES} of records"
_OF_RECORDS: Final = re.compile(r"\[GET /(agenda|clients|intake|invoices|notes|payments)\b")
# What takes longest, in that order; what else needs a stack follows, then everything else in pytest's order. Tests
# that measure time wait for the matrix, which is one long test, so the other worker begins with something else.
LONGEST_FIRST: Final = (
    "tests/access/test_matrix.py",
    PAGES_OF_RECORDS,
    PAGES,
    BROWSER,
    RABBITMQ,
    FAULTS,
    "embedded/tests/test_commands.py",
    "shared/tests/test_janitor.py",
    "tests/abuse/test_tricks.py",
    "tests/abuse/test_revocation.py",
    "tests/access/test_non_interference.py",
    "services/identity/tests/test_identity_enumeration.py",
    "tests/abuse/test_actor_tokens.py",
    "tests/integration/test_bad_input.py",
    "tests/integration/test_gateway_door.py",
)
# Locks need files that are there for every worker and stay; these two are only opened.
TURN: Final = Path(__file__)
GATE: Final = Path(__file__).with_name("__init__.py")
# By what needs it: what this worker has started for the whole session, and ends sooner.
_STARTED: Final[Mapping[str, list[ExitStack]]] = {RABBITMQ: [], STACKS: []}


def group_of(nodeid: str) -> str:
    """What a test must stay together with while it runs."""
    if re.search(r"\[(.*-)?rabbitmq(-.*)?\]$", nodeid):
        return RABBITMQ
    if nodeid.startswith(PAGES) and _OF_RECORDS.search(nodeid):
        return PAGES_OF_RECORDS
    return FAULTS if nodeid.startswith(FAULTS) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give a group to a worker as a whole. (`--dist loadgroup` does nothing with pytest 9.2 and xdist 3.8.)"""
    if config.getvalue("dist") != "loadscope":
        return None
    scheduler: Any = import_module("xdist.scheduler").LoadScopeScheduling(config, log)
    scheduler._split_scope = group_of
    return scheduler


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest groups first, the same in every worker."""
    if _is_worker(config):
        items.sort(key=lambda item: place_of(group_of(item.nodeid)))


def place_of(group: str) -> int:
    """A group's place in the order. Groups that need a browser follow each other, so that no session goes idle."""
    browser = BROWSER if group.startswith(BROWSER) else group
    for name in (group, browser):
        if name in LONGEST_FIRST:
            return LONGEST_FIRST.index(name)
    return len(LONGEST_FIRST) + (0 if group.startswith(STACKS) else 1)


@contextmanager
def while_needed(by: str) -> Iterator[ExitStack]:
    """For a session's fixture: what is started on it ends after this worker's last test of `RABBITMQ` or `STACKS`."""
    with ExitStack() as started:
        _STARTED[by].append(started)
        yield started


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """End what no later test of this worker needs, by the order of the groups."""
    if nextitem is None or not _is_worker(item.config):
        return
    following = group_of(nextitem.nodeid)
    if following != group_of(item.nodeid) == RABBITMQ:
        _end(RABBITMQ)
    if place_of(following) > len(LONGEST_FIRST):
        _end(STACKS)


def _end(needed_by: str) -> None:
    while _STARTED[needed_by]:
        _STARTED[needed_by].pop().close()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Run a test beside the other workers' tests, or alone. Outermost, so that no time limit counts the waiting."""
    if not _is_worker(item.config):
        return (yield)
    with turn(alone=item.get_closest_marker("alone") is not None):
        return (yield)


@contextmanager
def turn(*, alone: bool, file: Path = TURN, gate: Path = GATE) -> Iterator[None]:
    """Hold the turn, shared or alone. Everybody passes the gate, so a test that waits to be alone is next."""
    with file.open("rb") as lock:
        with gate.open("rb") as passing:
            fcntl.flock(passing, fcntl.LOCK_EX)
            fcntl.flock(lock, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")
