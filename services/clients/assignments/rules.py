"""What holds of assignments. Pure."""

from __future__ import annotations

from shared.errors import Conflict, NotFound


class StaffNotActive(Conflict):
    """Somebody who left can not be assigned."""

    code = "staff_not_active"
    detail = "This member of staff is deactivated."


class NotAssigned(NotFound):
    """There is no such assignment to take away."""

    code = "not_assigned"
    detail = "This member of staff is not assigned to this client."
