"""A caller as two lists of slugs, the form in which identity tells the gateway and the gateway tells the services.

The form is older than the kinds in `shared.actor`, and processes of the previous release read and write it while an
installation is upgraded. Among the levels stands what kind of caller it is, among the grants what else holds of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple
from uuid import UUID

from shared.actor import Caller, Person, Program
from shared.permissions import NOT_GRANTS, Restriction, Setting

API_CLIENT: Final = "api_client"  # the level of a program, whose grants are its permissions
ENROLLING: Final = Restriction.ENROLLING.value  # the level of a person who may only set up a second factor


class Slugs(NamedTuple):
    """The two lists of slugs that describe a caller, each sorted."""

    levels: list[str]
    grants: list[str]


def slugs_of(caller: Caller) -> Slugs:
    """The lists that name what this caller may do and what holds of them."""
    if isinstance(caller, Program):
        return Slugs([API_CLIENT], sorted(caller.scope))
    if caller.enrolling:
        return Slugs([ENROLLING], [])
    return Slugs(sorted(caller.levels), sorted({*caller.grants, *caller.restrictions, *caller.settings}))


def caller_of(
    organization_id: UUID, actor_id: UUID, levels: Iterable[str], grants: Iterable[str], session_id: UUID | None
) -> Caller:
    """The person or program that these lists describe."""
    levels, grants = frozenset(levels), frozenset(grants)
    if ENROLLING in levels:
        return Person(organization_id, actor_id, restrictions=frozenset({Restriction.ENROLLING}), session_id=session_id)
    if API_CLIENT in levels:
        return Program(organization_id, actor_id, grants, session_id)
    return Person(
        organization_id,
        actor_id,
        levels,
        grants - NOT_GRANTS,
        frozenset(
            restriction
            for restriction in Restriction
            if restriction in grants and restriction is not Restriction.ENROLLING
        ),
        frozenset(setting for setting in Setting if setting in grants),
        session_id,
    )
