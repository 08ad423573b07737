"""What the front desk and the clinicians do: intake, bookings, what became of an appointment, notes."""

from __future__ import annotations

from datetime import date
from typing import Any

from embedded.demo import practice
from embedded.demo.calendar import KEPT, Calendar, Patient, Session
from embedded.demo.opening import Opening, review_day
from embedded.demo.practice import CLINICIANS, DESK, LEAVER, MANAGER, SUCCESSOR, Person
from embedded.demo.profiles import contacts, profile
from embedded.demo.team import Member, Team

PLAN_DUE, CLOSED_CASE = 3, 4  # of which client


class Desk:
    """Work on one client or one appointment: each method is a task that may run beside others."""

    def __init__(self, team: Team, opening: Opening, calendar: Calendar) -> None:
        self._team, self._opening, self._calendar = team, opening, calendar
        self.leaver_is_here = True

    def clinician_of(self, patient: Patient) -> Person:
        """Who treats them at present."""
        client = patient.client
        if client.leavers:
            return LEAVER if self.leaver_is_here else SUCCESSOR
        return CLINICIANS[client.clinician]

    def take_in(self, patient: Patient, today: date) -> None:
        """A new client, or one who was imported: chart, clinician, case, diagnosis, signed plan."""
        client, clinician = patient.client, self.clinician_of(patient)
        rest = {"contacts": contacts(client.number, client.phone), **profile(client.number, today)}
        if patient.id:
            self._team[DESK].patch(f"/clients/{patient.id}", rest)
        else:
            named = {"given_name": client.given_name, "family_name": client.family_name}
            born = client.date_of_birth.isoformat()
            patient.id = self._team[DESK].post("/clients", {**named, "date_of_birth": born, **rest})["id"]
        self._team[MANAGER].put(f"/clients/{patient.id}/staff/{self._team.id_of(clinician)}")
        theirs = self._team[clinician]
        if client.number == CLOSED_CASE:
            closed = theirs.post("/cases", {"client_id": patient.id, "name": "Couples therapy"})["id"]
            theirs.patch(f"/cases/{closed}", {"status": "closed"})
        patient.case_id = theirs.post("/cases", {"client_id": patient.id, "name": "Individual therapy"})["id"]
        diagnosis = {"code": client.diagnosis, "rank": 1, "effective_from": today.isoformat()}
        theirs.post(f"/cases/{patient.case_id}/diagnoses", diagnosis)
        due = client.number == PLAN_DUE
        review_on = review_day(today, self._calendar.monday(self._calendar.this_week), due=due)
        plan = self.write_plan(patient, today, review_on)
        signs = self.supervisor_of(patient) if clinician.supervised else theirs
        signs.post(f"/treatment-plans/{plan['id']}/sign", expect=200)
        goals = theirs.get(f"/cases/{patient.case_id}/goals", on=today.isoformat())["items"]
        patient.goals = [goal["key"] for goal in goals]

    def write_plan(self, patient: Patient, today: date, review_on: date) -> dict[str, Any]:
        """A plan, not signed yet."""
        theirs, body = self._theirs(patient), practice.treatment_plan(patient.client.diagnosis, today, review_on)
        return dict(theirs.post(f"/cases/{patient.case_id}/treatment-plans", body))

    def book(self, session: Session) -> None:
        """An appointment."""
        patient, client = session.patient, session.patient.client
        session.id = self._team[DESK].post(
            "/appointments",
            {
                "client_ids": [patient.id],
                "staff_id": self._team.id_of(self.clinician_of(patient)),
                "service_type_id": self._opening.services[session.service],
                "location_id": self._opening.locations[client.location],
                "starts_at_local": session.start.strftime("%Y-%m-%dT%H:%M"),
                **({"telehealth": True} if client.telehealth else {}),
            },
        )["id"]

    def say(self, session: Session, status: str, reason: str | None = None) -> None:
        """What became of an appointment."""
        body = {"status": status, **({"reason": reason} if reason else {})}
        self._team[DESK].post(f"/appointments/{session.id}/status", body, expect=200)

    def write(self, session: Session, minutes: int | None = None) -> None:
        """The draft of a note, which says that the appointment was kept."""
        patient = session.patient
        body = {
            "client_id": patient.id,
            "case_id": patient.case_id,
            "template": "soap",
            "content": practice.note(patient.client.diagnosis, patient.booked + session.start.day),
            "minutes": minutes or practice.MINUTES[session.service],
            "goals": practice.worked_on(patient.goals, session.start.day),
            "risk": "none",
        }
        session.note_id = self._theirs(patient).post(f"/appointments/{session.id}/notes", body)["id"]

    def document(self, session: Session, minutes: int | None = None, *, reviewed: bool = True) -> None:
        """A signed note; of somebody supervised a submitted one, which the supervisor decides on if `reviewed`."""
        self.write(session, minutes)
        self.sign(session, reviewed=reviewed)

    def sign(self, session: Session, *, reviewed: bool = True) -> None:
        """Sign the note of a session, or submit it."""
        supervised = self.clinician_of(session.patient).supervised
        theirs, note = self._theirs(session.patient), f"/notes/{session.note_id}"
        if supervised is None:
            theirs.post(f"{note}/sign", expect=200)
            session.signed = True
            return
        theirs.post(f"{note}/submit", expect=200)
        if reviewed:
            action = supervised[0].replace("_", "-")
            self.supervisor_of(session.patient).post(f"{note}/{action}", expect=200)
            session.signed = True

    def supervisor_of(self, patient: Patient) -> Member:
        """Who decides on the notes of a supervised clinician, and signs the plans."""
        supervised = self.clinician_of(patient).supervised
        assert supervised is not None
        return self._team[next(clinician for clinician in CLINICIANS if clinician.given_name == supervised[1])]

    def carry_out(self, session: Session) -> None:
        """What becomes of an appointment that nothing special is told about."""
        if session.fate == KEPT:
            self.document(session)
        else:
            self.say(session, session.fate, "Called in the morning" if session.fate != "no_show" else None)

    def _theirs(self, patient: Patient) -> Member:
        return self._team[self.clinician_of(patient)]
