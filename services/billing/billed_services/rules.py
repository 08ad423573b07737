"""What billing a service is refused for."""

from __future__ import annotations

from shared.errors import Conflict


class AlreadyBilled(Conflict):
    """A service of an appointment is billed to a client once."""

    code = "already_billed"
    detail = "Another line bills this service of the appointment. Choose another service, or void that invoice first."
