"""Money: amounts are `int`, in cents of US dollars, never `float`."""

from __future__ import annotations

CENTS_MAX = 99_999_999_99  # 99,999,999.99 USD: far above any invoice, far below BIGINT


def in_dollars(cents: int) -> str:
    """An amount as a sentence says it: `$1,234.50`. `cents` is not negative."""
    return f"${cents // 100:,}.{cents % 100:02}"
