"""A practice as its staff would set it up: through the gateway's API, nothing else. Shared by the flows' tests."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from email import message_from_bytes
from typing import Any, TypeVar

import requests

from embedded.api_client import ApiClient
from embedded.stack import Stack
from shared.testing.waiting import wait_until

PASSWORD = "correct-horse-battery-" + secrets.token_hex(4)
LEVELS = {"manager": "administration", "therapist": "therapist", "biller": "billing", "desk": "default"}
SOAP = {"subjective": "s", "objective": "o", "assessment": "a", "plan": "p"}


Fact = TypeVar("Fact")


class OnDemand(dict[str, Fact]):
    """A fact about each member of staff. Whom nobody asked for yet joins the practice first."""

    def __init__(self, join: Callable[[str], object]) -> None:
        super().__init__()
        self._join = join

    def __missing__(self, name: str) -> Fact:
        self._join(name)
        return self[name]


class Practice:
    """An organization with its owner, a service, one member of staff per level as tests ask for them, and more."""

    def __init__(self, url: str, time_zone: str = "America/New_York") -> None:
        self.url = url
        self.suffix = secrets.token_hex(5)
        self.people: OnDemand[ApiClient] = OnDemand(self._join)
        self.staff_ids: OnDemand[str] = OnDemand(self._join)
        nobody = ApiClient(self.url)
        administrator = {
            "given_name": "Olga",
            "family_name": "Admin",
            "email": self.email("owner"),
            "password": PASSWORD,
        }
        response = nobody.post(
            "/organizations",
            {"name": "Practice", "time_zone": time_zone, "administrator": administrator},
        )
        self.organization_id = response["organization"]["id"]
        self.staff_ids["owner"] = response["staff"]["id"]
        self.people["owner"] = self.sign_in("owner")
        self.service_type_id = self.owner.post(
            "/service-types",
            {
                "name": "Psychotherapy 60",
                "kind": "cpt",
                "code": "90837",
                "rate_cents": 15_000,
                "duration_minutes": 60,
                "note_minutes_min": 53,
                "note_minutes_max": 60,
            },
        )["id"]

    def email(self, name: str) -> str:
        """An address that nobody else has."""
        return f"{name}.{self.suffix}@example.test"

    def sign_in(self, name: str) -> ApiClient:
        """A fresh session of that person, who joins first where nobody asked for them yet."""
        assert self.staff_ids[name]
        return ApiClient(self.url).sign_in(self.email(name), PASSWORD)

    def owner_answers(self) -> bool:
        """Whether the owner gets through to their clients just now."""
        try:
            return self.owner.call("GET", "/clients").status_code == 200
        except requests.ConnectionError:
            return False

    @property
    def owner(self) -> ApiClient:
        """Organization Administration."""
        return self.people["owner"]

    def add(self, name: str, *levels: str, **more: Any) -> ApiClient:
        """Invite somebody, let them join and sign in."""
        body = {
            "given_name": name.title(),
            "family_name": "Staff",
            "email": self.email(name),
            "levels": list(levels),
            **more,
        }
        if "therapist" in levels:
            body.setdefault("licence", {"number": "L-1", "state": "NY", "expires_on": "2035-12-31"})
        response = self.owner.post("/staff", body)
        accept = {"token": response["invitation"]["token"], "password": PASSWORD}
        ApiClient(self.url).post("/invitations/accept", accept, expect=200)
        self.staff_ids[name] = response["id"]
        self.people[name] = self.sign_in(name)
        return self.people[name]

    def _join(self, name: str) -> None:
        self.add(name, LEVELS[name])

    def add_everyone(self) -> None:
        """One member of staff per level, now: for tests that count them or measure time."""
        for name, level in LEVELS.items():
            self.add(name, level)

    def new_client(self, therapist: str = "therapist", given_name: str = "Ada") -> tuple[str, str]:
        """A client assigned to the therapist, with an open case; returns both ids."""
        client_id = self.owner.post(
            "/clients", {"given_name": given_name, "family_name": "Client", "date_of_birth": "1990-01-02"}
        )["id"]
        self.owner.put(f"/clients/{client_id}/staff/{self.staff_ids[therapist]}")
        case_id = self.people[therapist].post("/cases", {"client_id": client_id, "name": "Individual"})["id"]
        return client_id, case_id

    def book(self, client_id: str, start: str, therapist: str = "therapist", **more: Any) -> str:
        """An appointment; returns its id."""
        body = {
            "client_ids": [client_id],
            "staff_id": self.staff_ids[therapist],
            "service_type_id": self.service_type_id,
            "starts_at_local": start,
            **more,
        }
        return str(self.owner.post("/appointments", body)["id"])

    def draft_note(self, appointment_id: str, client_id: str, therapist: str = "therapist", minutes: int = 55) -> str:
        """A complete, unsigned note; returns its id."""
        body = {"client_id": client_id, "template": "soap", "content": SOAP, "minutes": minutes}
        return str(self.people[therapist].post(f"/appointments/{appointment_id}/notes", body)["id"])

    def document(self, client_id: str, start: str, therapist: str = "therapist", minutes: int = 55) -> str:
        """A kept appointment with a signed note; returns the appointment's id."""
        appointment_id = self.book(client_id, start, therapist)
        note_id = self.draft_note(appointment_id, client_id, therapist, minutes)
        self.people[therapist].post(f"/notes/{note_id}/sign", expect=200)
        return appointment_id

    def invoices(self, appointment_id: str) -> list[dict[str, Any]]:
        """The appointment's invoices, as the owner sees them now."""
        return list(self.owner.get("/invoices", appointment_id=appointment_id)["items"])

    def draft_of(self, appointment_id: str, seconds: float = 20) -> dict[str, Any]:
        """The draft invoice, soon after signing."""
        return wait_until(lambda: self.invoices(appointment_id), seconds, "the draft invoice")[0]


def mailed_token(stack: Stack, email: str, page: str, *, but: str = "none") -> str:
    """The token of the link to that page in the mail to that address; not the one that is known already."""

    def found() -> str:
        for file in stack.home.mailbox.glob("*.eml"):
            message = message_from_bytes(file.read_bytes())
            text = bytes(message.get_payload(decode=True)).decode()
            if message["To"] == email and f"{page}#token=" in text and but not in text:
                return str(text.partition(f"{page}#token=")[2].split()[0])
        return ""

    return wait_until(found, 20, "the mail")
