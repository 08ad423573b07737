"""The therapy group: a session of last week with attendance and notes, and one of next week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from embedded.demo import practice
from embedded.demo.calendar import Calendar, Patient
from embedded.demo.opening import Opening
from embedded.demo.practice import DESK, MINUTES, SUCCESSOR
from embedded.demo.team import Team

LEADER: Final = SUCCESSOR
MEMBERS_MAX: Final = 6
WRITTEN: Final = 2  # so many notes of last week's session are signed; the others are to be written
WEDNESDAY: Final = timedelta(days=2)
WEEK: Final = timedelta(days=7)
STARTS: Final = "17:00"  # when nobody has an appointment of their own any longer


class Evening:
    """A group that comes on Wednesdays."""

    def __init__(self, team: Team, opening: Opening, calendar: Calendar) -> None:
        self._team, self._opening, self._calendar = team, opening, calendar

    def come_together(self, patients: Sequence[Patient]) -> None:
        """Make the group of the leader's own clients, with its two sessions."""
        leading = practice.CLINICIANS.index(LEADER)
        members = [
            patient for patient in patients if patient.client.clinician == leading and patient.client.last_week is None
        ][:MEMBERS_MAX]
        last_week = self._calendar.monday(self._calendar.last_week)
        body = {
            "name": "Wednesday evening",
            "description": "Skills for difficult evenings, with practice between the sessions.",
            "service_type_id": self._opening.services[practice.GROUP],
            "capacity": 8,
            "staff": [self._team.id_of(LEADER)],
            "members": [patient.id for patient in members],
            "on": last_week.isoformat(),
        }
        group_id = self._team[DESK].post("/groups", body)["id"]
        past, _ = (self._book(group_id, day + WEDNESDAY) for day in (last_week, last_week + 2 * WEEK))
        self._say(past, "arrived")
        self._say(past, "no_show", members[-1])
        for patient in members[: min(WRITTEN, len(members) - 1)]:
            self._document(past, patient)

    def _book(self, group_id: str, day: date) -> str:
        body = {
            "group_id": group_id,
            "staff_id": self._team.id_of(LEADER),
            "service_type_id": self._opening.services[practice.GROUP],
            "location_id": next(iter(self._opening.locations)),
            "starts_at_local": f"{day}T{STARTS}",
        }
        return str(self._team[DESK].post("/appointments", body)["id"])

    def _say(self, session_id: str, status: str, patient: Patient | None = None) -> None:
        body = {"status": status, **({"client_id": patient.id} if patient else {})}
        self._team[DESK].post(f"/appointments/{session_id}/status", body, expect=200)

    def _document(self, session_id: str, patient: Patient) -> None:
        body = {
            "client_id": patient.id,
            "case_id": patient.case_id,
            "template": "soap",
            "content": practice.note(patient.client.diagnosis, patient.booked),
            "minutes": MINUTES[practice.GROUP],
        }
        note = self._team[LEADER].post(f"/appointments/{session_id}/notes", body)
        self._team[LEADER].post(f"/notes/{note['id']}/sign", expect=200)
