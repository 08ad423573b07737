"""A RabbitMQ of the tests leaves no process behind: not the node, and not the port mapper (epmd) that it needs.

What is left when the tests themselves are killed, the janitor's tests say.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shared.testing.rabbitmq import PrivateRabbitMQ
from shared.testing.waiting import wait_until

pytestmark = pytest.mark.rabbitmq


def with_setting(text: str) -> list[str]:
    """What runs with this text in its environment or among its arguments, but for ourselves: command names."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            if text.encode() in (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes():
                found.append((entry / "comm").read_text(encoding="utf-8").strip())
        except OSError:
            continue  # it has just ended
    return found


def test_a_broker_that_is_closed_leaves_nothing_behind() -> None:
    broker = PrivateRabbitMQ()
    node = f"caseload{broker.port}@localhost"
    with broker:
        running = with_setting(node)
        assert running.count("epmd") == 1, running
        broker.kill()
        assert "epmd" in with_setting(node), "a node that starts again needs it"
    wait_until(lambda: with_setting(node) == [], 10, "the end of the node and its port mapper")
