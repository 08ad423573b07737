"""A child that ends while the stack starts: its own sentence is said at once, whichever child and setting it is."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from embedded.keeper import Child, Keeper, last_sentence
from embedded.processes import Command, ForkedModule, Startable
from embedded.stack import GATEWAY_LIMITS, ROOT, DidNotStart, ensure_none_ended
from shared.services import SERVICES
from shared.testing.waiting import wait_until

HERE = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
OTHERWISE_RIGHT = {f"{service.upper()}_URL": "http://127.0.0.1:1" for service in SERVICES} | {
    "SIGNING_KEY_FILE": "/nowhere/x"
}
SAYING = "import sys, time; print('[1] [INFO] starting'); print({!r}, file=sys.stderr); sys.exit(3)"


class Started:
    """Keepers that a test has started; they stop with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keepers: list[Keeper] = []

    def keeper(self, *commands: tuple[str, Startable, dict[str, str]]) -> Keeper:
        """A keeper of children with these names, commands and settings."""
        children = [Child(name, command, {**HERE, **given}, self._folder / name) for name, command, given in commands]
        keeper = Keeper(children, lambda _line: None)
        self._keepers.append(keeper)
        keeper.start()
        return keeper

    def stop(self) -> None:
        for keeper in self._keepers:
            keeper.stop()


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    these = Started(tmp_path)
    yield these
    these.stop()


def python(program: str) -> Command:
    return Command([sys.executable, "-c", program])


def what_is_said(keeper: Keeper, names: Sequence[str]) -> str:
    wait_until(lambda: [child.name for child in keeper.ended()] == list(names), 30, "the end of the children")
    with pytest.raises(DidNotStart) as refused:
        ensure_none_ended(keeper)
    return str(refused.value)


def test_the_sentence_of_a_child_that_ended_is_said_while_others_run(started: Started) -> None:
    sentence = "RATE must be a whole number from 1 to 9"
    keeper = started.keeper(
        ("steady", python("import time; time.sleep(60)"), {}), ("wrong", python(SAYING.format(sentence)), {})
    )
    began = time.monotonic()
    reason = what_is_said(keeper, ["wrong"])
    assert reason.startswith(f"wrong did not start: {sentence} (see ")
    assert time.monotonic() - began < 10


def test_every_limit_of_the_gateway_that_is_wrong_is_named(started: Started) -> None:
    gateway = Command([sys.executable, "-W", "ignore", "-c", "from gateway.app import create_app; create_app()"])
    keeper = started.keeper(*((name, gateway, {**OTHERWISE_RIGHT, name: "999999999999"}) for name in GATEWAY_LIMITS))
    for name, line in zip(GATEWAY_LIMITS, what_is_said(keeper, GATEWAY_LIMITS).splitlines(), strict=True):
        assert line.startswith(f"{name} did not start: {name} must be"), line


def test_gunicorn_does_not_hide_the_sentence(started: Started) -> None:
    gunicorn = [sys.executable, "-W", "ignore", "-m", "gunicorn", "gateway.app:create_app()", "--bind", "127.0.0.1:0"]
    settings = {**OTHERWISE_RIGHT, "RATE_PER_ADDRESS": "1000001"}
    keeper = started.keeper(("gateway", Command([*gunicorn, "--chdir", str(ROOT)]), settings))
    reason = what_is_said(keeper, ["gateway"])
    assert "gateway did not start: RATE_PER_ADDRESS must be a whole number from 1 to 1000000" in reason


def test_so_does_a_service(started: Started) -> None:
    settings = {"WORKER_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x", "BUS_URL": "postgresql://127.0.0.1:1/x"}
    keys = {"PUBLIC_KEYS_DIR": "/nowhere", "BUS_KEYS_DIR": "/nowhere", "SIGNING_KEY_FILE": "/nowhere/x"}
    worker = ForkedModule("caseload clinical worker", "services.clinical", ("background",))
    wrong = {"WORKER": {"METRICS_PORT": "65536"}, "EVENTS": {"SETTLE_AGE_SECONDS": "0"}}
    keeper = started.keeper(*((name, worker, {**settings, **keys, **given}) for name, given in wrong.items()))
    first, second = what_is_said(keeper, list(wrong)).splitlines()
    assert "METRICS_PORT must be a whole number from 0 to 65535" in first
    assert "SETTLE_AGE_SECONDS must be a whole number from 1 to 86400" in second


def test_who_says_nothing_is_named_with_how_it_ended(started: Started) -> None:
    keeper = started.keeper(
        ("silent", python("raise SystemExit(5)"), {}), ("killed", python("import os; os.kill(os.getpid(), 9)"), {})
    )
    first, second = what_is_said(keeper, ["silent", "killed"]).splitlines()
    assert first.startswith("silent did not start: exit status 5 (see ")
    assert second.startswith("killed did not start: killed by SIGKILL (see ")


def test_nothing_is_said_while_all_run(started: Started) -> None:
    ensure_none_ended(started.keeper(("steady", python("import time; time.sleep(60)"), {})))


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([], ""),
        (["Traceback:", '  File "x"', "shared.settings.MissingSetting: A is not set"], "A is not set"),
        (["A is not set", '{"event": "stopped"}', "[12] [ERROR] Reason: Worker failed to boot.", ""], "A is not set"),
        (["services.clinical: A is not set"], "A is not set"),
    ],
)
def test_the_last_line_that_is_for_people(lines: list[str], sentence: str) -> None:
    assert last_sentence(lines) == sentence
