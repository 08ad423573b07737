"""What happened to an appointment, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.web import text
from gateway.web.agenda.cards import STATUSES, Names


@dataclass(frozen=True, slots=True)
class Happened:
    """One line: what, by whom, when, and why where somebody said so."""

    what: str
    by: str
    at: str
    why: str


def history_of(lines: Sequence[Mapping[str, Any]], names: Names, zone: str, now: datetime) -> list[Happened]:
    """The lines of its history, newest first."""
    return [
        Happened(
            what="; ".join(_said(line, names)) or "A reason was given",
            by=names.clinician(line["by"]) if line["by"] else "By a hand-over",
            at=text.moment(line["at"], zone, now),
            why=" ".join(filter(None, (line["reason"], line["override_reason"]))),
        )
        for line in reversed(lines)
    ]


def _said(line: Mapping[str, Any], names: Names) -> list[str]:
    facts = [STATUSES[line["status"]][0]] if line["status"] else []
    changes = line["changes"]
    if "starts_at_local" in changes:
        local = datetime.fromisoformat(changes["starts_at_local"])
        facts.append(f"Moved to {text.day(local.date())}, {text.clock_time(local)}")
    if "duration_minutes" in changes:
        facts.append(f"{changes['duration_minutes']} min long")
    if "staff_id" in changes:
        facts.append(f"Given by {names.clinician(changes['staff_id'])}")
    if "service_type_id" in changes:
        facts.append(names.service(changes["service_type_id"]))
    if changes.keys() & {"location_id", "place_of_service", "telehealth"}:
        facts.append("Another place")
    if "time_zone" in changes:
        facts.append(f"By the clocks of {changes['time_zone'].replace('_', ' ')}")
    return facts
