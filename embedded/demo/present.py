"""This week: the days that have passed, today, and what is booked ahead. It ends at real time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from typing import Protocol
from zoneinfo import ZoneInfo

from embedded.demo import imports, people, profiles, stories
from embedded.demo.books import Books
from embedded.demo.calendar import KEPT, Calendar, Patient, Session
from embedded.demo.desk import Desk
from embedded.demo.evening import Evening
from embedded.demo.opening import Step
from embedded.demo.practice import DESK, MANAGER, MINUTES, TIME_ZONE
from embedded.demo.team import Task, Team, and_say

NO_INVOICE_YET = frozenset({stories.TOO_SHORT, *stories.NOT_INVOICED})


class Ending(Protocol):
    """The past comes to its end."""

    def now(self) -> datetime:
        """The present instant of the stack."""

    def end(self) -> None:
        """Real time from now on."""


class Present:
    """The days of this week, one evening after the other, up to now."""

    def __init__(self, team: Team, desk: Desk, books: Books, calendar: Calendar, evening: Evening, step: Step) -> None:
        self._team, self._desk, self._books, self._calendar, self._step = team, desk, books, calendar, step
        self._evening = evening

    def live(
        self,
        weeks: Mapping[int, Sequence[Session]],
        patients: Sequence[Patient],
        jump: Callable[[date], None],
        past: Ending,
    ) -> None:
        """All of it; `jump` goes to the evening of a day."""
        calendar = self._calendar
        sessions = weeks[calendar.this_week]
        ahead = [session for week, some in weeks.items() if week > calendar.this_week for session in some]
        done = self._step("Living this week, booking the next", len(sessions) + len(ahead))
        passed = [day for day in range(5) if calendar.monday(calendar.this_week) + timedelta(days=day) < calendar.today]
        to_bill = weeks[calendar.last_week]
        for day in passed:
            date_of_day = calendar.monday(calendar.this_week) + timedelta(days=day)
            jump(date_of_day)
            theirs = [session for session in sessions if session.start.weekday() == day]
            paying = [
                patient
                for patient in patients
                if patient.client.number > people.STEADY and patient.client.number % 5 == day
            ]
            visible = [and_say(done, task) for task in self._day(theirs, day, is_last=day == passed[-1])]
            payments = [partial(self._pay, patient, date_of_day.isoformat()) for patient in paying]
            self._team.do([*visible, *payments, *self._invoices(to_bill)])
            to_bill = ()
        past.end()
        self._team.leave_desks()
        now = past.now().astimezone(ZoneInfo(TIME_ZONE)).replace(tzinfo=None)
        rest = [
            partial(self._today_or_later, session, now) for session in sessions if session.start.weekday() not in passed
        ]
        bookings = [partial(self._book_ahead, session) for session in ahead]
        visible = [and_say(done, task) for task in (*rest, *bookings)]
        self._team.do([*visible, *self._invoices(to_bill)])
        self._archive(patients)
        self._enter_twice(patients[stories.TWICE])
        self._evening.come_together(patients)

    def _day(self, sessions: Sequence[Session], day: int, *, is_last: bool) -> list[Task]:
        """An evening of this week: some notes are not written yet, some not signed, some wait for a supervisor."""
        number = count(day * 3)
        tasks: list[Task] = []
        for session in sessions:
            which = next(number) % 8
            if session.fate != KEPT:
                tasks.append(partial(self._desk.carry_out, session))
            elif which == 6:
                tasks.append(partial(self._desk.say, session, "arrived"))
            elif which == 7:
                tasks.append(partial(self._desk.write, session))
            else:
                tasks.append(partial(self._desk.document, session, reviewed=not is_last))
        return tasks

    def _today_or_later(self, session: Session, now: datetime) -> None:
        ends = session.start + timedelta(minutes=MINUTES[session.service])
        if session.fate != KEPT:
            self._desk.say(session, "cancelled", "Has a cold")
        elif ends + timedelta(minutes=30) < now and session.number % 3:
            self._desk.document(session, reviewed=False)
        elif session.start <= now:
            self._desk.say(session, "arrived")
        elif session.start < now + timedelta(days=2) and session.number % 2:
            self._desk.say(session, "confirmed")

    def _pay(self, patient: Patient, day: str) -> None:
        """What they owe; some pay a part of it."""
        if patient.owes_cents > 0:
            part = patient.client.number % 4 == 2
            self._books.take(patient, patient.owes_cents // 2 + 2_500 if part else patient.owes_cents, day)

    def _book_ahead(self, session: Session) -> None:
        self._desk.book(session)
        if session.number % 5 == 0:
            self._desk.say(session, "confirmed")

    def _invoices(self, sessions: Sequence[Session]) -> list[Task]:
        """Last week's, but for those that somebody is to look at."""
        signed = [session for session in sessions if session.signed and session.number not in NO_INVOICE_YET]
        drafts = self._books.drafts_of(signed)
        return [partial(self._books.issue, session.patient, draft) for session, draft in drafts]

    def _archive(self, patients: Sequence[Patient]) -> None:
        """Whose therapy has ended; and somebody has asked for help by the website, for whom both parents pay."""
        inquiries = imports.bring(self._team[MANAGER], imports.INQUIRIES, {})
        child = self._team[DESK].patch(f"/clients/{inquiries[0]['client_id']}", dict(profiles.PROSPECTIVE))
        for payer in profiles.payers(self._calendar.today):
            self._team[DESK].post(f"/clients/{child['id']}/responsible-people", payer)
        ended = patients[people.ENDED]
        self._team[MANAGER].patch(f"/clients/{ended.id}", {"status": "archived"})

    def _enter_twice(self, patient: Patient) -> None:
        """The front desk adds a client once more, with the name as it sounds: the two stand among the duplicates."""
        client = patient.client
        contact = {"channel": "phone", "value": client.phone, "label": "mobile", "consent": "not_asked"}
        again = {
            "given_name": "Mary",
            "family_name": client.family_name,
            "date_of_birth": client.date_of_birth.isoformat(),
            "contacts": [contact],
        }
        client_id = self._team[DESK].post("/clients", again)["id"]
        clinician = self._team.id_of(self._desk.clinician_of(patient))
        self._team[MANAGER].put(f"/clients/{client_id}/staff/{clinician}")
