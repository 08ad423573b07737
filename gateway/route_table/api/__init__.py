"""The gateway's picture of the whole API: method, path, service, permission, audit action. Any other path is a 404.

Permissions are those of `shared.permissions`; `public` is reachable before sign-in. The tests hold this table against
every service's own routes, in both directions, and against the golden matrix of endpoint by level.
"""

from __future__ import annotations

from typing import Final

from gateway.route_table.api.billing import BILLING
from gateway.route_table.api.clients import CLIENTS
from gateway.route_table.api.clinical import CLINICAL
from gateway.route_table.api.identity import IDENTITY
from gateway.route_table.row import Row

ROUTE_TABLE: Final[tuple[Row, ...]] = (*IDENTITY, *CLIENTS, *CLINICAL, *BILLING)
