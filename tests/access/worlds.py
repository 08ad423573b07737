"""Two practices for the matrix: one with somebody of every level and grant and clients of all kinds, and another."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from embedded.api_client import ApiClient as Client
from embedded.stack import Stack
from shared import permissions
from shared.testing.waiting import wait_until
from tests.practice import PASSWORD, Practice
from tests.running import rows

ASSIGNED, UNASSIGNED, ELSEWHERE = "assigned", "unassigned", "elsewhere"
TARGETS = (ASSIGNED, UNASSIGNED, ELSEWHERE)


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody signed in: the level they were given, and at most one grant besides."""

    level: str
    grant: str | None
    name: str
    staff_id: str
    web: Client

    @property
    def grants(self) -> frozenset[str]:
        """Their grants."""
        return frozenset({self.grant} if self.grant else ())


@dataclass
class Worlds:
    """The home practice and the other one, their people, and one of each record per target (placeholder -> id)."""

    home: Practice
    elsewhere: Practice
    principals: list[Principal] = field(default_factory=list)
    records: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def build(cls, stack: Stack, *, principals: bool = True) -> Worlds:
        """Through the API, as anybody would; with somebody of every level and grant where they are asked for."""
        worlds = cls(Practice(stack.url), Practice(stack.url))
        for practice in (worlds.home, worlds.elsewhere):
            practice.add_everyone()
            practice.owner.post("/cancellation-policies", POLICY)
            for spare in ("spare", "expendable"):
                practice.add(spare, "therapist")
        worlds.records = {
            ASSIGNED: _records(worlds.home),
            UNASSIGNED: _records(worlds.home),
            ELSEWHERE: _records(worlds.elsewhere),
        }
        for level in permissions.LEVELS if principals else ():
            # A day has fifty invitations, and everybody here joins on one.
            rows(stack, "identity", "UPDATE invitations SET created_at = created_at - interval '2 days' RETURNING id")
            for grant in (None, *permissions.GRANTS):
                worlds.principals.append(worlds._principal(level, grant))
        worlds._wait_until_assigned()
        return worlds

    def of(self, target: str) -> dict[str, str]:
        """The records of a target."""
        return self.records[target]

    def _principal(self, level: str, grant: str | None) -> Principal:
        name = f"{level}-{grant or 'plain'}".replace("_", "-")
        web = self.home.add(name, level, grants=[grant] if grant else [])
        staff_id = self.home.staff_ids[name]
        self.home.owner.put(f"/clients/{self.of(ASSIGNED)['client_id']}/staff/{staff_id}")
        return Principal(level, grant, name, staff_id, web)

    def _wait_until_assigned(self) -> None:
        """An assignment is on the cases soon after; the matrix asks about the state after that."""
        case = f"/cases/{self.of(ASSIGNED)['case_id']}"
        for principal in self.principals:
            if principal.level == "therapist":
                wait_until(
                    lambda principal=principal: principal.web.call("GET", case).status_code == 200, 20, principal.name
                )
        ledger = f"/clients/{self.of(ASSIGNED)['client_id']}/ledger"
        wait_until(lambda: self.home.owner.call("GET", ledger).status_code == 200, 20, "billing")


def _records(practice: Practice) -> dict[str, str]:
    owner, therapist = practice.owner, practice.people["therapist"]
    client_id, case_id = practice.new_client()
    diagnosis = therapist.post(
        f"/cases/{case_id}/diagnoses", {"code": "F41.1", "rank": 1, "effective_from": "2026-01-01"}
    )
    plan = therapist.post(f"/cases/{case_id}/treatment-plans", PLAN)
    day = next(_DAYS)
    appointment_id = practice.document(client_id, f"2026-09-{day:02d}T10:00")
    note = therapist.get(f"/cases/{case_id}/notes")["items"][0]
    invoice_id = practice.draft_of(appointment_id)["id"]
    owner.post(f"/invoices/{invoice_id}/issue", expect=200)
    payment = owner.post(
        "/payments", {"client_id": client_id, "amount_cents": 100, "method": "cash", "received_on": "2026-09-30"}
    )
    credit = owner.post(
        "/payments",
        {"client_id": client_id, "amount_cents": 100, "method": "cash", "received_on": "2026-09-30", "allocations": []},
    )
    invited = owner.post(
        "/staff",
        {
            "given_name": "Ivy",
            "family_name": f"Invited{day}",
            "email": practice.email(f"invited{day}"),
            "levels": ["default"],
        },
    )
    return {
        "password": PASSWORD,
        "client_id": client_id,
        "case_id": case_id,
        "diagnosis_id": diagnosis["id"],
        "plan_id": plan["id"],
        "appointment_id": appointment_id,
        "note_id": note["id"],
        "invoice_id": invoice_id,
        "payment_id": payment["id"],
        "staff_id": practice.staff_ids["spare"],
        "expendable_id": practice.staff_ids["expendable"],
        "addendum_id": therapist.post(f"/notes/{note['id']}/addenda", {"text": "Added."})["id"],
        "refund_id": owner.post(f"/payments/{credit['id']}/refunds", {"amount_cents": 50, "reason": "Asked for."})[
            "id"
        ],
        "credit_id": credit["id"],
        "write_off_id": owner.post(f"/invoices/{invoice_id}/write-offs", WRITE_OFF)["id"],
        "invited_id": invited["id"],
        "invitation_id": invited["invitation"]["id"],
        "policy_id": owner.get("/cancellation-policies")["items"][0]["id"],
        "licence_id": owner.get(f"/staff/{practice.staff_ids['spare']}/licences")["items"][0]["id"],
        "service_type_id": practice.service_type_id,
        "api_client_id": owner.post("/api-clients", API_CLIENT)["id"],
        "location_id": owner.post("/locations", {"name": f"Office {day}"})["id"],
        "group_id": owner.post("/groups", {"name": f"Evening {day}", "members": [client_id], "on": "2026-09-01"})["id"],
        "address_id": owner.post(f"/clients/{client_id}/addresses", ADDRESS)["id"],
        "responsible_person_id": owner.post(f"/clients/{client_id}/responsible-people", PAYER)["id"],
        "client_field_id": owner.post("/client-fields", {"name": f"Own field {day}", "type": "text"})["id"],
        **_amended(practice, client_id, day),
    }


def _amended(practice: Practice, client_id: str, day: int) -> dict[str, str]:
    """An issued invoice whose note was corrected afterwards."""
    appointment_id = practice.document(client_id, f"2026-09-{day:02d}T14:00")
    invoice_id = practice.draft_of(appointment_id)["id"]
    practice.owner.post(f"/invoices/{invoice_id}/issue", expect=200)
    case_id = practice.owner.get(f"/clients/{client_id}/cases")["items"][0]["id"]
    notes = practice.owner.get(f"/cases/{case_id}/notes")["items"]
    (note,) = [note for note in notes if note["appointment_id"] == appointment_id]
    correction = {"reason": "stop time", "minutes": 45}
    practice.people["therapist"].post(f"/notes/{note['id']}/amendments", correction)
    pending = wait_until(
        lambda: practice.owner.get(f"/invoices/{invoice_id}")["amendments"], 20, "the pending amendment"
    )
    return {"amended_invoice_id": invoice_id, "amendment_id": pending[0]["id"]}


POLICY = {
    "effective_from": "2026-01-01",
    "notice_hours": 24,
    "late_cancel_fee_cents": 1,
    "no_show_fee_cents": 1,
    "text": "Cancel in time.",
}
WRITE_OFF = {"amount_cents": 100, "kind": "courtesy", "reason": "Agreed."}
API_CLIENT = {
    "name": "Sync",
    "permissions": ["clients:read"],
    "expires_at": (datetime.now(UTC) + timedelta(days=30)).isoformat(),
}
_DAYS = iter(range(1, 29))
ADDRESS = {
    "address": {"line1": "1 Main St", "city": "New York", "state": "NY", "postal_code": "10001"},
    "effective_from": "2026-01-01",
}
PAYER = {
    "given_name": "Rosa",
    "family_name": "Quint",
    "share": {"kind": "percent", "percent": 60},
    "effective_from": "2026-01-01",
}
PLAN = {
    "effective_from": "2026-01-01",
    "problems": [
        {
            "description": "worry",
            "goals": [{"description": "calm", "objectives": [{"description": "sleep", "measure": "hours"}]}],
        }
    ],
}
