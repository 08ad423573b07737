"""Pages of documentation: notes, the intake of a client, treatment plans."""

from __future__ import annotations

from typing import Final

from gateway.route_table.row import Row

DOCUMENTATION: Final[tuple[Row, ...]] = ()
