"""Pages of clients: the list, and the chart of one."""

from __future__ import annotations

from typing import Final

from gateway.route_table.pages.kinds import page
from gateway.route_table.row import Row

# What every page of a chart asks besides its own, other areas' tabs too (gateway/web/clients/chart.py).
CHART: Final = ("GET /clients/{client_id}",)

CLIENTS: Final[tuple[Row, ...]] = (
    page("GET", "/clients", "GET /clients"),
    page("GET", "/clients/{client_id}", *CHART),
)
