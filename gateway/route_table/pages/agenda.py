"""Pages of the agenda: what is booked, booking, moving, attendance."""

from __future__ import annotations

from typing import Final

from gateway.route_table.row import Row

AGENDA: Final[tuple[Row, ...]] = ()
