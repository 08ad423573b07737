"""Who asks: a person, a program of the practice, or the service itself. Each kind says what holds of it.

A command or query names the kinds that may run it: `Person` where the permission is not for programs, `Caller` where
it is, `ServiceActor` where an event runs it. `shared.web.callers` holds the handlers of routes to that.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from shared import permissions
from shared.errors import Forbidden
from shared.permissions import NOT_GRANTS, Restriction, Setting


class _Permitted(ABC):
    """Somebody who needs permissions."""

    __slots__ = ()

    @property
    @abstractmethod
    def permissions(self) -> frozenset[str]:
        """What they may do, before any row is looked at."""

    def may(self, permission: str) -> bool:
        """Whether they have this permission."""
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Raises `Forbidden` without this permission."""
        if not self.may(permission):
            raise Forbidden.without(permission)


@dataclass(frozen=True, slots=True)
class Person(_Permitted):
    """A signed-in member of staff of one organization.

    `levels` and `grants` add permissions, `restrictions` take sight away, `settings` are the organization's.
    """

    organization_id: UUID
    staff_id: UUID
    levels: frozenset[str] = frozenset()
    grants: frozenset[str] = frozenset()
    restrictions: frozenset[Restriction] = frozenset()
    settings: frozenset[Setting] = frozenset()
    session_id: UUID | None = None

    @classmethod
    def of_member(
        cls,
        organization_id: UUID,
        staff_id: UUID,
        levels: Iterable[str],
        grants: Iterable[str],
        *,
        restricts_administration: bool = False,
        emergency_access: bool = False,
        session_id: UUID | None = None,
    ) -> Person:
        """A member by what is stored of them, where `assigned_only` stands among the grants, and by the settings."""
        levels, grants = frozenset(levels), frozenset(grants)
        return cls(
            organization_id=organization_id,
            staff_id=staff_id,
            levels=levels,
            grants=grants - NOT_GRANTS,
            restrictions=permissions.restrictions_on(levels, grants, restricts_administration=restricts_administration),
            settings=frozenset({Setting.EMERGENCY_ACCESS} if emergency_access else ()),
            session_id=session_id,
        )

    @property
    def actor_id(self) -> UUID:
        """The id by which rows name who acted."""
        return self.staff_id

    @property
    def permissions(self) -> frozenset[str]:
        """What levels and grants allow. Until the second factor is set up: only what setting it up needs."""
        if self.enrolling:
            return permissions.ENROLLING_PERMISSIONS
        return permissions.effective(self.levels, self.grants)

    @property
    def enrolling(self) -> bool:
        """Whether they have to set up a second factor first."""
        return Restriction.ENROLLING in self.restrictions

    @property
    def sees_assigned_only(self) -> bool:
        """Whether every client list, agenda and ledger is narrowed to assigned clients."""
        return permissions.sees_assigned_only(self.levels, self.restrictions)

    @property
    def sees_all_cases(self) -> bool:
        """Whether clinical records are open without an assignment."""
        return permissions.sees_all_cases(self.levels, self.restrictions)

    @property
    def emergency_access(self) -> bool:
        """Whether the organization allows access in an emergency."""
        return Setting.EMERGENCY_ACCESS in self.settings


@dataclass(frozen=True, slots=True)
class Program(_Permitted):
    """An API client of one organization. It has the permissions that it was given, as far as they are for programs."""

    organization_id: UUID
    api_client_id: UUID
    scope: frozenset[str] = frozenset()
    session_id: UUID | None = None  # its access token, which stands where a person's session stands

    @property
    def actor_id(self) -> UUID:
        """The id by which rows name who acted."""
        return self.api_client_id

    @property
    def permissions(self) -> frozenset[str]:
        """Never any of what makes a person answerable, whatever it was given."""
        return permissions.API_PERMISSIONS & self.scope

    @property
    def enrolling(self) -> Literal[False]:
        """A secret has no second factor."""
        return False

    @property
    def sees_assigned_only(self) -> Literal[False]:
        """No client is assigned to a program."""
        return False

    @property
    def sees_all_cases(self) -> Literal[True]:
        """No program is on a case."""
        return True

    @property
    def emergency_access(self) -> Literal[False]:
        """A program never breaks the glass."""
        return False


@dataclass(frozen=True, slots=True)
class ServiceActor:
    """The service itself, applying an event for an organization. It needs no permission."""

    organization_id: UUID

    @property
    def actor_id(self) -> None:
        """Rows that the service writes name nobody."""
        return None

    @property
    def session_id(self) -> None:
        """It has not signed in."""
        return None


Caller = Person | Program
Actor = Person | Program | ServiceActor
