"""Plays the practice's past through the gateway as its staff would: every step an API request, on a moved clock."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as wall_time
from functools import partial
from pathlib import Path
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from embedded.demo import imports, people, stories
from embedded.demo.books import Books
from embedded.demo.calendar import Calendar, Patient, Session
from embedded.demo.desk import Desk
from embedded.demo.evening import Evening
from embedded.demo.opening import Opening, Step
from embedded.demo.practice import CLINICIANS, LEAVER, MANAGER, STAFF, SUCCESSOR, TIME_ZONE, WHOLE, Size
from embedded.demo.present import Present
from embedded.demo.team import Task, Team, and_say

ZONE: Final = ZoneInfo(TIME_ZONE)
OPENS, EVENING = wall_time(8), wall_time(19)
WAIT_SECONDS: Final = 60


class Clock(Protocol):
    """The stack's clock, which is behind."""

    def now(self) -> datetime:
        """The present instant of the stack."""

    def move_to(self, instant: datetime) -> None:
        """Make it that instant."""

    def end(self) -> None:
        """Real time from now on."""


@dataclass(slots=True)
class Played:
    """What the demo made, for the summary."""

    password: str
    counts: dict[str, int] = field(default_factory=dict)
    charged_cents: int = 0
    paid_cents: int = 0
    requests: int = 0
    seconds: float = 0


def begins_at(size: Size = WHOLE, today: date | None = None) -> datetime:
    """When the practice opens: on the Monday of the first week."""
    return _instant(_calendar(size, today).monday(0), OPENS)


def play(
    url: str,
    step: Step,
    clock: Clock,
    size: Size = WHOLE,
    *,
    mailbox: Path | None = None,
    today: date | None = None,
) -> Played:
    """Live a practice's weeks up to now; raises `ApiError` when the gateway refuses anything.

    `mailbox`: where the stack's mail goes, for the link that confirms the founder's address. `today`: the day on which
    the past ends.
    """
    player = _Player(url, step, clock, _calendar(size, today), mailbox)
    try:
        return player.play()
    finally:
        player.team.go_home()


class _Player:
    def __init__(self, url: str, step: Step, clock: Clock, calendar: Calendar, mailbox: Path | None) -> None:
        self.began = time.monotonic()
        self.step, self.clock = step, clock
        self.calendar = calendar
        self.password = f"river-{secrets.token_hex(4)}-bend-{secrets.token_hex(4)}"
        self.team = Team(url, self.password)
        self.opening = Opening(url, self.password, self.team, step, mailbox)
        self.desk = Desk(self.team, self.opening, calendar)
        self.books = Books(self.team)
        self.patients = [Patient(client) for client in people.clients(calendar.size)]
        self.weeks: dict[int, list[Session]] = {-1: []}

    def play(self) -> Played:
        calendar = self.calendar
        self.opening.do(calendar.monday(0), calendar.today)
        self._bring_clients()
        for week in range(calendar.this_week + calendar.size.weeks_ahead + 1):
            self.weeks[week] = list(calendar.sessions(week, self.patients))
        ahead = len(self.weeks[0])
        done = self.step(f"Living {calendar.this_week} weeks", ahead + self._amount())
        self.team.do(self._bookings(0, done))
        for week in range(calendar.this_week):
            self._jump(calendar.monday(week) + timedelta(days=4))
            self.team.do(self._work_of(week, done))
            if week == calendar.size.weeks // 2:
                self._hand_over(week + 1)
        evening = Evening(self.team, self.opening, calendar)
        present = Present(self.team, self.desk, self.books, calendar, evening, self.step)
        present.live(self.weeks, self.patients, self._jump, self.clock)
        return self._played()

    def _bring_clients(self) -> None:
        """Whom the practice treats already come in a file of the program that it used before."""
        done = self.step("Importing clients", 1)
        rows = imports.bring(self.team[MANAGER], imports.CLIENTS, imports.ARRIVED)
        for patient, row in zip(self.patients, rows, strict=False):
            patient.id = row["client_id"]
        done()

    def _jump(self, day: date) -> None:
        """To the evening of a day; nobody has a request under way, and everybody signs in anew."""
        self.team.leave_desks()
        self.clock.move_to(_instant(day, EVENING))

    def _amount(self) -> int:
        return sum(len(self.weeks[week]) + len(self.weeks[week + 1]) for week in range(self.calendar.this_week))

    def _bookings(self, week: int, done: Task) -> list[Task]:
        return [and_say(done, partial(self._book, session, week)) for session in self.weeks[week]]

    def _book(self, session: Session, week: int) -> None:
        if session.patient.client.first_week == week:
            self.desk.take_in(session.patient, self.clock.now().astimezone(ZONE).date())
        self.desk.book(session)
        session.patient.booked += 1

    def _work_of(self, week: int, done: Task) -> list[Task]:
        """A Friday evening: what became of the week, who comes in the next, and the invoices of the one that was."""
        invoices = self.books.drafts_of([session for session in self.weeks[week - 1] if session.signed])
        last = week == self.calendar.last_week
        return [
            *self._bookings(week + 1, done),
            *(and_say(done, partial(self._carry_out, session, last=last)) for session in self.weeks[week]),
            *(partial(self._bill, *invoice, week) for invoice in invoices),
            *(partial(self._pay, patient, week) for patient in self.patients if patient.id),
            *(self._last_week_besides() if last else ()),
        ]

    def _carry_out(self, session: Session, *, last: bool) -> None:
        number = session.number
        if not last:
            self.desk.carry_out(session)
        elif number == stories.NOT_SIGNED:
            self.desk.write(session)
        elif number == stories.TOO_SHORT:
            self.desk.document(session, minutes=21)
        elif number in (stories.TO_APPROVE, stories.TO_CO_SIGN, stories.RETURNED):
            self.desk.document(session, reviewed=False)
            if number == stories.RETURNED:
                comment = {"comment": "Say how the risk was assessed, then submit it again."}
                self.desk.supervisor_of(session.patient).post(f"/notes/{session.note_id}/return", comment, expect=200)
        else:
            self.desk.carry_out(session)

    def _bill(self, session: Session, invoice_id: str, week: int) -> None:
        if session.number == stories.VOIDED and week == self.calendar.last_week:
            self.books.issue_and_void(invoice_id)
        else:
            self.books.issue(session.patient, invoice_id)

    def _pay(self, patient: Patient, week: int) -> None:
        """Most pay every other week what they owe."""
        number, to_go = patient.client.number, self.calendar.last_week - week
        owes, day = patient.owes_cents, self.clock.now().astimezone(ZONE).date().isoformat()
        if to_go <= 2 and number in _PAY_THEIR_WAY:
            _PAY_THEIR_WAY[number](self.books, patient, to_go, day)
        elif owes > 0 and (week + number) % 2 == 0 and not _lets_it_stand(number, to_go):
            self.books.take(patient, owes, day)

    def _last_week_besides(self) -> list[Task]:
        calendar, week = self.calendar, self.calendar.last_week
        before = {session.number: session for session in self.weeks[week - 1]}
        owner, friday = self.team[CLINICIANS[0]], calendar.monday(week) + timedelta(days=4)
        late = {"text": "The client called later: the appointment with the physician is on Thursday."}
        better = {
            "reason": "The wrong exercise was named.",
            "content": {"plan": "Continue weekly. Agreed to walk for half an hour on three days."},
        }
        emergency = {"reason": "The client called in distress while Idris could not be reached."}
        next_plan = self.patients[stories.NEXT_PLAN]
        return [
            lambda: owner.post(f"/notes/{before[stories.ADDENDUM].note_id}/addenda", late),
            lambda: owner.post(f"/notes/{before[stories.AMENDED].note_id}/amendments", better),
            lambda: self.team[CLINICIANS[3]].post(
                f"/clients/{self.patients[stories.EMERGENCY].id}/break-glass", emergency
            ),
            lambda: self.desk.write_plan(next_plan, friday, friday + timedelta(days=180)),
        ]

    def _hand_over(self, week: int) -> None:
        """Somebody leaves; what was booked with them is their successor's."""
        body = {"successor_id": self.team.id_of(SUCCESSOR), "reason": "Moved to another city."}
        self.team[MANAGER].post(f"/staff/{self.team.id_of(LEAVER)}/deactivate", body, expect=200)
        self.desk.leaver_is_here = False
        deadline = time.monotonic() + WAIT_SECONDS
        for session in self.weeks[week]:
            while session.patient.client.leavers and not self._is_with_successor(session):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"an appointment was not handed over within {WAIT_SECONDS} s")
                time.sleep(0.1)  # the hand-over is on its way as an event

    def _is_with_successor(self, session: Session) -> bool:
        found = self.team[MANAGER].get(f"/appointments/{session.id}")
        return bool(found["staff_id"] == self.team.id_of(SUCCESSOR))

    def _played(self) -> Played:
        sessions = [session for week in self.weeks.values() for session in week]
        books = self.books
        return Played(
            password=self.password,
            counts={
                "staff": len(STAFF),
                "clients": len(self.patients),
                "appointments": len(sessions),
                "signed notes": sum(session.signed for session in sessions),
                "invoices": books.issued,
                "payments": books.payments,
            },
            charged_cents=books.charged_cents,
            paid_cents=books.paid_cents,
            requests=self.team.requests_sent + self.opening.front.requests_sent,
            seconds=time.monotonic() - self.began,
        )


def _calendar(size: Size, today: date | None) -> Calendar:
    return Calendar(size, today or datetime.now(ZONE).date())


def _instant(day: date, at: wall_time) -> datetime:
    return datetime.combine(day, at, tzinfo=ZONE)


def _lets_it_stand(number: int, to_go: int) -> bool:
    """One has stopped paying, and some have not paid lately."""
    if number == stories.NEVER_PAYS:
        return to_go <= 8
    return to_go <= 1 and number > people.STEADY and number % 5 == 3


def _half(books: Books, patient: Patient, to_go: int, day: str) -> None:
    if to_go == 0:
        books.take(patient, patient.owes_cents // 2 + 2_500, day)


def _bounces(books: Books, patient: Patient, to_go: int, day: str) -> None:
    if to_go == 1:
        books.take(patient, patient.owes_cents, day, "check")
    elif to_go == 0:
        books.bounce(patient)


def _twice(books: Books, patient: Patient, to_go: int, day: str) -> None:
    if to_go == 1:
        books.take_twice(patient, patient.owes_cents, day)


def _too_much(books: Books, patient: Patient, to_go: int, day: str) -> None:
    if to_go == 2:
        books.take(patient, patient.owes_cents + 14_500, day, "card")
    elif to_go == 1:
        books.refund(patient, 6_500)


def _ahead(books: Books, patient: Patient, to_go: int, day: str) -> None:
    if to_go == 0:
        books.take(patient, max(0, patient.owes_cents) + 60_000, day, "card")


_PAY_THEIR_WAY = {
    stories.PAID_HALF: _half,
    stories.CHECK_BOUNCES: _bounces,
    stories.PAYS_TWICE: _twice,
    stories.OVERPAYS: _too_much,
    stories.PAYS_AHEAD: _ahead,
}
