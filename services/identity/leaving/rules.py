"""Who can carry on the work of a member who leaves. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from shared.errors import Conflict, FieldError, Invalid


class AlreadySo(Conflict):
    """Somebody is active, or is not, as asked already."""

    code = "already_so"
    detail = "This member of staff is already active, or already deactivated."


class StillActive(Conflict):
    """Active staff keep their work; single clients are reassigned."""

    code = "still_active"
    detail = "Deactivate this member first."


class SuccessorIsSupervised(Invalid):
    """Who would supervise in somebody's place has no last word on their own notes."""

    code = "supervisor_is_supervised"
    detail = (
        "The successor would also supervise colleagues, and somebody approves or co-signs the successor's own notes. "
        "Choose another successor, or another supervisor for these colleagues first."
    )

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("successor_id", self.code, self.detail)])


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
