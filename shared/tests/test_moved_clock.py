"""The demo's past (ADR 21): only the embedded stack that started a process may move its clock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.app import create_app
from services.billing.app import SERVICE
from shared import clock
from shared.settings import Environment, MissingSetting

ROOT = Path(__file__).parents[2]
FOUR_WEEKS = 28 * 24 * 60 * 60


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "past.json"
    yield file
    file.unlink(missing_ok=True)
    clock.now()  # the file has gone: real time for the other tests


def say(file: Path, keeper: object, behind: float = FOUR_WEEKS) -> Environment:
    file.write_text(json.dumps({"keeper": keeper, "behind_seconds": behind}), encoding="utf-8")
    return Environment({clock.MOVED_CLOCK: str(file)})


def seconds_behind() -> float:
    return (datetime.now(UTC) - clock.now()).total_seconds()


def test_a_process_of_the_demo_follows_its_keeper_and_then_runs_at_real_time_for_good(file: Path) -> None:
    environment = say(file, os.getppid())
    clock.follow(environment)
    assert seconds_behind() == pytest.approx(FOUR_WEEKS, abs=1)
    assert clock.today("UTC") == (datetime.now(UTC) - timedelta(weeks=4)).date()

    say(file, os.getppid(), behind=60)
    assert seconds_behind() == pytest.approx(60, abs=1)

    file.unlink()
    assert seconds_behind() == pytest.approx(0, abs=1)
    say(file, os.getppid())
    assert seconds_behind() == pytest.approx(0, abs=1)


@pytest.mark.parametrize("keeper", [0, -1, 2**22, "somebody", None])
def test_the_setting_is_refused_where_no_embedded_stack_started_the_process(file: Path, keeper: object) -> None:
    environment = say(file, keeper)
    for starts in (clock.follow, SERVICE.web, create_app):
        with pytest.raises(MissingSetting, match="MOVED_CLOCK"):
            starts(environment)
    assert seconds_behind() == pytest.approx(0, abs=1)


@pytest.mark.parametrize("content", ["", "[]", "{}", None])
def test_the_setting_is_refused_where_its_file_says_nothing_of_the_kind(file: Path, content: str | None) -> None:
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(MissingSetting):
        clock.follow(Environment({clock.MOVED_CLOCK: str(file)}))


def test_a_container_refuses_it_even_from_a_process_that_started_it(file: Path, tmp_path: Path) -> None:
    """An image holds `shared`, `services` and `gateway`, and no embedded stack."""
    copied = [line.split()[1] for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("COPY")]
    assert "shared" in copied
    assert "embedded" not in copied
    assert "." not in copied
    image = tmp_path / "image"
    image.mkdir()
    for name in ("shared", "services", "gateway"):
        (image / name).symlink_to(ROOT / name)
    say(file, os.getpid())
    environment = {**os.environ, "PYTHONPATH": str(image), clock.MOVED_CLOCK: str(file)}
    command = [sys.executable, "-W", "ignore", "-m", "services.billing", "worker"]
    ended = subprocess.run(command, env=environment, cwd=image, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2, ended.stderr
    assert "MOVED_CLOCK is for the demo of the embedded stack alone" in ended.stderr
