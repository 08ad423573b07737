"""What holds of assignments. Pure."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from shared.errors import Conflict, Forbidden, NotFound
from shared.permissions import Restriction


class StaffNotActive(Conflict):
    """Somebody who left cannot be assigned."""

    code = "staff_not_active"
    detail = "This member of staff is deactivated."


class ClientArchived(Conflict):
    """Nobody new is assigned to an archived client; a prospective one may have somebody who gets to know them."""

    code = "client_archived"
    detail = "This client is archived. Make the client active first."


class OwnCasesOnly(Forbidden):
    """Administration that sees its own cases only tried to assign itself, or somebody it may be itself."""

    code = "own_cases_only"
    detail = "Your organization lets Administration see its own cases only. Ask Organization Administration."


class NotAssigned(NotFound):
    """There is no such assignment to take away."""

    code = "not_assigned"
    detail = "This member of staff is not assigned to this client."


def ensure_not_archived(status: str) -> None:
    """Raises `ClientArchived`."""
    if status == "archived":
        raise ClientArchived()


def ensure_not_to_oneself(
    restrictions: Collection[Restriction], actor_id: UUID, staff_id: UUID, brought_in_by: Collection[UUID]
) -> None:
    """Somebody narrowed to their own cases does not make others' their own, nor those of somebody they may be.

    `brought_in_by`: who invited this member of staff, or changed their address before they joined. They could have
    invited themselves under another address. Raises `OwnCasesOnly`.
    """
    if Restriction.CASES_ASSIGNED in restrictions and actor_id in (staff_id, *brought_in_by):
        raise OwnCasesOnly()
