"""What a merge of two clients would find in clinical, and to whom nothing is told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clinical.tests.conftest import Clinic
from services.clinical.tests.test_clinical_groups import group
from services.clinical.tests.test_clinical_hand_over import in_days
from shared.contracts.clients import ClientChanged
from shared.ids import new_id

NOTHING = {"cases": 0, "appointments": 0, "group_memberships": 0}


def preview(who: Any, client_id: str, into_client_id: str) -> Any:
    return who.get("/client-merges/preview/clinical", client_id=client_id, into_client_id=into_client_id)


def code_of(response: Any) -> tuple[int, str]:
    return response.status_code, response.json["code"]


def test_it_counts_what_one_has(clinic: Clinic) -> None:
    ends, stays = clinic.client(clinic.therapist), clinic.client()
    clinic.open_case(clinic.administrator, ends)
    for days in (5, 6):
        clinic.book(in_days(days, 10), client_ids=[ends])
    group(clinic, ends)
    found = preview(clinic.administrator, ends, stays)
    assert (found.status_code, found.json["collides"]) == (200, [])
    assert (found.json["client_id"], found.json["into_client_id"]) == (ends, stays)
    moves = found.json["moves"]
    assert (moves["appointments"], moves["group_memberships"]) == (2, 1)
    assert moves["cases"] == len(clinic.administrator.get(f"/clients/{ends}/cases").json["items"]) > 0
    assert preview(clinic.administrator, stays, ends).json["moves"] == NOTHING


def test_one_appointment_and_one_group_of_both_collide(clinic: Clinic) -> None:
    ends, stays = clinic.client(), clinic.client()
    clinic.book(in_days(5, 10), client_ids=[ends, stays])
    group(clinic, ends)
    group(clinic, stays)
    for first, second in ((ends, stays), (stays, ends)):
        assert preview(clinic.administrator, first, second).json["collides"] == ["same_appointment"]
    group(clinic, ends, stays)
    for first, second in ((ends, stays), (stays, ends)):
        assert preview(clinic.administrator, first, second).json["collides"] == ["same_appointment", "same_group"]


def test_refused_are_one_client_an_archived_one_and_one_who_is_hidden(clinic: Clinic) -> None:
    chief = clinic.administrator
    ends, stays = clinic.client(), clinic.client()
    assert code_of(preview(chief, ends, ends)) == (409, "self")
    assert code_of(preview(clinic.therapist, ends, stays)) == (403, "forbidden")
    for first, second in ((ends, str(new_id())), (str(new_id()), stays)):
        assert code_of(preview(chief, first, second)) == (404, "not_found")
    narrowed = clinic.staff("therapist", grants=("clients_merge", "assigned_only"))
    clinic.assign(ends, narrowed)
    for first, second in ((ends, stays), (stays, ends), (stays, stays)):
        assert code_of(preview(narrowed, first, second)) == (404, "not_found")
    clinic.emit(ClientChanged(clinic.organization_id, UUID(stays), 2, "Ada Client", "archived"))
    for first, second in ((ends, stays), (stays, ends)):
        assert code_of(preview(chief, first, second)) == (409, "archived")
    assert code_of(preview(narrowed, ends, stays)) == (404, "not_found")
