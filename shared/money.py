"""Money: amounts are `int`, in cents of US dollars, never `float`."""

from __future__ import annotations

CENTS_MAX = 99_999_999_99  # 99,999,999.99 USD: far above any invoice, far below BIGINT
