"""What a set of levels and grants comes to. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from shared import permissions

CLIENT_SCOPES: Final = ("all", "assigned")
CASE_SCOPES: Final = ("all", "assigned", "none")


@dataclass(frozen=True, slots=True)
class Access:
    """Levels, grants and whether the account is active: all that decides what somebody may do."""

    levels: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()
    active: bool = True

    @classmethod
    def of(cls, levels: Iterable[str], grants: Iterable[str], active: bool = True) -> Access:
        """In a fixed order, so that two are equal when they come to the same."""
        return cls(tuple(sorted(set(levels) | {"default"})), tuple(sorted(set(grants))), active)

    @property
    def permissions(self) -> frozenset[str]:
        """The effective set; nothing for somebody who is not active."""
        return permissions.effective(self.levels, self.grants) if self.active else frozenset()

    @property
    def ineffective_grants(self) -> tuple[str, ...]:
        """Grants that mean nothing with these levels: kept, and in force as soon as the levels are others."""
        return tuple(grant for grant in self.grants if not permissions.has_effect(grant, self.levels))

    @property
    def client_scope(self) -> str:
        """One of `CLIENT_SCOPES`: whose client data, appointments and ledgers they reach."""
        return "assigned" if permissions.sees_assigned_only(self.levels, self.grants) else "all"

    def case_scope(self, *, restricts_administration: bool) -> str:
        """One of `CASE_SCOPES`: whose clinical records they reach, by the organization's setting."""
        if "cases:read" not in self.permissions:
            return "none"
        restrictions = permissions.restrictions_on(
            self.levels, self.grants, restricts_administration=restricts_administration
        )
        return "all" if permissions.sees_all_cases(self.levels, restrictions) else "assigned"


def gained(before: Access, after: Access) -> frozenset[str]:
    """The permissions that a change adds."""
    return after.permissions - before.permissions


def lost(before: Access, after: Access) -> frozenset[str]:
    """The permissions that a change takes away."""
    return before.permissions - after.permissions
