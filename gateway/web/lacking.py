"""What somebody lacks who is refused for a permission: which it is in words, what it comes with, and who gives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateway.web.account.permission_words import ACTIONS, AREAS
from gateway.web.rendering import LEVEL_NAMES
from shared.permissions import ADMINISTRATION, GRANTS, LEVELS

NEEDED: Final = "permission_needed"  # code of the error that names the permission
BY_ITSELF: Final = frozenset().union(*GRANTS.values())
# Administration gives these levels; Organization Administration all of them.
GIVEN_BY_ADMINISTRATION: Final = frozenset({"default", "billing", "therapist"})


def lacking_of(errors: Sequence[Mapping[str, Any]]) -> str:
    """What a refusal with these errors says is lacking, in words; empty where it was for something else."""
    return next((lacking(error["value"]) for error in errors if error["code"] == NEEDED), "")


def lacking(permission: str) -> str:
    """`This needs “Services: add”, which comes with Administration. Somebody with … can give it to you.`"""
    smallest = _smallest(permission)
    needs = f"This needs “{AREAS[permission.partition(':')[0]]}: {ACTIONS[permission]}”"
    comes_with = " or ".join([LEVEL_NAMES[level] for level in smallest])
    if permission in BY_ITSELF:
        comes_with += ", or is given by itself"
    by_administration = GIVEN_BY_ADMINISTRATION & set(smallest) or permission in BY_ITSELF & ADMINISTRATION
    givers = "Administration or Organization Administration" if by_administration else "Organization Administration"
    return f"{needs}, which comes with {comes_with}. Somebody with {givers} can give it to you in Settings, Staff."


def _smallest(permission: str) -> list[str]:
    """The levels that hold a permission and contain no other one that holds it."""
    holders = [level for level, held in LEVELS.items() if permission in held]
    return [level for level in holders if not any(LEVELS[other] < LEVELS[level] for other in holders)]
