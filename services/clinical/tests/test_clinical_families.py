"""Whatever goes by client follows who was merged into whom: each route that takes a client's id, there and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from marshmallow import Schema

from services.clinical.app import ROUTES
from services.clinical.open_work_counts.commands import OpenWorkCounter
from services.clinical.tests.conftest import SOAP, Clinic
from services.clinical.tests.emergency import REASON
from services.clinical.tests.merging import merge, unmerge
from services.clinical.tests.test_clinical_hand_over import in_days
from services.clinical.tests.test_clinical_not_seen import become, found, old_client, on, seen
from shared.testing.web import ServiceClient
from shared.web.merged_clients import NAMES, has_own_address

PREFIX = "/api/v1"


@dataclass
class Family:
    """Two clients with records of each, of whom one is to end in the other."""

    clinic: Clinic
    ends: str = ""
    stays: str = ""
    records: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ends, self.stays = (self.clinic.client(self.clinic.therapist) for _ in range(2))
        for at, client_id in enumerate((self.ends, self.stays)):
            case = self.clinic.open_case(self.clinic.therapist, client_id)
            past, coming = f"2026-03-0{at + 2}T10:00", in_days(5, 10 + at)
            visit = self.clinic.book(past, client_ids=[client_id])["id"]
            note = self.clinic.note(visit, client_id=client_id)["id"]
            appointment = self.clinic.book(coming, client_ids=[client_id])["id"]
            together = self.clinic.book(in_days(6, 10 + at), client_ids=[client_id, self.clinic.client_id])["id"]
            body = {"name": f"Group {at}", "staff": [], "members": [client_id]}
            group = asked(self.clinic.administrator.post("/groups", body), 201)["id"]
            opened = self.clinic.staff("therapist").post(f"/clients/{client_id}/break-glass", REASON)
            self.records[client_id] = {
                "case": case,
                "visit": visit,
                "note": note,
                "appointment": appointment,
                "together": together,
                "group": group,
                "opening": asked(opened, 201)["id"],
            }

    def of(self, kind: str, *client_ids: str) -> set[str]:
        return {self.records[client_id][kind] for client_id in client_ids}


@pytest.fixture
def two(open_clinic: Clinic) -> Family:
    return Family(open_clinic)


def asked(response: Any, status: int = 200) -> Any:
    assert response.status_code == status, response.text
    return response.json


def ids(value: Any) -> set[str]:
    return {item["id"] for item in value["items"]}


# What each read shows of a client, and the kinds of records that those are.
def appointments(two: Family, client_id: str) -> set[str]:
    return ids(asked(two.clinic.desk.get(f"/clients/{client_id}/appointments")))


def cases_of(who: ServiceClient, client_id: str) -> set[str]:
    return ids(asked(who.get(f"/clients/{client_id}/cases")))


def cases(two: Family, client_id: str) -> set[str]:
    return cases_of(two.clinic.therapist, client_id)


def groups(two: Family, client_id: str) -> set[str]:
    return ids(asked(two.clinic.desk.get("/groups", client_id=client_id)))


def worklist(two: Family, client_id: str) -> set[str]:
    found = asked(two.clinic.therapist.get("/worklist", client_id=client_id))
    assert found["counts"]["draft"] == len(found["items"])
    return {item["note_id"] for item in found["items"]}


def explained(two: Family, client_id: str) -> set[str]:
    staff_id = str(two.clinic.therapist.staff_id)
    (item,) = asked(two.clinic.administrator.get("/access/explain", client_id=client_id, staff_id=staff_id))["items"]
    return {case["case_id"] for case in item["cases"]}


def open_work(two: Family, client_id: str) -> set[str]:
    staff_id = two.clinic.therapist.staff_id
    found = asked(two.clinic.administrator.get(f"/staff/{staff_id}/open-work", client_id=client_id))
    assert 2 * found["cases"] == 2 * found["drafts"]["count"] == found["appointments"]["count"]
    return ids(found["appointments"])


def notes(two: Family, client_id: str) -> set[str]:
    return ids(asked(two.clinic.therapist.get("/notes", client_id=client_id)))


def waiting(two: Family, client_id: str) -> set[str]:
    found = asked(two.clinic.administrator.get("/work-items/clinical", client_id=client_id))
    return {item["subject"]["id"] for item in found["items"]}


READS: dict[str, tuple[Callable[[Family, str], set[str]], tuple[str, ...]]] = {
    "get_client_appointments": (appointments, ("visit", "appointment", "together")),
    "get_client_cases": (cases, ("case",)),
    "get_groups": (groups, ("group",)),
    "get_notes": (notes, ("note",)),
    "get_worklist": (worklist, ("note",)),
    "get_access_explanation": (explained, ("case",)),
    "get_open_work": (open_work, ("appointment", "together")),
    "get_clinical_work_items": (waiting, ("opening",)),
}


@pytest.mark.parametrize("name", READS)
def test_what_is_read_of_who_stays_is_of_both_and_then_again_of_each(two: Family, name: str) -> None:
    read, kinds = READS[name]
    (route,) = [route for route in ROUTES if route.name == name]

    def of(*client_ids: str) -> set[str]:
        return set().union(*(two.of(kind, *client_ids) for kind in kinds))

    for _ in range(2):
        assert (read(two, two.ends), read(two, two.stays)) == (of(two.ends), of(two.stays))
        merge(two.clinic, two.ends, two.stays)
        assert read(two, two.stays) == of(two.ends, two.stays)
        if not has_own_address(route.path):
            assert read(two, two.ends) == of(two.ends, two.stays)
        unmerge(two.clinic, two.ends, two.stays)


@pytest.mark.parametrize("route", [route for route in ROUTES if has_own_address(route.path)], ids=lambda r: r.name)
def test_the_address_of_who_ended_leads_on_whom_may_see(two: Family, route: Any) -> None:
    merge(two.clinic, two.ends, two.stays)
    path = route.path.removeprefix(PREFIX).replace("{client_id}", two.ends)
    body = REASON if route.writes else None
    stranger = two.clinic.staff("therapist", grants=("assigned_only",))
    assert stranger.send(route.method, path, body).status_code == 404
    moved = two.clinic.therapist.send(route.method, path, body)
    assert (moved.status_code, moved.json["code"]) == (308, "client_merged")
    assert moved.headers["Location"] == f"{PREFIX}{path}".replace(two.ends, two.stays)


def booked(two: Family, who: str) -> None:
    made = asked(two.clinic.desk.post("/appointments", two.clinic.booking(in_days(8, 9), client_ids=[who])), 201)
    assert made["client_ids"] == [two.stays]
    busy = two.clinic.booking(in_days(5, 10), client_ids=[who], staff_id=str(two.clinic.staff("therapist").staff_id))
    refused = asked(two.clinic.desk.post("/appointments", busy), 409)
    assert refused["errors"][0]["value"] == two.records[two.ends]["appointment"], "busy is who ended too"


def opened(two: Family, who: str) -> None:
    assert asked(two.clinic.therapist.post("/cases", {"client_id": who, "name": "New"}), 201)["client_id"] == two.stays


def looked_up(two: Family, who: str) -> None:
    (item,) = asked(two.clinic.desk.post("/appointments/lookup", {"client_ids": [who]}))["items"]
    assert item["client_id"] == two.stays
    assert item["last_visit"]["appointment_id"] == two.records[two.stays]["visit"], "the later"
    assert item["next_appointment"]["appointment_id"] == two.records[two.ends]["appointment"], "the earlier"


def grouped(two: Family, who: str) -> None:
    body = {"name": "Fridays", "staff": [], "members": [who, two.stays]}
    made = asked(two.clinic.administrator.post("/groups", body), 201)
    assert [member["client_id"] for member in made["members"]] == [two.stays]


def joined_and_left(two: Family, who: str) -> None:
    path = f"/groups/{two.records[two.ends]['group']}/members/{who}"
    for method, members in (("PUT", [two.ends]), ("DELETE", []), ("PUT", [two.stays])):  # a member does not join again
        group = asked(two.clinic.administrator.send(method, path, {}))
        assert [member["client_id"] for member in group["members"]] == members


def stood(two: Family, who: str) -> None:
    path = f"/appointments/{two.records[two.ends]['together']}"
    asked(two.clinic.desk.post(f"{path}/status", {"status": "confirmed", "client_id": who}))
    roster = asked(two.clinic.desk.get(f"{path}/roster"))["members"]
    assert [each["client_id"] for each in roster if each["status"] == "confirmed"] == [two.ends]


def written(two: Family, who: str) -> None:
    """About an appointment of who ended, in a case of who stays."""
    body = {"client_id": who, "template": "soap", "content": SOAP, "case_id": two.records[two.stays]["case"]}
    note = asked(two.clinic.therapist.post(f"/appointments/{two.records[two.ends]['appointment']}/notes", body), 201)
    assert note["client_id"] == two.ends, "a note is about its appointment's own client"


def handed_over(two: Family, who: str) -> None:
    successor = two.clinic.staff("therapist")
    for client_id in (two.ends, two.stays):
        two.clinic.assign(client_id, successor)
    path = f"/staff/{two.clinic.therapist.staff_id}/hand-over-client"
    body = {"client_id": who, "to_staff_id": str(successor.staff_id)}
    done = asked(two.clinic.administrator.post(path, body))
    assert set(done["appointments"]) == two.of("appointment", two.ends, two.stays)
    left = two.of("together", two.ends, two.stays)
    assert {refused["id"] for refused in done["refused"]} == left, "those with somebody else"


def previewed(two: Family, who: str) -> None:
    query = {"client_id": who, "into_client_id": two.stays}
    refused = two.clinic.administrator.get("/client-merges/preview/clinical", **query)
    assert asked(refused, 409)["code"] == "self"


WRITES: dict[str, Callable[[Family, str], None]] = {
    "post_appointment": booked,
    "post_case": opened,
    "post_visit_lookup": looked_up,
    "post_group": grouped,
    "put_group_member": joined_and_left,
    "delete_group_member": joined_and_left,
    "post_appointment_status": stood,
    "post_note": written,
    "post_hand_over_client": handed_over,
    "get_clinical_merge_preview": previewed,
}


@pytest.mark.parametrize("name", WRITES)
def test_the_id_of_who_ended_means_who_stays(two: Family, name: str) -> None:
    merge(two.clinic, two.ends, two.stays)
    WRITES[name](two, two.ends)


def _takes_a_client(schema: type[Schema] | None) -> bool:
    return schema is not None and not NAMES.isdisjoint(schema().fields)


def test_every_route_that_takes_a_client_is_asked_here() -> None:
    named = {
        route.name
        for route in ROUTES
        if "{client_id}" in route.path or _takes_a_client(route.body) or _takes_a_client(route.query)
    }
    assert named == {*READS, *WRITES, "post_break_glass"}


def test_emergency_access_to_one_of_them_is_to_both(two: Family) -> None:
    clinic, colleague = two.clinic, two.clinic.staff("therapist")
    opening = asked(colleague.post(f"/clients/{two.ends}/break-glass", REASON), 201)
    assert (cases_of(colleague, two.ends), cases_of(colleague, two.stays)) == (two.of("case", two.ends), set())
    merge(clinic, two.ends, two.stays)
    assert cases_of(colleague, two.stays) == two.of("case", two.ends, two.stays)
    again = asked(colleague.post(f"/clients/{two.stays}/break-glass", REASON))
    assert again["id"] == opening["id"], "it is open already"
    unmerge(clinic, two.ends, two.stays)
    assert cases_of(colleague, two.stays) == set()


def test_what_began_while_they_were_one_stays_with_who_stayed(two: Family) -> None:
    merge(two.clinic, two.ends, two.stays)
    later = asked(two.clinic.desk.post("/appointments", two.clinic.booking(in_days(9, 9), client_ids=[two.ends])), 201)
    unmerge(two.clinic, two.ends, two.stays)
    assert later["id"] in appointments(two, two.stays) - appointments(two, two.ends)


def test_a_report_has_who_stays_alone_with_the_later_visit(clinic: Clinic) -> None:
    ends, stays = old_client(clinic, 400, "Ada Ends"), old_client(clinic, 400, "Ada Stays")
    seen(clinic, ends, 90)
    seen(clinic, stays, 200)
    assert found(clinic.administrator, days=60) == [stays, ends]
    merge(clinic, ends, stays, "Ada Stays")
    assert found(clinic.administrator, days=60) == [stays]
    assert found(clinic.administrator, days=120) == [], "they were here 90 days ago"
    later = clinic.book(on(3), client_ids=[ends])
    assert found(clinic.administrator, days=60) == [], "something is booked"
    become(clinic, later, "cancelled")
    unmerge(clinic, ends, stays)
    assert found(clinic.administrator, days=120) == [stays]
    assert len(found(clinic.administrator, days=60)) == 2


def test_open_work_is_counted_for_who_stays_and_again_for_each(two: Family) -> None:
    def counted() -> dict[str, tuple[int, ...]]:
        while OpenWorkCounter(two.clinic.worker).count_some():
            pass
        rows = two.clinic.database.rows(
            "SELECT client_id::text, appointments, drafts FROM open_work_counts"
            " WHERE organization_id = %s AND staff_id = %s AND client_id <> %s",
            *(two.clinic.organization_id, two.clinic.therapist.staff_id, UUID(two.clinic.client_id)),
        )
        return {str(client_id): tuple(counts) for client_id, *counts in rows}

    assert counted() == {two.ends: (2, 1), two.stays: (2, 1)}
    merge(two.clinic, two.ends, two.stays)
    assert counted() == {two.ends: (0, 0), two.stays: (4, 2)}
    path = f"/appointments/{two.records[two.ends]['appointment']}/status"
    asked(two.clinic.desk.post(path, {"status": "cancelled"}))
    assert counted() == {two.ends: (0, 0), two.stays: (3, 2)}
    unmerge(two.clinic, two.ends, two.stays)
    assert counted() == {two.ends: (1, 1), two.stays: (2, 1)}
