"""Who asks: the person (or the service itself) on whose behalf a query or command runs."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from shared import permissions
from shared.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in staff member of one organization, or a service acting on an event (`staff_id` None)."""

    organization_id: UUID
    staff_id: UUID | None
    levels: frozenset[str] = frozenset()
    grants: frozenset[str] = frozenset()
    session_id: UUID | None = None
    system: str | None = None

    @classmethod
    def of_service(cls, service: str, organization_id: UUID) -> Actor:
        """The service itself, applying an event for an organization."""
        return cls(organization_id=organization_id, staff_id=None, system=service)

    @property
    def permissions(self) -> frozenset[str]:
        """What levels and grants allow, before any row is looked at."""
        return permissions.effective(self.levels, self.grants)

    def may(self, permission: str) -> bool:
        """Whether levels and grants allow this."""
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Raises `Forbidden` when levels and grants do not allow this."""
        if not self.may(permission):
            raise Forbidden.without(permission)

    @property
    def sees_assigned_only(self) -> bool:
        """Narrowed to assigned clients everywhere."""
        return permissions.sees_assigned_only(self.levels, self.grants)

    @property
    def sees_all_cases(self) -> bool:
        """Clinical records open without assignment."""
        return permissions.sees_all_cases(self.levels, self.grants)
