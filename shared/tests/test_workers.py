"""How tests are shared out: what is kept together, what begins first, and that a test alone is alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from shared.testing.waiting import wait_until
from shared.testing.workers import BROWSER, FAULTS, LONGEST_FIRST, PAGES, PAGES_OF_RECORDS, RABBITMQ, group_of, turn
from tests.browser.visits import PUBLIC, SIGNED_IN

ROOT = Path(__file__).parents[2]
SHOWN = """
import sys
from functools import partial
from pathlib import Path
sys.path.insert(0, {root!r})
from shared.testing import workers
# A turn of their own: the test that runs these holds one, and who waits to be alone would wait for it for ever.
workers.turn = partial(workers.turn, file=Path(__file__), gate=Path(__file__).with_name("test_one.py"))
pytest_plugins = ["shared.testing.workers"]
"""
TESTS = """
import os, pytest
@pytest.mark.parametrize("n", range(4))
def test_it(n):
    print("BY", os.environ["PYTEST_XDIST_WORKER"], {name!r})
@pytest.mark.parametrize("bus", ["embedded", "rabbitmq"])
def test_with_a_bus(bus):
    if bus == "embedded": return
    print("BY", os.environ["PYTEST_XDIST_WORKER"], "rabbitmq")
"""
ENDING = """
import pytest
@pytest.fixture(scope="session")
def {name}():
    with workers.while_needed(workers.{by}) as started:
        started.callback(print, "SAID {name} ends")
        yield
"""


def run(folder: Path, workers: int) -> subprocess.CompletedProcess[str]:
    """The tests of a folder by so many workers."""
    options = ["-p", "xdist", f"-n{workers}", "--dist=loadscope", "--no-loadscope-reorder", "-rP", "-c", "/dev/null"]
    command = [sys.executable, "-m", "pytest", *options, "--rootdir", str(folder), str(folder)]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_groups_stay_together(tmp_path: Path) -> None:
    """Each file in one worker, and all tests that need RabbitMQ in one, whatever their files."""
    (tmp_path / "conftest.py").write_text(SHOWN.format(root=str(ROOT)), encoding="utf-8")
    for name in ("one", "two", "three"):
        (tmp_path / f"test_{name}.py").write_text(TESTS.format(name=name), encoding="utf-8")
    done = run(tmp_path, workers=2)
    ran = re.findall(r"^BY (gw\d) (\w+)$", done.stdout, re.MULTILINE)
    assert len(ran) == 15, done.stdout + done.stderr
    workers = {group: {worker for worker, name in ran if name == group} for _, group in ran}
    assert {group: len(by) for group, by in workers.items()} == {"one": 1, "two": 1, "three": 1, "rabbitmq": 1}


def test_what_no_later_test_of_a_worker_needs_has_ended(tmp_path: Path) -> None:
    """A broker ends with its group, a stack with the tests on stacks, though their fixtures are the session's."""
    fixtures = [ENDING.format(name=name, by=by) for name, by in (("broker", "RABBITMQ"), ("stack", "STACKS"))]
    (tmp_path / "conftest.py").write_text(SHOWN.format(root=str(ROOT)) + "".join(fixtures))
    (tmp_path / "test_one.py").touch()  # the gate
    source = "def test_it({fixture}): print('SAID', {name!r})\n"
    for folder, name, fixture in (
        ("shared", "plain", "tmp_path"),
        ("tests", "first", "stack"),
        ("tests", "last", "stack"),
    ):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / f"test_{name}.py").write_text(source.format(name=name, fixture=fixture), encoding="utf-8")
    marked = "import pytest\n@pytest.mark.parametrize('bus', ['rabbitmq'])\n"
    on_a_bus = marked + source.format(name="bus", fixture="bus, broker")
    (tmp_path / "shared" / "test_bus.py").write_text(on_a_bus, encoding="utf-8")
    done = run(tmp_path, workers=1)
    ran = re.findall(r"^SAID (.+)$", done.stdout, re.MULTILINE)
    assert ran == ["bus", "broker ends", "first", "last", "stack ends", "plain"], done.stdout + done.stderr


def test_what_is_named_as_long_is_there() -> None:
    files = set(LONGEST_FIRST) - {RABBITMQ, FAULTS, PAGES_OF_RECORDS, BROWSER}
    assert [name for name in files if not (ROOT / name).is_file()] == []
    assert all(list((ROOT / folder).glob("test_*.py")) for folder in (FAULTS, BROWSER))


def test_every_page_is_looked_at_by_two_workers_of_which_neither_has_most() -> None:
    pages = [f"{PAGES}::test_a_page_is_small[{name}]" for name in (*PUBLIC, *SIGNED_IN)]
    of_records = [page for page in pages if group_of(page) == PAGES_OF_RECORDS]
    assert len(pages) / 3 < len(of_records) < len(pages) * 2 / 3
    assert {group_of(page) for page in pages} == {PAGES, PAGES_OF_RECORDS}
    assert group_of(f"{PAGES}::test_a_first_visit_is_small") == PAGES


def test_a_test_alone_is_alone_and_its_turn_comes(tmp_path: Path) -> None:
    for name in ("turn", "gate"):
        (tmp_path / name).touch()
    take = partial(turn, file=tmp_path / "turn", gate=tmp_path / "gate")
    running: list[str] = []
    most: list[set[str]] = []

    def test(name: str, alone: bool, until: Callable[[], bool]) -> threading.Thread:
        def run() -> None:
            with take(alone=alone):
                running.append(name)
                most.append(set(running))
                wait_until(until, 10, "the end of the test")
                running.remove(name)

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    end = threading.Event()
    first = [test("a", False, end.is_set), test("b", False, end.is_set)]
    wait_until(lambda: len(running) == 2, 10, "two beside each other")
    alone = test("alone", True, lambda: True)
    late = [test(name, False, lambda: True) for name in ("c", "d")]
    end.set()
    for thread in (*first, alone, *late):
        thread.join(10)
    assert {"a", "b"} in most and {"alone"} in most
    assert not [together for together in most if "alone" in together and len(together) > 1]
