"""Who can carry on the work of a member who leaves. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from shared.errors import Conflict, Invalid


class AlreadySo(Conflict):
    """Somebody is active, or is not, as asked already."""

    code = "already_so"
    detail = "This member of staff is already active, or already deactivated."


class StillActive(Conflict):
    """Active staff keep their work; single clients are reassigned."""

    code = "still_active"
    detail = "Deactivate this member first."


def ensure_successor(leaving: Iterable[str], successor: Iterable[str], *, active: bool, same: bool) -> None:
    """Whether somebody with the permissions `successor` can carry on the work of somebody with `leaving`.

    Raises `Invalid`: for oneself, for somebody who left, and for one who may not sign notes after one who may.
    """
    if same:
        raise Invalid.field("successor_id", "same", "Nobody takes over from themselves.")
    if not active:
        raise Invalid.field("successor_id", "deactivated", "This member of staff has been deactivated.")
    if "notes:sign" in frozenset(leaving) - frozenset(successor):
        raise Invalid.field("successor_id", "not_a_clinician", "The successor must be able to sign notes.")
