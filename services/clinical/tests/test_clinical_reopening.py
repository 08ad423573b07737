"""A signed note is reopened to write its next version, until it is billed; what was signed stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest

from services.clinical.tests.conftest import SOAP, Clinic
from shared.contracts.billing import InvoiceChanged
from shared.ids import new_id

WHY = {"reason": "The client remembered more."}


def signed(clinic: Clinic, **more: Any) -> dict[str, Any]:
    """A signed note."""
    note = clinic.note(clinic.book("2026-10-06T16:00")["id"], **more)
    response = clinic.therapist.post(f"/notes/{note['id']}/sign")
    assert response.status_code == 200, response.text
    return dict(response.json)


def invoice(clinic: Clinic, note: dict[str, Any], invoice_id: UUID, version: int, *, in_force: bool) -> None:
    """What billing tells of an invoice of the note's appointment."""
    clinic.emit(
        InvoiceChanged(
            organization_id=clinic.organization_id,
            invoice_id=invoice_id,
            version=version,
            appointment_id=UUID(note["appointment_id"]),
            client_id=UUID(note["client_id"]),
            in_force=in_force,
        )
    )


def test_a_reopened_note_is_a_draft_of_the_next_version_and_the_first_stays_as_signed(clinic: Clinic) -> None:
    first = signed(clinic)
    path = f"/notes/{first['id']}"
    reopened = clinic.therapist.post(f"{path}/reopen", WHY)
    assert (reopened.status_code, reopened.json["status"]) == (200, "draft")
    assert (reopened.json["content"], reopened.json["versions"]) == (SOAP, first["versions"])
    assert reopened.json["reviews"][-1]["comment"] == WHY["reason"]
    assert clinic.therapist.patch(path, {"content": {"plan": "new"}, "minutes": 45}).status_code == 200
    assert len(clinic.documented()) == 1, "what is billed stays until the next signature"
    again = clinic.therapist.post(f"{path}/sign").json
    assert again["versions"][0] == first["versions"][0]
    assert (again["versions"][1]["reason"], again["versions"][1]["minutes"]) == (WHY["reason"], 45)
    assert [(data["version"], data["minutes"]) for (data,) in clinic.documented()] == [(1, 55), (2, 45)]


def test_the_next_version_begins_with_what_was_amended(clinic: Clinic) -> None:
    path = f"/notes/{signed(clinic)['id']}"
    shorter = clinic.service("90834", 45)
    amendment = {"reason": "r", "minutes": 45, "service_type_id": shorter, "content": {"plan": "amended"}}
    assert clinic.therapist.post(f"{path}/amendments", amendment).status_code == 201
    reopened = clinic.therapist.post(f"{path}/reopen", WHY).json
    assert (reopened["content"]["plan"], reopened["minutes"]) == ("amended", 45)
    versions = clinic.therapist.post(f"{path}/sign").json["versions"]
    assert [version["service_type_id"] for version in versions] == [clinic.service_type_id, shorter, shorter]
    assert len(clinic.documented()) == 2, "the third version says nothing else of the service"


def test_what_is_billed_is_not_reopened_until_it_is_void(clinic: Clinic) -> None:
    note = signed(clinic)
    path, invoice_id = f"/notes/{note['id']}/reopen", new_id()
    invoice(clinic, note, invoice_id, 2, in_force=True)
    refused = clinic.therapist.post(path, WHY)
    assert (refused.status_code, refused.json["code"]) == (409, "billed")
    invoice(clinic, note, invoice_id, 5, in_force=False)
    invoice(clinic, note, invoice_id, 2, in_force=True)
    assert clinic.therapist.post(path, WHY).status_code == 200, "what was told earlier and comes later changes nothing"


def test_an_invoice_that_is_issued_at_the_same_moment_is_told_what_is_signed_next(clinic: Clinic) -> None:
    """Billing issued it before it was reopened, and that is heard of afterwards. The next version is an amendment."""
    note = signed(clinic)
    path, invoice_id = f"/notes/{note['id']}", new_id()
    assert clinic.therapist.post(f"{path}/reopen", WHY).status_code == 200
    invoice(clinic, note, invoice_id, 2, in_force=True)
    assert clinic.therapist.get(path).json["status"] == "draft"
    assert clinic.therapist.patch(path, {"minutes": 45}).status_code == 200
    assert clinic.therapist.post(f"{path}/sign").status_code == 200
    assert [(data["version"], data["minutes"]) for (data,) in clinic.documented()] == [(1, 55), (2, 45)]
    assert clinic.therapist.post(f"{path}/reopen", WHY).json["code"] == "billed"


def test_one_that_is_discarded_then_leaves_the_issued_invoice_as_it_is(clinic: Clinic) -> None:
    note = signed(clinic)
    path = f"/notes/{note['id']}"
    assert clinic.therapist.post(f"{path}/reopen", WHY).status_code == 200
    invoice(clinic, note, new_id(), 2, in_force=True)
    assert clinic.therapist.patch(path, {"minutes": 45}).status_code == 200
    assert clinic.therapist.post(f"{path}/discard", WHY).json["status"] == "signed"
    assert len(clinic.documented()) == 1


def test_who_reopens_and_what(clinic: Clinic) -> None:
    draft = clinic.note(clinic.book("2026-10-07T16:00")["id"])
    unsigned = clinic.therapist.post(f"/notes/{draft['id']}/reopen", WHY)
    assert (unsigned.status_code, unsigned.json["code"]) == (409, "note_not_signed")
    path = f"/notes/{signed(clinic)['id']}/reopen"
    assert clinic.administrator.post(path, WHY).json["code"] == "not_author"
    assert clinic.staff("therapist").post(path, WHY).status_code == 404
    assert clinic.desk.post(path, WHY).status_code == 403
    assert clinic.therapist.post(path, {"reason": " "}).status_code == 422
    assert clinic.therapist.post(path, WHY, If_Match='"1"').status_code == 412


@pytest.mark.parametrize("column", ["author_id", "client_id", "case_id", "appointment_id", "drafted_by"])
def test_the_database_takes_no_seal_off_without_a_reason_or_for_another_note(clinic: Clinic, column: str) -> None:
    note = signed(clinic)
    unsealed = "UPDATE notes SET signed_at = NULL, signed_by = NULL{} WHERE id = %s RETURNING 1"
    for also in ("", ", minutes = 5", f", reason = 'x', {column} = gen_random_uuid()"):
        with pytest.raises(psycopg.errors.RaiseException, match="signed"):
            clinic.database.rows(unsealed.format(also), note["id"])
