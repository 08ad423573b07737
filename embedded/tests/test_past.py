"""The demo's past begins in an empty folder, runs forward only, and ends."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from embedded.home import Home
from embedded.keeper import Keeper
from embedded.past import NotFresh, Past
from embedded.stack import Stack
from shared.clock import MOVED_CLOCK


def days_behind(past: Past) -> float:
    return float(json.loads(past.file.read_text())["behind_seconds"]) / 86_400


def test_time_runs_forward_and_never_ahead(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.enter()
    now = datetime.now(UTC)
    past = Past(home, now - timedelta(days=10))
    assert days_behind(past) == pytest.approx(10, abs=0.01)
    past.move_to(now - timedelta(days=4))
    past.move_to(now - timedelta(days=9))
    assert days_behind(past) == pytest.approx(4, abs=0.01)
    past.move_to(now + timedelta(days=2))
    assert days_behind(past) == 0
    past.end()
    assert not past.file.exists()


def test_no_past_begins_where_a_practice_has_its_data(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.enter()
    home.postgres.mkdir()
    with pytest.raises(NotFresh, match="holds a practice already"):
        Past(home, datetime.now(UTC))


def test_only_a_demos_processes_are_told_and_only_until_its_past_has_ended(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.enter()
    past = Past(home, datetime.now(UTC) - timedelta(days=1))
    moved, usual = Stack(home, 1, print, past=past), Stack(home, 1, print)
    for stack in (moved, usual):
        stack.postgres.port = 1
        stack.ports = dict.fromkeys(
            [f"{s}{w}" for s in ("identity", "clients", "clinical", "billing") for w in ("", " worker")]
            + ["identity sessions", "gateway operations"],
            1,
        )
        stack.keeper = Keeper(stack.children(), print)
    assert usual.keeper is not None
    assert moved.keeper is not None
    assert {child.environment.get(MOVED_CLOCK) for child in usual.keeper.children} == {None}
    assert {child.environment.get(MOVED_CLOCK) for child in moved.keeper.children} == {str(past.file)}
    moved.past_has_ended()
    assert not past.file.exists()
    assert {child.environment.get(MOVED_CLOCK) for child in moved.keeper.children} == {None}
