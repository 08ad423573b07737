"""Pages of clients: the list, and the chart of one."""

from __future__ import annotations

from typing import Final

from gateway.route_table.row import Row

CLIENTS: Final[tuple[Row, ...]] = ()
