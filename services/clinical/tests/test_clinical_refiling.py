"""After two clients are separated, each record lies in a case of its own client, and nobody else's staff reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from services.clinical.tests.conftest import SOAP, Clinic
from services.clinical.tests.merging import merge, unmerge
from services.clinical.tests.test_clinical_hand_over import in_days
from shared.testing.web import ServiceClient


@dataclass
class Two:
    """A client who ends and one who stays, each with a therapist who sees nobody else, and with a case."""

    clinic: Clinic
    ends: str
    stays: str
    hers: ServiceClient  # the therapist of who ends
    his: ServiceClient  # the therapist of who stays
    cases: dict[str, str]

    def become_one(self) -> None:
        """Merge the two; each is assigned to the other's therapist as well."""
        merge(self.clinic, self.ends, self.stays)
        self.clinic.assign(self.stays, self.hers)
        self.clinic.assign(self.ends, self.his)

    def part(self, *, told_first: bool) -> None:
        """Separate the two; what the merge assigned is taken back before that is heard of, or after it."""
        if not told_first:
            unmerge(self.clinic, self.ends, self.stays)
        self.clinic.unassign(self.stays, self.hers, 2)
        self.clinic.unassign(self.ends, self.his, 2)
        if told_first:
            unmerge(self.clinic, self.ends, self.stays)

    def write(self, client_id: str, case_id: str, by: ServiceClient, day: int) -> str:
        """A draft of that therapist about the client, in that case."""
        appointment = self.clinic.book(f"2026-02-0{day}T10:00", client_ids=[client_id], staff_id=str(by.staff_id))
        body = {"client_id": client_id, "case_id": case_id, "template": "soap", "content": SOAP, "minutes": 50}
        return str(asked(by.post(f"/appointments/{appointment['id']}/notes", body), 201)["id"])


def asked(response: Any, status: int = 200) -> Any:
    assert response.status_code == status, response.text
    return response.json


@pytest.fixture
def two(clinic: Clinic) -> Two:
    hers, his = (clinic.staff("therapist", grants=("assigned_only",)) for _ in range(2))
    ends, stays = clinic.client(hers), clinic.client(his)
    cases = {ends: clinic.open_case(hers, ends), stays: clinic.open_case(his, stays)}
    return Two(clinic, ends, stays, hers, his, cases)


@pytest.mark.parametrize("told_first", [True, False])
def test_a_note_in_the_others_case_goes_with_its_client_and_its_author(two: Two, told_first: bool) -> None:
    before = two.write(two.ends, two.cases[two.ends], two.hers, 1)
    diagnosis = {"code": "F41.1", "rank": 1, "effective_from": "2026-01-01"}
    asked(two.hers.post(f"/cases/{two.cases[two.ends]}/diagnoses", diagnosis), 201)
    two.become_one()
    note = two.write(two.stays, two.cases[two.ends], two.his, 2)
    signed = asked(two.his.post(f"/notes/{note}/sign"))
    two.part(told_first=told_first)
    for path in (f"/notes/{note}", f"/clients/{two.stays}/cases"):
        assert two.hers.get(path).status_code == 404, "it is about somebody whom they do not see"
    assert two.hers.post(f"/notes/{note}/addenda", {"text": "x"}).status_code == 404
    listed = asked(two.hers.get(f"/cases/{two.cases[two.ends]}/notes"))["items"]
    assert [item["id"] for item in listed] == [before]
    found = asked(two.his.get(f"/notes/{note}"))
    assert found["case_id"] not in two.cases.values() and found["content_hash"] == signed["content_hash"]
    assert found["version"] == signed["version"] + 1
    assert asked(two.his.post(f"/notes/{note}/addenda", {"text": "x"}), 201)
    theirs = asked(two.his.get(f"/clients/{two.stays}/cases"))["items"]
    assert {case["client_id"] for case in theirs} == {two.stays}
    assert {case["name"] for case in theirs} == {"Individual", "Continued after a separation"}
    of_note = (
        "SELECT data->'case_id', data->'diagnosis_codes' FROM outbox"
        " WHERE type LIKE 'clinical.appointment_documented.%%' AND data->>'note_id' = %s ORDER BY id"
    )
    events = two.clinic.database.rows(of_note, note)
    assert [codes for _, codes in events] == [["F41.1"], []] and events[-1][0] == found["case_id"]
    assert two.his.get(f"/notes/{before}").status_code == 404
    (item,) = asked(two.clinic.administrator.get("/work-items/clinical", kind="case_continued"))["items"]
    assert item["client_id"] == two.stays


def test_what_was_booked_or_discarded_goes_too_in_both_directions(two: Two) -> None:
    before = two.clinic.book("2026-02-03T10:00", client_ids=[two.ends], staff_id=str(two.hers.staff_id))
    two.become_one()
    body = {"client_id": two.stays, "case_id": two.cases[two.stays], "template": "soap", "content": SOAP, "minutes": 50}
    late = asked(two.hers.post(f"/appointments/{before['id']}/notes", body), 201)["id"]
    thrown = two.write(two.stays, two.cases[two.ends], two.his, 4)
    asked(two.his.post(f"/notes/{thrown}/discard", {"reason": "Written twice."}))
    coming = two.clinic.booking(in_days(9, 9), client_ids=[two.stays], case_id=two.cases[two.ends])
    asked(two.clinic.administrator.post("/appointments", coming), 201)
    two.part(told_first=False)
    assert two.his.get(f"/notes/{late}").status_code == 404, "it is about who ended"
    assert asked(two.hers.get(f"/notes/{late}"))["client_id"] == two.ends
    assert two.hers.get(f"/notes/{thrown}").status_code == 404
    rows = two.clinic.database.rows(
        "SELECT DISTINCT a.client_id = c.client_id FROM attendees a JOIN cases c ON c.id = a.case_id"
        " WHERE a.organization_id = %s UNION ALL"
        " SELECT DISTINCT n.client_id = c.client_id FROM notes n JOIN cases c ON c.id = n.case_id"
        " WHERE n.organization_id = %s",
        *(two.clinic.organization_id, two.clinic.organization_id),
    )
    assert rows == [(True,)] * 2


def test_two_who_kept_to_their_own_cases_get_no_new_ones(two: Two) -> None:
    two.become_one()
    two.write(two.stays, two.cases[two.stays], two.his, 5)
    two.part(told_first=True)
    rows = "SELECT count(*) FROM cases WHERE organization_id = %s AND client_id = ANY(%s::uuid[])"
    assert two.clinic.database.rows(rows, two.clinic.organization_id, [two.ends, two.stays]) == [(2,)]
    assert asked(two.clinic.administrator.get("/work-items/clinical", kind="case_continued"))["items"] == []
