"""What holds of cases. Pure."""

from __future__ import annotations

from shared.errors import Conflict, Forbidden, NotFound

STATUSES = ("open", "closed")
OTHER = "other"  # the one reason that says nothing by itself
CLOSING_REASONS = ("goals_met", "ended_by_client", "ended_by_clinician", "referred", "lost_contact", OTHER)


class NotAssignedToClient(Forbidden):
    """A therapist opens cases for their own clients only."""

    code = "not_assigned"
    detail = "You are not assigned to this client."


class NotOnCase(NotFound):
    """There is no such membership to take away."""

    code = "not_on_case"
    detail = "This member of staff is not on this case."


class CaseClosed(Conflict):
    """Nothing new is begun in a closed case; what was begun may be finished."""

    code = "case_closed"
    detail = "This case is closed. Reopen it first."
