"""What somebody would leave undone, as the pages of leaving and of taking off a client show it: one table. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.web import text

NAMED: Final = 3  # of each kind of open work, how many are named


@dataclass(frozen=True, slots=True)
class OpenKind:
    """One kind of open work: how many there are, when or who the first of them are, and what a hand-over does."""

    name: str
    count: int
    first: Sequence[str]
    becomes: str


def open_work(work: Mapping[str, Any], zone: str, now: datetime) -> list[OpenKind]:
    """What a leaver would leave undone, kind by kind. It names colleagues, never clients."""

    def days(name: str, at: str) -> list[str]:
        return [text.moment(item[at], item.get("time_zone", zone), now) for item in work[name]["items"][:NAMED]]

    return [
        OpenKind("Clients", work["clients"], (), "Assigned to the successor"),
        OpenKind("Open cases", work["cases"], (), "The successor joins them"),
        OpenKind(
            "Coming appointments",
            work["appointments"]["count"],
            days("appointments", "starts_at"),
            "Moved, where the successor is free; the others stay",
        ),
        OpenKind(
            "Unsigned notes", work["drafts"]["count"], days("drafts", "created_at"), "Stay, to be taken over one by one"
        ),
        OpenKind(
            "Notes to approve or co-sign",
            work["to_review"]["count"],
            days("to_review", "created_at"),
            "Go to the successor with the supervision",
        ),
        OpenKind(
            "Treatment plans to review",
            work["plans_due"]["count"],
            [text.day(plan["due_on"]) for plan in work["plans_due"]["items"][:NAMED]],
            "Reviewed by the successor, who joins the case",
        ),
        OpenKind(
            "Staff whom they supervise",
            work["supervised"]["count"],
            [item["display_name"] for item in work["supervised"]["items"][:NAMED]],
            "Supervised by the successor",
        ),
    ]


def with_client(work: Mapping[str, Any], zone: str, now: datetime) -> list[OpenKind]:
    """The same of one client. Groups stand apart: their clinician is changed on the agenda."""
    coming = work["appointments"]["items"]
    groups = [item for item in coming if item["client_count"] > 1]
    becomes = {
        "Coming appointments": "Moved, where the colleague is free and no note is begun",
        "Unsigned notes": "The colleague becomes their author; who drafted them stays on record",
        "Notes to approve or co-sign": "Stay. They go with their author’s supervision, in Settings, Staff",
        "Treatment plans to review": "Reviewed by the colleague, who joins the case",
    }
    kinds = [
        OpenKind(kind.name, kind.count, kind.first, becomes[kind.name])
        for kind in open_work(work, zone, now)
        if kind.name in becomes
    ]
    if not groups:
        return kinds
    starts = [text.moment(item["starts_at"], item["time_zone"], now) for item in groups[:NAMED]]
    group_words = "Stay: others come too. Change the clinician on the agenda, or take the client off"
    return [*kinds, OpenKind("Of these appointments, groups", len(groups), starts, group_words)]


def choices(work: Mapping[str, Any], zone: str, now: datetime) -> dict[str, list[tuple[str, str]]]:
    """What can be ticked to be moved: pairs of id and words, by the name of the API."""
    return {
        "appointments": [
            (item["id"], text.moment(item["starts_at"], item["time_zone"], now))
            for item in work["appointments"]["items"]
            if item["client_count"] == 1
        ],
        "drafts": [
            (item["id"], f"begun {text.moment(item['created_at'], zone, now)}") for item in work["drafts"]["items"]
        ],
    }
