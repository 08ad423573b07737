"""What a documented service costs, what holds an invoice back, and which status its postings give it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.errors import Conflict, Forbidden

STATUSES = ("draft", "open", "partially_paid", "paid", "void", "written_off")
OWING = ("open", "partially_paid")
PAYMENT_TERM_DAYS = 30  # from the day of issue, where the draft names no day


class NotADraft(Conflict):
    """What is issued is changed by voiding it or by accepting an amendment, never in place."""

    code = "not_a_draft"
    detail = "This invoice is no draft any more. Void it, or accept an amendment."


class Held(Conflict):
    """Something about a line must be settled before anybody is billed for it."""

    code = "held"
    detail = "This invoice is held."


class OverrideNotAllowed(Forbidden):
    """Issuing a held invoice all the same is for those who answer for it."""

    code = "override_not_allowed"
    detail = "Issuing a held invoice needs the permission invoices:override_hold."


@dataclass(frozen=True, slots=True)
class Documented:
    """What a signed note says of one client's share in an appointment, as far as billing is concerned."""

    appointment_id: UUID
    client_id: UUID
    version: int
    case_id: UUID
    note_id: UUID
    service_type_id: UUID
    rendering_staff_id: UUID
    location_id: UUID | None
    service_date: date
    minutes: int
    diagnosis_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a line may not be issued yet: a slug, and a sentence for people."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Price:
    """What one service costs and who is to pay it: client_cents + insurance_cents = charge_cents."""

    units: int
    rate_cents: int | None
    charge_cents: int
    client_cents: int
    insurance_cents: int
    holds: tuple[Hold, ...]


def price(
    *,
    code: str,
    rate_cents: int | None,
    units: int,
    minutes: int,
    minutes_fit: bool,
    codes_that_fit: Sequence[str],
) -> Price:
    """The price of one documented service, in whole cents: units times the rate in force at its date.

    Without a policy the client pays all of it. Held when the documented minutes do not fit the service (or
    make no unit of it), and when no rate was in force, which prices it at 0 until there is one.
    """
    holds = []
    if not minutes_fit or units <= 0:
        fitting = f"minutes {minutes} fit {' or '.join(codes_that_fit)}" if codes_that_fit else None
        holds.append(Hold("minutes_do_not_fit", fitting or f"minutes {minutes} do not fit {code}"))
    if rate_cents is None:
        holds.append(Hold("no_rate", f"{code} has no rate in force at the date of service"))
    charge = max(units, 0) * (rate_cents or 0)
    return Price(units, rate_cents, charge, charge, 0, tuple(holds))


def ensure_issuable(
    holds: Sequence[Hold], charges_cents: Iterable[int], *, override_reason: str | None, may_override: bool
) -> None:
    """Raises `Held` for a held invoice without an override, `OverrideNotAllowed` with a forbidden one.

    A line that costs nothing stays held whoever overrides it: there would be nothing to post.
    """
    if min(charges_cents, default=0) <= 0:
        raise Held(_because(holds) or "There is nothing to charge.")
    if not holds:
        return
    if override_reason is None:
        raise Held(_because(holds))
    if not may_override:
        raise OverrideNotAllowed()


def status_of(
    *, issued: bool, voided: bool, charged_cents: int, client_due_cents: int, insurance_due_cents: int
) -> str:
    """An invoice's status, from its postings alone: what was charged, and what is still due of it."""
    if voided:
        return "void"
    if not issued:
        return "draft"
    if client_due_cents == 0 and insurance_due_cents == 0:
        return "paid"
    return "partially_paid" if client_due_cents + insurance_due_cents < charged_cents else "open"


def is_overdue(status: str, client_due_cents: int, due_on: date | None, today: date) -> bool:
    """Whether the client should have paid by now: the day it is due is the last good one."""
    return status in OWING and client_due_cents > 0 and due_on is not None and due_on < today


def number(prefix: str, year: int, n: int) -> str:
    """An invoice number; n counts per organization and year, without gaps."""
    return f"{prefix}{year}-{n}"


def _because(holds: Sequence[Hold]) -> str:
    return "; ".join(hold.detail for hold in holds)
