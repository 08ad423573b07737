"""What holds of assignments. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from shared.errors import Conflict, FieldError, Forbidden, NotFound
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


class OpenWork(Conflict):
    """Somebody would be taken off a client with whom they have work that nobody else would do; `errors` counts it."""

    code = "open_work"
    detail = (
        "This member of staff has open work with the client. Hand it over first, or say that it stays: acknowledged."
    )


# Kind of open work -> one of them, and several, in words.
KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "appointments": ("coming appointment", "coming appointments"),
    "drafts": ("unsigned note", "unsigned notes"),
    "to_review": ("note to approve or co-sign", "notes to approve or co-sign"),
    "plans_due": ("treatment plan to review", "treatment plans to review"),
}


def ensure_acknowledged(counts: Mapping[str, int], *, acknowledged: bool) -> None:
    """Raises `OpenWork` where something is open and nobody said that it stays so. `counts`: by kind, of `KINDS`."""
    found = [
        FieldError(kind, "open", f"{counts[kind]} {words[counts[kind] > 1]}.", str(counts[kind]))
        for kind, words in KINDS.items()
        if counts.get(kind)
    ]
    if found and not acknowledged:
        raise OpenWork(errors=found)


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
