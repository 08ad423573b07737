"""The first day of a practice, played through the gateway as its staff would: every step an API request."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from embedded.api_client import ApiClient
from embedded.demo import practice

ATTEMPTS = 10  # of a request that is to come back later

# step(title, total) announces a step and returns what to call after each piece of it.
Step = Callable[[str, int], Callable[[], None]]


@dataclass(slots=True)
class Played:
    """What the demo made, for the summary."""

    password: str
    counts: dict[str, int] = field(default_factory=dict)
    charged_cents: int = 0
    paid_cents: int = 0
    requests: int = 0


def play(base_url: str, step: Step, today: date | None = None) -> Played:
    """Sign a practice up and live its first two weeks; raises `ApiError` when the gateway refuses anything."""
    return _Day(base_url, step, today or datetime.now(ZoneInfo(practice.TIME_ZONE)).date()).play()


class _Day:
    def __init__(self, base_url: str, step: Step, today: date) -> None:
        self.step = step
        self.today = today
        self.front = ApiClient(base_url, attempts=ATTEMPTS)
        self.played = Played(password=f"river-{secrets.token_hex(4)}-bend-{secrets.token_hex(4)}")
        self.signed_in: dict[str, ApiClient] = {}  # by level
        self.staff_ids: dict[str, str] = {}  # by e-mail
        self.services: dict[str, str] = {}  # by code
        self.clients: list[tuple[practice.Client, str, str]] = []  # client, id, case id
        self.appointments: list[tuple[datetime, str, practice.Client, str]] = []
        self.location_id = ""

    def play(self) -> Played:
        self.sign_up()
        self.add_services()
        self.add_staff()
        self.add_clients()
        self.do_intake()
        self.book_two_weeks()
        invoices = self.document_what_has_happened()
        self.invoice_and_take_payments(invoices)
        self.played.requests = self.front.requests_sent + sum(a.requests_sent for a in self.signed_in.values())
        return self.played

    @property
    def clinicians(self) -> list[practice.Person]:
        return [person for person in practice.STAFF if person.clinician]

    def sign_up(self) -> None:
        done = self.step("Signing the practice up", 3)
        owner = practice.STAFF[0]
        response = self.front.post(
            "/organizations",
            {
                "name": practice.ORGANIZATION,
                "time_zone": practice.TIME_ZONE,
                "administrator": {
                    "given_name": owner.given_name,
                    "family_name": owner.family_name,
                    "email": owner.email,
                    "password": self.played.password,
                },
            },
        )
        self.staff_ids[owner.email] = response["staff"]["id"]
        self._sign_in(owner)
        done()
        address = {"line1": "12 Mill Lane", "city": "Albany", "state": "NY", "postal_code": "12207-1234"}
        self.owner.patch(
            "/organization",
            {
                "legal_name": f"{practice.ORGANIZATION} PLLC",
                "npi": "1234567893",
                "phone": "+15185550100",
                "address": address,
            },
        )
        done()
        self.location_id = self.owner.post("/locations", {"name": "Mill Lane", "address": address})["id"]
        done()

    @property
    def owner(self) -> ApiClient:
        return self.signed_in["organization_administration"]

    def add_services(self) -> None:
        done = self.step("Adding services", len(practice.SERVICES))
        for service in practice.SERVICES:
            response = self.owner.post(
                "/service-types", {**service, "kind": "cpt", "unit": {"rule": "fixed", "units": 1}}
            )
            self.services[str(service["code"])] = response["id"]
            done()

    def add_staff(self) -> None:
        done = self.step("Inviting staff", len(practice.STAFF))
        for person in practice.STAFF[1:]:
            extra: dict[str, Any] = {"licence": _licence(person)} if person.clinician else {}
            response = self.owner.post(
                "/staff",
                {
                    "given_name": person.given_name,
                    "family_name": person.family_name,
                    "email": person.email,
                    "levels": [person.level],
                    **extra,
                },
            )
            token = response["invitation"]["token"]
            accepted = {"token": token, "password": self.played.password}
            self.front.post("/invitations/accept", accepted, expect=200)
            self.staff_ids[person.email] = response["id"]
            self._sign_in(person)
            done()
        owner = practice.STAFF[0]
        self.owner.patch(f"/staff/{self.staff_ids[owner.email]}", {"licence": _licence(owner)})
        done()
        self.played.counts["staff"] = len(practice.STAFF)

    def _sign_in(self, person: practice.Person) -> None:
        self.signed_in[person.level] = self.front.sign_in(person.email, self.played.password)

    def add_clients(self) -> None:
        people = practice.clients()
        done = self.step("Adding clients and assigning their clinicians", len(people))
        desk, manager = self.signed_in["default"], self.signed_in["administration"]
        for client in people:
            client_id = desk.post(
                "/clients",
                {
                    "given_name": client.given_name,
                    "family_name": client.family_name,
                    "date_of_birth": client.date_of_birth.isoformat(),
                    "phone": client.phone,
                },
            )["id"]
            clinician = self.clinicians[client.clinician]
            manager.put(f"/clients/{client_id}/staff/{self.staff_ids[clinician.email]}")
            self.clients.append((client, client_id, ""))
            done()
        self.played.counts["clients"] = len(people)

    def do_intake(self) -> None:
        done = self.step("Intake: cases, diagnoses, treatment plans", len(self.clients))
        for index, (client, client_id, _) in enumerate(self.clients):
            clinician = self._clinician_of(client)
            case_id = clinician.post("/cases", {"client_id": client_id, "name": "Individual therapy"})["id"]
            first_day = practice.week_days(self.today)[0].isoformat()
            diagnosis = {"code": client.diagnosis, "rank": 1, "effective_from": first_day}
            clinician.post(f"/cases/{case_id}/diagnoses", diagnosis)
            plan = clinician.post(f"/cases/{case_id}/treatment-plans", practice.treatment_plan(client, first_day))
            clinician.post(f"/treatment-plans/{plan['id']}/sign", expect=200)
            self.clients[index] = (client, client_id, case_id)
            done()
        self.played.counts["cases"] = self.played.counts["signed treatment plans"] = len(self.clients)

    def _clinician_of(self, client: practice.Client) -> ApiClient:
        return self.signed_in[self.clinicians[client.clinician].level]

    def book_two_weeks(self) -> None:
        days = practice.week_days(self.today)
        wanted = [(day, c) for day in days for c in self.clients if c[0].weekday == day.weekday()]
        done = self.step("Booking two weeks of appointments", len(wanted))
        seen: set[str] = set()
        for day, (client, client_id, _case_id) in wanted:
            code = ("90834", "90837")[client.hour % 2] if client_id in seen else "90791"
            seen.add(client_id)
            start = datetime(day.year, day.month, day.day, client.hour)
            appointment = self.signed_in["default"].post(
                "/appointments",
                {
                    "client_ids": [client_id],
                    "staff_id": self.staff_ids[self.clinicians[client.clinician].email],
                    "service_type_id": self.services[code],
                    "location_id": self.location_id,
                    "starts_at_local": start.strftime("%Y-%m-%dT%H:%M"),
                },
            )
            self.appointments.append((start, appointment["id"], client, client_id))
            done()
        self.played.counts["appointments"] = len(wanted)

    def document_what_has_happened(self) -> list[tuple[str, str]]:
        """Arrivals, one no-show, and a signed note for each kept appointment before today."""
        past = [a for a in self.appointments if a[0].date() < self.today]
        done = self.step("Documenting what has happened", len(past))
        documented = []
        for number, (_, appointment_id, client, client_id) in enumerate(past):
            desk = self.signed_in["default"]
            if number == 3:
                desk.post(f"/appointments/{appointment_id}/status", {"status": "no_show"}, expect=200)
                done()
                continue
            desk.post(f"/appointments/{appointment_id}/status", {"status": "arrived"}, expect=200)
            clinician = self._clinician_of(client)
            note = clinician.post(
                f"/appointments/{appointment_id}/notes",
                {"client_id": client_id, "template": "soap", "content": practice.note(client)},
            )
            clinician.post(f"/notes/{note['id']}/sign", expect=200, Idempotency_Key=f"sign-{note['id']}")
            documented.append((appointment_id, client_id))
            done()
        self.played.counts["signed notes"] = len(documented)
        return documented

    def invoice_and_take_payments(self, documented: list[tuple[str, str]]) -> None:
        biller = self.signed_in["billing"]
        done = self.step("Issuing invoices and taking payments", len(documented))
        issued = paid = 0
        for number, (appointment_id, client_id) in enumerate(documented):
            draft = self._draft_of(biller, appointment_id)
            if number % 10 != 9:  # a few stay drafts, for somebody to look at
                invoice = biller.post(
                    f"/invoices/{draft['id']}/issue", expect=200, Idempotency_Key=f"issue-{draft['id']}"
                )
                issued += 1
                self.played.charged_cents += invoice["total_cents"]
                amount = _payment_cents(number, invoice["balance_cents"])
                if amount:
                    biller.post(
                        "/payments",
                        {
                            "client_id": client_id,
                            "amount_cents": amount,
                            "method": ("card", "cash", "check")[number % 3],
                            "received_on": self.today.isoformat(),
                        },
                        Idempotency_Key=f"pay-{draft['id']}",
                    )
                    paid += 1
                    self.played.paid_cents += amount
            done()
        self.played.counts |= {"invoices": issued, "drafts": len(documented) - issued, "payments": paid}

    def _draft_of(self, biller: ApiClient, appointment_id: str) -> dict[str, Any]:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            items = biller.get("/invoices", appointment_id=appointment_id)["items"]
            if items:
                return dict(items[0])
            time.sleep(0.05)
        raise TimeoutError(f"no draft invoice for appointment {appointment_id} within 30 s")


def _licence(person: practice.Person) -> dict[str, str]:
    return {
        "number": f"NY-{len(person.email):03d}-{len(person.family_name):02d}41",
        "state": "NY",
        "issued_on": "2019-05-01",
        "expires_on": "2031-04-30",
    }


def _payment_cents(number: int, balance_cents: int) -> int:
    """Most pay in full, some half, a few nothing yet, one a little too much."""
    if number == 5:
        return balance_cents + 2_000
    return (balance_cents, balance_cents, balance_cents // 2, balance_cents, 0)[number % 5]
