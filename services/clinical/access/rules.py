"""By which rule somebody may, or may not, open a client, their ledger, their cases. Pure.

The walls themselves are predicates in SQL, each beside its records; here is the same decision with its reason. That
the two agree is tested against every wall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.actor import Person

BECAUSE: Final[dict[str, str]] = {
    "inactive": "This person is deactivated.",
    "assigned_only": "This person sees assigned clients only, and is not assigned.",
    "assigned": "Assigned to this client.",
    "everybody": "Everybody on the staff sees basic data of every client.",
    "level": "Levels and grants allow it.",
    "no_level": "No level or grant of this person allows it.",
    "administrator": "Administrators open every case.",
    "on_case": "On this case.",
    "break_glass": "Opened it in an emergency; reading only, until the time is up.",
    "restricted": "The organization restricts Administration to cases they are on.",
    "not_on_case": "Not on this case.",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether, and by which rule."""

    allowed: bool
    rule: str

    @property
    def because(self) -> str:
        """The rule in a sentence."""
        return BECAUSE[self.rule]


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody as they stand to a client."""

    person: Person
    active: bool
    assigned: bool
    broke_glass: bool


def record(standing: Standing) -> Verdict:
    """The client's basic data."""
    if not standing.active:
        return Verdict(False, "inactive")
    if standing.person.sees_assigned_only:
        return Verdict(True, "assigned") if standing.assigned else Verdict(False, "assigned_only")
    return Verdict(True, "assigned" if standing.assigned else "everybody")


def ledger(standing: Standing) -> Verdict:
    """The client's ledger, invoices and payments: by level, and nothing of a client whose data is closed."""
    basic = record(standing)
    if not basic.allowed:
        return basic
    return Verdict(True, "level") if standing.person.may("ledger:read") else Verdict(False, "no_level")


def case(standing: Standing, *, on_case: bool) -> Verdict:
    """One case with its diagnoses, plans and notes."""
    if not standing.active:
        return Verdict(False, "inactive")
    if not standing.person.may("cases:read"):
        return Verdict(False, "no_level")
    if standing.person.sees_all_cases:
        return Verdict(True, "administrator")
    if on_case:
        return Verdict(True, "on_case")
    if standing.broke_glass:
        return Verdict(True, "break_glass")
    return Verdict(False, "restricted" if "administration" in standing.person.levels else "not_on_case")


def clinical(cases: Sequence[Verdict], without: Verdict) -> Verdict:
    """The clinical record as a whole: open by the first of its cases that is; `without` decides where there is none."""
    return next((verdict for verdict in cases if verdict.allowed), cases[0] if cases else without)
