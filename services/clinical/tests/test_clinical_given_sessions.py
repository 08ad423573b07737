"""A session that a supervised clinician gave passes to nobody who would sign it alone, whatever steps lead there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.clinical.tests.conftest import Clinic
from services.clinical.tests.merging import merge
from services.clinical.tests.test_clinical_hand_over import changed, handed_over, in_days, staff_of
from services.clinical.tests.test_clinical_last_word import REFUSED, another_intern, under
from services.clinical.tests.test_clinical_supervision import SOAP, Supervised, done, refused
from shared.testing.web import ServiceClient

DAY = date(2026, 10, 6)
AT = f"{DAY}T08:00"


class Session:
    """A past session of the intern, and a colleague without a supervisor who would have it."""

    def __init__(self, practice: Supervised) -> None:
        self.practice, self.clinic, self.day = practice, practice.clinic, DAY
        self.colleague = practice.clinic.staff("therapist")
        self.other_intern = another_intern(practice, practice.supervisor)
        for staff in (self.colleague, self.other_intern, practice.supervisor):
            self.clinic.assign(self.clinic.client_id, staff)
        self.id = self.booked()

    def booked(self) -> str:
        """A session of the intern on the day."""
        return str(self.clinic.book(f"{self.day}T08:00", staff_id=str(self.practice.intern.staff_id))["id"])

    def change(self, by: ServiceClient | None = None, **body: Any) -> Any:
        """The answer to a change of the appointment, by the front desk unless somebody else is named."""
        return (by or self.clinic.desk).patch(f"/appointments/{self.id}", body)

    def give(self, staff: ServiceClient, by: ServiceClient | None = None) -> Any:
        """The answer to giving it to that clinician."""
        return self.change(by, staff_id=str(staff.staff_id))

    def status(self, status: str) -> Any:
        """The answer to another status."""
        return self.clinic.desk.post(f"/appointments/{self.id}/status", {"status": status, "reason": "said so"})

    def book_colleague(self, at: str, by: ServiceClient | None = None) -> Any:
        """The answer to booking the colleague for the same client."""
        body = {
            "client_ids": [self.clinic.client_id],
            "staff_id": str(self.colleague.staff_id),
            "service_type_id": str(self.clinic.service_type_id),
            "starts_at_local": at,
        }
        return (by or self.clinic.desk).post("/appointments", body)

    def written_by(self, staff: ServiceClient, appointment_id: str = "") -> Any:
        """The answer to a note of theirs."""
        body = {"client_id": self.clinic.client_id, "template": "soap", "content": SOAP, "minutes": 55}
        return staff.post(f"/appointments/{appointment_id or self.id}/notes", body)


@pytest.fixture
def session(clinic: Clinic) -> Session:
    """A session of an intern whose notes are co-signed."""
    return Session(Supervised(clinic, "co_sign"))


@pytest.mark.abuse("A-ROLE-sign-through-a-colleague")
def test_the_supervisor_is_no_stepping_stone(session: Session) -> None:
    done(session.give(session.practice.supervisor))
    assert refused(session.give(session.colleague)) == REFUSED
    done(session.give(session.other_intern))
    assert refused(session.give(session.colleague)) == REFUSED


@pytest.mark.abuse("A-ROLE-sign-through-a-colleague")
@pytest.mark.parametrize("away", [{"starts_at_local": "coming"}, {"time_zone": "Pacific/Honolulu"}])
def test_a_session_that_has_begun_is_not_taken_elsewhere_by_moving_it(session: Session, away: dict[str, str]) -> None:
    if away.get("starts_at_local"):
        away = {"starts_at_local": in_days(9, 10)}
    done(session.change(**away))
    assert refused(session.give(session.colleague)) == REFUSED
    assert refused(session.change(**away | {"staff_id": str(session.colleague.staff_id)})) == REFUSED


@pytest.mark.abuse("A-ROLE-sign-through-a-colleague")
@pytest.mark.parametrize("status", ["no_show", "late_cancelled", "cancelled"])
def test_nobody_is_booked_in_its_place_once_it_is_called_off(session: Session, status: str) -> None:
    done(session.status(status))
    assert refused(session.book_colleague(AT)) == REFUSED
    assert refused(session.book_colleague(f"{DAY}T08:30")) == REFUSED
    # Another hour of that day is another session, for nobody said that the first took place.
    apart = done(session.book_colleague(f"{DAY}T15:00"))["id"]
    assert refused(session.clinic.desk.patch(f"/appointments/{apart}", {"starts_at_local": AT})) == REFUSED
    done(session.clinic.desk.patch(f"/appointments/{apart}", {"starts_at_local": f"{DAY}T16:00"}))


@pytest.mark.abuse("A-ROLE-sign-through-a-colleague")
def test_what_took_place_is_not_given_at_another_hour_by_somebody_else(session: Session) -> None:
    intern = session.practice.intern
    path = f"/notes/{done(session.written_by(intern))['id']}"
    done(intern.post(f"{path}/submit"))
    done(session.practice.supervisor.post(f"{path}/return", {"comment": "This may not be billed."}))
    done(intern.post(f"{path}/discard", {"reason": "sent back"}))
    done(session.status("booked"))
    done(session.status("cancelled"))
    assert refused(session.book_colleague(f"{DAY}T11:00")) == REFUSED
    done(session.book_colleague(f"{DAY + timedelta(days=1)}T11:00"))


@pytest.mark.abuse("A-ROLE-sign-through-a-colleague")
def test_one_that_was_called_off_before_comes_back_in_no_place_either(session: Session) -> None:
    done(session.status("cancelled"))
    coming = done(session.book_colleague(in_days(9, 10)))["id"]
    desk, path = session.clinic.desk, f"/appointments/{coming}"
    done(desk.post(f"{path}/status", {"status": "cancelled", "reason": "ill"}))
    done(desk.patch(path, {"starts_at_local": AT}))
    assert refused(desk.post(f"{path}/status", {"status": "booked"})) == REFUSED


def test_its_supervisor_gives_it_to_anybody(session: Session) -> None:
    supervisor = session.practice.supervisor
    done(session.give(session.colleague, by=supervisor))
    done(session.give(session.clinic.therapist))
    assert refused(session.written_by(session.colleague)) == (409, "not_the_clinician")


def test_its_supervisor_books_somebody_in_its_place(session: Session) -> None:
    done(session.status("cancelled"))
    done(session.book_colleague(AT, by=session.practice.supervisor))


def test_what_is_called_off_before_it_begins_leaves_no_trace(session: Session) -> None:
    clinic, coming = session.clinic, in_days(9, 10)
    session.id = clinic.book(coming, staff_id=str(session.practice.intern.staff_id))["id"]
    done(session.status("cancelled"))
    done(session.book_colleague(coming))


@pytest.mark.abuse("A-ROLE-sign-through-a-colleague")
def test_who_has_it_from_them_signs_nothing_alone_once_their_own_supervision_ends(session: Session) -> None:
    other = session.other_intern
    done(session.give(other))
    path = f"/notes/{done(session.written_by(other))['id']}"
    under(session.practice, other, None, 5)
    assert refused(other.post(f"{path}/sign")) == REFUSED
    assert session.clinic.documented() == []


def returned(session: Session) -> str:
    """The path of a note of the intern that the supervisor sent back."""
    intern = session.practice.intern
    path = f"/notes/{done(session.written_by(intern))['id']}"
    done(intern.post(f"{path}/submit"))
    done(session.practice.supervisor.post(f"{path}/return", {"comment": "This may not be billed."}))
    return path


@pytest.mark.abuse("A-ROLE-sign-through-a-colleague")
@pytest.mark.parametrize(
    ("starts", "more"),
    [
        (f"{DAY}T09:00", {"started_at_local": AT}),
        (f"{DAY}T07:00", {"minutes": 100}),
        (f"{DAY + timedelta(days=1)}T08:00", {"started_at_local": AT}),
    ],
)
def test_no_note_claims_the_time_of_a_session_that_waits(session: Session, starts: str, more: dict[str, Any]) -> None:
    path, colleague = returned(session), session.colleague
    booked = done(session.book_colleague(starts))["id"]
    note = f"/notes/{done(session.written_by(colleague, booked))['id']}"
    done(colleague.patch(note, more))
    assert refused(colleague.post(f"{note}/sign")) == REFUSED
    # Once the supervisor has decided about it, it is a session of its own.
    done(session.practice.intern.post(f"{path}/submit"))
    done(session.practice.finish(session.practice.supervisor, path))
    done(colleague.post(f"{note}/sign"))


@pytest.mark.abuse("A-ROLE-sign-through-a-colleague")
def test_no_amendment_takes_a_note_there_either(session: Session) -> None:
    returned(session)
    colleague, booked = session.colleague, done(session.book_colleague(f"{DAY}T09:00"))["id"]
    note = f"/notes/{done(session.written_by(colleague, booked))['id']}"
    done(colleague.post(f"{note}/sign"))
    amendment = {"reason": "began earlier", "started_at_local": AT}
    assert refused(colleague.post(f"{note}/amendments", amendment)) == REFUSED


@pytest.mark.abuse("A-ROLE-sign-through-a-colleague")
def test_a_session_that_is_shortened_or_moved_twice_was_given_as_it_was(session: Session) -> None:
    done(session.change(duration_minutes=5))
    done(session.status("cancelled"))
    assert refused(session.book_colleague(f"{DAY}T08:30")) == REFUSED
    session.day -= timedelta(days=7)
    session.id = session.booked()
    first, second = f"{session.day}T08:00", f"{session.day - timedelta(days=1)}T08:00"
    done(session.change(starts_at_local=second))
    done(session.status("cancelled"))
    done(session.change(starts_at_local=first))
    assert [refused(session.book_colleague(at)) for at in (first, second)] == [REFUSED, REFUSED]


@pytest.mark.abuse("A-ROLE-sign-through-a-colleague")
def test_what_was_booked_over_it_by_an_override_is_not_signed_before_it(session: Session) -> None:
    clinic, colleague = session.clinic, session.colleague
    coming = done(session.book_colleague(in_days(9, 10)))["id"]
    administrator, path = clinic.administrator, f"/appointments/{coming}"
    override = {"starts_at_local": AT, "override": {"reason": "both were there"}}
    assert refused(administrator.patch(path, override)) == REFUSED
    done(session.status("cancelled"))
    assert refused(administrator.patch(path, override)) == REFUSED
    assert refused(session.written_by(colleague)) == (409, "not_the_clinician")


@pytest.mark.abuse("A-ROLE-sign-through-a-colleague")
def test_two_clients_who_become_one_have_had_one_session(session: Session) -> None:
    clinic, colleague = session.clinic, session.colleague
    duplicate = clinic.client(colleague)
    clinic.open_case(colleague, duplicate)
    booked = clinic.book(AT, client_ids=[duplicate], staff_id=str(colleague.staff_id))["id"]
    done(session.status("cancelled"))
    merge(clinic, duplicate, clinic.client_id)
    body = {"client_id": duplicate, "template": "soap", "content": SOAP, "minutes": 55}
    note = done(colleague.post(f"/appointments/{booked}/notes", body))["id"]
    assert refused(colleague.post(f"/notes/{note}/sign")) == REFUSED


@pytest.mark.abuse("A-ROLE-sign-through-a-colleague")
def test_who_leaves_a_group_had_its_session_all_the_same(session: Session) -> None:
    clinic, intern = session.clinic, session.practice.intern
    done(session.status("cancelled"))
    group = {"name": "Evenings", "staff": [str(intern.staff_id)], "members": []}
    group_id = done(clinic.administrator.post("/groups", group))["id"]
    for client_id in (clinic.client_id, clinic.client()):
        joining = {"on": f"{DAY - timedelta(days=30)}"}
        done(clinic.administrator.put(f"/groups/{group_id}/members/{client_id}", joining))
    evening = f"{DAY - timedelta(days=1)}T18:00"
    body = {"group_id": group_id, "service_type_id": clinic.service_type_id, "staff_id": str(intern.staff_id)}
    session.id = done(clinic.desk.post("/appointments", {**body, "starts_at_local": evening}))["id"]
    done(session.change(starts_at_local=in_days(9, 18)))
    member = f"/groups/{group_id}/members/{clinic.client_id}"
    leaving = clinic.administrator.send("DELETE", member, {"on": f"{DAY}"})
    assert leaving.status_code < 300, leaving.text
    assert refused(session.book_colleague(evening)) == REFUSED


@pytest.mark.abuse("A-ROLE-sign-through-a-colleague")
def test_leaving_hands_over_what_is_still_to_begin_and_nothing_that_has_begun_once(session: Session) -> None:
    clinic, intern, colleague = session.clinic, session.practice.intern, session.colleague
    coming = clinic.book(in_days(8, 10), staff_id=str(intern.staff_id))
    done(session.change(starts_at_local=in_days(9, 10)))
    left = changed(clinic, intern, 9, "therapist", active=False)
    supervisor_id = session.practice.supervisor.staff_id
    clinic.emit(replace(left, supervisor_id=supervisor_id, supervision_mode=session.practice.mode))
    clinic.emit(handed_over(clinic, intern, colleague))
    assert staff_of(clinic, coming) == str(colleague.staff_id)
    assert staff_of(clinic, {"id": session.id}) == str(intern.staff_id)


Step = Callable[[Session], Any]
STEPS: dict[str, Step] = {
    "to the supervisor": lambda session: session.give(session.practice.supervisor),
    "to another intern": lambda session: session.give(session.other_intern),
    "back to the intern": lambda session: session.give(session.practice.intern),
    "to the colleague": lambda session: session.give(session.colleague),
    "to a coming day": lambda session: session.change(starts_at_local=in_days(9, 10)),
    "to an earlier day": lambda session: session.change(starts_at_local=f"{session.day - timedelta(days=3)}T08:00"),
    "back to its time": lambda session: session.change(starts_at_local=f"{session.day}T08:00"),
    "to other clocks": lambda session: session.change(time_zone="Pacific/Honolulu"),
    "called off": lambda session: session.status("cancelled"),
    "stood up": lambda session: session.status("no_show"),
    "booked again": lambda session: session.status("booked"),
}


@pytest.mark.abuse("A-ROLE-sign-through-a-colleague")
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(sorted(STEPS)), min_size=2, max_size=7))
def test_no_steps_of_the_front_desk_bring_it_to_who_signs_alone(session: Session, steps: list[str]) -> None:
    session.day -= timedelta(days=7)  # each walk in a week of its own
    session.id = session.booked()
    for step in steps:
        STEPS[step](session)
        staff_id = done(session.clinic.desk.get(f"/appointments/{session.id}"))["staff_id"]
        assert staff_id != str(session.colleague.staff_id), steps
    session.status("cancelled")
    assert refused(session.book_colleague(f"{session.day}T08:00")) == REFUSED, steps
