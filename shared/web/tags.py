"""What the API is for, in the order of the document: each operation stands under one task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Tag:
    """A task, and a sentence about it."""

    name: str
    description: str


SIGN_IN: Final = Tag("Sign in", "Sign a practice up, sign in and out, reset a password, accept an invitation.")
ACCOUNT: Final = Tag("My account", "One's own profile, sessions, password, address, passkeys and authenticator app.")
SETTINGS: Final = Tag("Settings", "The practice: profile, locations, policies, and what is printed and billed under.")
STAFF: Final = Tag("Staff", "Members of staff: invitations, permission levels, licences, leaving and handing over.")
PROGRAMS: Final = Tag("API clients", "Programs with permissions and secrets of their own.")
CLIENTS: Final = Tag("Clients", "Who comes to the practice, who is assigned to them, and who can see their record.")
AGENDA: Final = Tag("Agenda", "Booking appointments, and what became of them.")
DOCUMENTATION: Final = Tag("Documentation", "Cases, diagnoses, treatment plans, and notes from draft to signed record.")
EMERGENCY: Final = Tag(
    "Emergency access", "Opening the record of an unassigned client in an emergency, and its review."
)
WORK: Final = Tag("Work items", "What somebody still has to look at, and notices for one person.")
SERVICES: Final = Tag("Services and rates", "What the practice offers, and what it costs from which day on.")
BILLING: Final = Tag("Billing", "Invoices, payments, credit, refunds, and a client's ledger.")
AUDIT: Final = Tag("Audit", "Who did, saw or was refused what.")
TAGS: Final = (
    SIGN_IN,
    ACCOUNT,
    SETTINGS,
    STAFF,
    PROGRAMS,
    CLIENTS,
    AGENDA,
    DOCUMENTATION,
    EMERGENCY,
    WORK,
    SERVICES,
    BILLING,
    AUDIT,
)
