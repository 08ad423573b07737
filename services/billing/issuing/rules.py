"""What issuing takes, and how an invoice is numbered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Issue:
    """To issue a draft; a held one needs `override_reason`."""

    override_reason: str | None


def number(prefix: str, year: int, n: int) -> str:
    """An invoice number; n counts per organization and year, without gaps."""
    return f"{prefix}{year}-{n}"
