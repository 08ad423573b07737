"""What stands around a note: its client, session and case, and who wrote and reviewed it. A signature names itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.web.documentation import formats
from gateway.web.page import ApiResponse, Page, Question

NOTE: Final = "GET /notes/{note_id}"
LISTED: Final = 20
SERVICES_MAX: Final = 100


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
        "appointment": Question("GET /appointments/{appointment_id}", {"appointment_id": note["appointment_id"]}),
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


def last_note(page: Page, note: Mapping[str, Any], notes: Sequence[Mapping[str, Any]] | None) -> dict[str, Any] | None:
    """The signed note of the case before this one, with its text; None where there is none or it is not to be had."""
    signed = next(
        (earlier for earlier in notes or () if earlier["status"] == "signed" and earlier["id"] < note["id"]), None
    )
    reply = page.ask(NOTE, note_id=signed["id"]) if signed else None
    if reply is None or not reply.ok:
        return None
    found = reply.value
    return {
        "id": found["id"],
        "signed_at": found["signed_at"],
        "sections": formats.sections_of(found["template"], found["content"]),
    }


def _people(note: Mapping[str, Any]) -> set[str]:
    reviewers = [review["by_staff_id"] for review in note["reviews"]]
    return {staff_id for staff_id in (note["author_id"], note["drafted_by"], *reviewers) if staff_id}


def _value(reply: ApiResponse) -> Any:
    return reply.value if reply.ok else None


def _items(reply: ApiResponse) -> Sequence[Mapping[str, Any]] | None:
    return reply.value["items"] if reply.ok else None
