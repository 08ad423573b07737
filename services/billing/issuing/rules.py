"""How an invoice is numbered."""

from __future__ import annotations


def number(prefix: str, year: int, n: int) -> str:
    """An invoice number; n counts per organization and year, without gaps."""
    return f"{prefix}{year}-{n}"
