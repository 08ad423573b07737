"""When who comes, and what becomes of it. Pure: the same at every run."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from embedded.demo.people import HOURS, SEED, STEADY, Client
from embedded.demo.practice import CHECK_IN, CLINICIANS, EVALUATION, FAMILY, Size, team_day

KEPT, MISSED, LATE, CALLED_OFF = "kept", "no_show", "late_cancelled", "cancelled"
WEEK = timedelta(days=7)


@dataclass(slots=True)
class Patient:
    """A client as the player knows them."""

    client: Client
    id: str = ""
    case_id: str = ""
    goals: Sequence[str] = ()  # keys of those of the plan
    booked: int = 0
    owes_cents: int = 0
    payments: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Session:
    """An appointment, and what becomes of it."""

    patient: Patient
    start: datetime  # by the practice's clocks
    service: str
    fate: str
    id: str = ""
    note_id: str = ""
    signed: bool = False

    @property
    def number(self) -> int:
        """Whose session it is: the client's number in the demo."""
        return self.patient.client.number


@dataclass(frozen=True, slots=True)
class Calendar:
    """Eighteen weeks, or as many as the size says; the last of them is this one."""

    size: Size
    today: date

    @property
    def this_week(self) -> int:
        """Its number."""
        return self.size.weeks - 1

    @property
    def last_week(self) -> int:
        """The number of the last whole one."""
        return self.size.weeks - 2

    def monday(self, week: int) -> date:
        """The day on which a week begins."""
        return self.today - timedelta(days=self.today.weekday()) + (week - self.this_week) * WEEK

    def sessions(self, week: int, patients: Sequence[Patient]) -> Iterator[Session]:
        """A week's appointments. This week everybody is there more often: it is to look alive."""
        if week == self.this_week:
            yield from self._full_week(patients)
            return
        closed = team_day(self.today)
        for patient in patients:
            client = patient.client
            day = self.monday(week) + timedelta(days=client.weekday)
            if client.comes_in(week) and day != closed:
                yield Session(patient, _at(day, client.hour), self._service(client, week), self._fate(client, week))

    def _full_week(self, patients: Sequence[Patient]) -> Iterator[Session]:
        week = self.this_week
        for which in range(len(CLINICIANS)):
            theirs = [
                person for person in patients if person.client.clinician == which and person.client.last_week is None
            ]
            for day in range(5):
                hours = HOURS[: self.size.sessions_a_day]
                for place, hour in enumerate(hours):
                    patient = theirs[(day * len(hours) + place) % len(theirs)]
                    service = CHECK_IN if (day + place + which) % 7 == 5 else self._service(patient.client, week)
                    fate = {3: CALLED_OFF, 9: LATE}.get((day * 4 + place + which * 3) % 13, KEPT)
                    yield Session(patient, _at(self.monday(week) + timedelta(days=day), hour), service, fate)

    def _service(self, client: Client, week: int) -> str:
        if week == client.first_week:
            return EVALUATION
        return FAMILY if client.number % 9 == 8 and week % 3 == 0 else client.service

    def _fate(self, client: Client, week: int) -> str:
        if week == self.last_week and client.number < 3:
            return (MISSED, LATE, CALLED_OFF)[client.number]
        if week == client.first_week or (client.number < STEADY and week >= self.last_week - 2):
            return KEPT
        chance = random.Random(f"{SEED} {client.number} {week}").random()
        return next(fate for fate, to in ((MISSED, 0.04), (LATE, 0.07), (CALLED_OFF, 0.12), (KEPT, 1.0)) if chance < to)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour))
