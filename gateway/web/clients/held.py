"""Whose records a chart holds besides the client's own, since they were merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.web import text
from gateway.web.page import Page
from shared import clock


@dataclass(frozen=True, slots=True)
class Held:
    """A client whose records another one holds too: their number, since when, and the page of the merge."""

    number: int
    on: str
    path: str


def held_of(page: Page, client: Mapping[str, Any]) -> Sequence[Held]:
    """Who was merged into a client, as the API reads one."""
    zone = ZoneInfo(page.me["organization"]["time_zone"])
    return [
        Held(
            each["number"],
            text.day_within(datetime.fromisoformat(each["merged_at"]).astimezone(zone).date(), clock.today(zone.key)),
            path_of(each["merge_id"]),
        )
        for each in client["merged"]
    ]


def path_of(merge_id: str) -> str:
    """Of the page of a merge."""
    return f"/clients/merges/{merge_id}"
