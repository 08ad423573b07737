"""Money: integer cents of US dollars, and the only three things ever done to them.

Amounts are `int`, never `float`; a `Decimal` appears only inside rate arithmetic and is rounded here,
half up, as invoices are.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

CENTS_MAX = 99_999_999_99  # 99,999,999.99 USD: far above any invoice, far below BIGINT


def round_half_up(amount: Decimal) -> int:
    """A `Decimal` amount of cents as whole cents, half away from zero."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def split_in_proportion(total_cents: int, weights: Sequence[int]) -> list[int]:
    """`total_cents` in parts proportional to `weights`, summing exactly to the total.

    Largest remainder: every part gets its floor, what is left goes one cent each to the largest
    fractions, earlier parts first. Raises `ValueError` when weights are negative or all zero.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must be non-negative and not all zero")
    floors = [total_cents * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total_cents * weights[i] % whole), i))
    for index in by_remainder[: total_cents - sum(floors)]:
        floors[index] += 1
    return floors


def format_usd(cents: int) -> str:
    """`-12345` as `-$123.45`, for people; programs get the integer."""
    sign = "-" if cents < 0 else ""
    return f"{sign}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"
