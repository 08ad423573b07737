"""Pages of money: invoices, payments, the ledger of a client."""

from __future__ import annotations

from typing import Final

from gateway.route_table.row import Row

BILLING: Final[tuple[Row, ...]] = ()
