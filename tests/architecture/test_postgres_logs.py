"""No PostgreSQL server that we start logs people's data."""

from __future__ import annotations

import re

from shared.database.local_postgres import DISCREET
from tests.architecture.source import ROOT


def test_under_compose_the_servers_are_started_as_discreet() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    (command,) = re.findall(r"^  command: \[postgres,([^\]]*)\]", text, re.MULTILINE)
    assert dict(re.findall(r"-c, ([a-z_]+)=(\w+)", command)) == DISCREET
