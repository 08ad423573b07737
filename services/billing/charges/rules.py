"""How many units a service counts, what it costs, who is to pay it, and what holds it back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.billing.catalogue.rules import UnitRule
from shared.errors import Conflict, FieldError, Forbidden


class Held(Conflict):
    """Something about a line must be settled before anybody is billed for it; `errors` names the lines."""

    code = "held"
    detail = "This invoice is held."


class OverrideNotAllowed(Forbidden):
    """Issuing a held invoice all the same is for those who answer for it."""

    code = "override_not_allowed"
    detail = (
        "Issuing a held invoice needs the permission invoices:override_hold. Settle what holds it, or ask for that."
    )


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a line may not be issued yet: a slug, and for people what is wrong and what settles it."""

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


def units_for(rule: UnitRule, minutes: int) -> int:
    """Billable units of a service that lasted `minutes`.

    `nearest` is the usual rule for timed codes (CMS Claims Processing Manual, chapter 5, section 20.2): what
    is left over counts as a unit from half a unit on, so 8 to 22 minutes are one unit of 15. `down` counts
    whole units only, `up` counts every begun one. May be 0: then there is nothing to bill.
    """
    if rule.rule == "fixed":
        return rule.units or 1
    length = rule.minutes or 1
    whole, rest = divmod(minutes, length)
    if rule.rounding == "down":
        return whole
    if rule.rounding == "up":
        return whole + (rest > 0)
    return whole + (2 * rest >= length)


def minutes_fit(minutes: int, minutes_min: int | None, minutes_max: int | None) -> bool:
    """Whether documented minutes lie within a service's bounds, both inclusive, either open when None."""
    return (minutes_min is None or minutes >= minutes_min) and (minutes_max is None or minutes <= minutes_max)


def price(
    *,
    code: str,
    rate_cents: int | None,
    units: int,
    minutes: int,
    minutes_fit: bool,
    codes_that_fit: Sequence[str],
    diagnosis_codes: Sequence[str],
    has_signed_plan: bool | None,
    held_for: str | None,
) -> Price:
    """The price of one documented service, in whole cents: units times the rate in force at its date.

    Held when the documented minutes do not fit the service (or make no unit of it), when it is billed instead of the
    service `held_for`, which the note documents, when no rate was in force, which prices it at 0 until there is one,
    and for what an insurer would miss.
    """
    holds = []
    if not minutes_fit or units <= 0:
        service = " or ".join(codes_that_fit) or "another service"
        words = f"{minutes} minutes do not fit {code}. Choose {service}, or have the minutes of the note corrected."
        holds.append(Hold("minutes_do_not_fit", words))
    if held_for is not None:
        words = f"The note documents {held_for}. Choose that service, or have the note amended."
        holds.append(Hold("other_service_than_documented", words))
    if rate_cents is None:
        holds.append(
            Hold("no_rate", f"{code} has no rate on the date of service. Add a rate from that day or earlier.")
        )
    charge = max(units, 0) * (rate_cents or 0)
    client, insurance = split(charge)
    if insurance > 0:
        holds += missed_by_insurers(diagnosis_codes, has_signed_plan)
    return Price(units, rate_cents, charge, client, insurance, tuple(holds))


def may_stand_in(cents: int, documented_cents: int | None, fitting_cents: Iterable[int]) -> bool:
    """Whether billing may decide for a service that fits the minutes, where the documented service does not fit them.

    It may not charge less than any other service that fits and costs no more than the documented one. `fitting_cents`:
    what each service that fits would charge; `documented_cents` None: no rate.
    """
    within = (each for each in fitting_cents if documented_cents is None or each <= documented_cents)
    return cents >= max(within, default=0)


def split(charge_cents: int) -> tuple[int, int]:
    """What the client pays of a charge, and what insurers pay. Without a policy the client pays all of it."""
    return charge_cents, 0


def missed_by_insurers(diagnosis_codes: Sequence[str], has_signed_plan: bool | None) -> list[Hold]:
    """What holds a line that goes to an insurer: no diagnosis, no signed treatment plan. None: not known, no hold."""
    holds = []
    if not diagnosis_codes:
        holds.append(Hold("no_diagnosis", "No diagnosis was in force on the date of service. Add the client's."))
    if has_signed_plan is False:
        holds.append(
            Hold("no_signed_plan", "No signed treatment plan was in force on the date of service. Have it signed.")
        )
    return holds


def ensure_issuable(
    holds: Sequence[tuple[UUID, Hold]],
    charges_cents: Iterable[int],
    *,
    override_reason: str | None,
    may_override: bool,
) -> None:
    """Raises `Held` for a held invoice without an override, `OverrideNotAllowed` with a forbidden one.

    `holds`: the id of the line, and why it is held. Nobody can override the hold of a line that costs nothing: there
    would be nothing to post.
    """
    if min(charges_cents, default=0) <= 0:
        raise _held(holds)
    if not holds:
        return
    if override_reason is None:
        raise _held(holds)
    if not may_override:
        raise OverrideNotAllowed()


def _held(holds: Sequence[tuple[UUID, Hold]]) -> Held:
    nothing = FieldError(
        "lines",
        "nothing_to_charge",
        "There is nothing to charge. Discard the draft, or choose a service that has a price.",
    )
    errors = [FieldError("lines", hold.code, hold.detail, str(line_id)) for line_id, hold in holds] or [nothing]
    return Held(" ".join(error.detail for error in errors), errors=errors)
