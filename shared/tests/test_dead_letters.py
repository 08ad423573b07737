"""`dead-letters list | show | replay | discard`: what an operator does with what could not be applied."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.messaging import consumer as consumer_module
from shared.messaging import dead_letters
from shared.testing.waiting import wait_until
from shared.tests.conftest import Path, documented


@pytest.fixture
def parked(path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of the dead letter of an event whose handler fails."""
    monkeypatch.setattr(consumer_module, "RETRY_DELAYS_SECONDS", ())
    path.failing = lambda _event: True
    path.emit(documented())
    path.relay()
    path.consume()
    return str(path.billing.rows("SELECT id FROM dead_letters")[0][0])


def run(path: Path, bus_url: str, *arguments: str) -> int:
    return dead_letters.main("billing", path.consuming, bus_url, arguments)


def test_list_and_show_tell_why_and_keep_the_data_back(
    path: Path, bus_url: str, parked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(path, bus_url, "list") == 0
    assert f"{parked}" in (listed := capsys.readouterr().out)
    assert "handler_failed" in listed
    assert run(path, bus_url, "show", parked) == 0
    shown: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert shown["signed_by"] == "clinical.1"
    assert "RuntimeError" in shown["error"]
    assert "data" not in shown
    run(path, bus_url, "show", parked, "--data")
    assert json.loads(capsys.readouterr().out)["data"]["minutes"] == 55


def test_a_replayed_one_is_applied_once(path: Path, bus_url: str, parked: str) -> None:
    path.failing = lambda _event: False
    assert run(path, bus_url, "replay", parked) == 0
    wait_until(lambda: path.consume(0.5) or path.applied, 10, "the replayed event")
    assert path.effects() == 1
    assert run(path, bus_url, "replay", parked) == 1, "it is no longer open"
    assert run(path, bus_url, "replay", "--all") == 0
    assert path.effects() == 1


def test_a_discarded_one_stays_on_record(path: Path, bus_url: str, parked: str) -> None:
    assert run(path, bus_url, "discard", parked, "--reason", "a test") == 0
    assert path.billing.rows("SELECT discard_reason FROM dead_letters") == [("a test",)]
    assert run(path, bus_url, "discard", parked, "--reason", "again") == 1
    with pytest.raises(SystemExit):
        run(path, bus_url, "discard", parked)
