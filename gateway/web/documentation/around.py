"""What stands around a note: its client, session and case, and who wrote and reviewed it. A signature names itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.web.documentation import formats
from gateway.web.page import ApiResponse, Page, Question

NOTE: Final = "GET /notes/{note_id}"
APPOINTMENT: Final = "GET /appointments/{appointment_id}"
LISTED: Final = 20
SERVICES_MAX: Final = 100
LOOKED_AT_MAX: Final = 3


@dataclass(frozen=True, slots=True)
class Around:
    """Each part answered or failed by itself; what could not be had is None."""

    client: Mapping[str, Any] | None
    appointment: Mapping[str, Any] | None
    diagnoses: Sequence[Mapping[str, Any]] | None
    notes: Sequence[Mapping[str, Any]] | None
    services: Mapping[str, Mapping[str, Any]]
    people: Mapping[str, Mapping[str, Any]]
    zone: str

    @property
    def service(self) -> Mapping[str, Any] | None:
        """The service that was booked."""
        return self.services.get(self.appointment["service_type_id"]) if self.appointment else None


def around(page: Page, note: Mapping[str, Any]) -> Around:
    """Everything about a note that other rows answer, asked at once."""
    case = {"case_id": note["case_id"]}
    staff = sorted(_people(note))
    questions = {
        "client": Question("GET /clients/{client_id}", {"client_id": note["client_id"]}),
        "appointment": Question(APPOINTMENT, {"appointment_id": note["appointment_id"]}),
        "diagnoses": Question("GET /cases/{case_id}/diagnoses", case, {"limit": SERVICES_MAX}),
        "notes": Question("GET /cases/{case_id}/notes", case, {"limit": LISTED}),
        "services": Question("GET /service-types", query={"limit": SERVICES_MAX}),
        **{f"staff_{staff_id}": Question("GET /staff/{staff_id}", {"staff_id": staff_id}) for staff_id in staff},
    }
    answers = page.ask_all(**questions)
    services = _items(answers["services"]) or ()
    appointment = _value(answers["appointment"])
    return Around(
        client=_value(answers["client"]),
        appointment=appointment,
        diagnoses=_items(answers["diagnoses"]),
        notes=_items(answers["notes"]),
        services={service["id"]: service for service in services},
        people={staff_id: answers[f"staff_{staff_id}"].value for staff_id in staff if answers[f"staff_{staff_id}"].ok},
        zone=appointment["time_zone"] if appointment else page.me["organization"]["time_zone"],
    )


def people_of(page: Page, staff_ids: Iterable[str | None]) -> dict[str, Mapping[str, Any]]:
    """The members of staff with these ids, by id, all asked at once. Who cannot be had is left out, and so is None."""
    wanted = sorted({staff_id for staff_id in staff_ids if staff_id})
    responses = page.ask_all(
        **{f"staff_{staff_id}": Question("GET /staff/{staff_id}", {"staff_id": staff_id}) for staff_id in wanted}
    )
    found = {staff_id: responses[f"staff_{staff_id}"] for staff_id in wanted}
    return {staff_id: response.value for staff_id, response in found.items() if response.ok}


def decides_on(page: Page, author: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Who approves or co-signs what an author submits; None where nobody does, or they are not to be had.

    Colleagues are not told who supervises whom: for them there is no such field.
    """
    supervisor_id = author.get("supervisor_id") if author else None
    return people_of(page, [supervisor_id]).get(supervisor_id) if supervisor_id else None


def last_note(page: Page, note: Mapping[str, Any], beside: Around) -> dict[str, Any] | None:
    """The signed note of the case about the session before this one, with its text and that session.

    None where there is none or it is not to be had. A session may be documented late, so notes go by their sessions;
    of the notes, the `LOOKED_AT_MAX` newest are looked at.
    """
    if beside.appointment is None:
        return None
    signed = [other for other in beside.notes or () if other["status"] == "signed" and other["id"] != note["id"]]
    sessions = page.ask_all(
        **{
            other["id"]: Question(APPOINTMENT, {"appointment_id": other["appointment_id"]})
            for other in signed[:LOOKED_AT_MAX]
        }
    )
    earlier = {
        note_id: reply.value
        for note_id, reply in sessions.items()
        if reply.ok and _began(reply.value) < _began(beside.appointment)
    }
    last = max(earlier, key=lambda note_id: _began(earlier[note_id]), default=None)
    reply = page.ask(NOTE, note_id=last) if last else None
    if last is None or reply is None or not reply.ok:
        return None
    found = reply.value
    return {
        "id": found["id"],
        "appointment": earlier[last],
        "sections": formats.sections_of(found["template"], found["content"]),
    }


def _began(appointment: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(appointment["starts_at"])


def _people(note: Mapping[str, Any]) -> set[str]:
    reviewers = [review["by_staff_id"] for review in note["reviews"]]
    return {staff_id for staff_id in (note["author_id"], note["drafted_by"], *reviewers) if staff_id}


def _value(reply: ApiResponse) -> Any:
    return reply.value if reply.ok else None


def _items(reply: ApiResponse) -> Sequence[Mapping[str, Any]] | None:
    return reply.value["items"] if reply.ok else None
