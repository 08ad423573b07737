"""What is refused of the sessions of groups. Pure."""

from __future__ import annotations

from services.clinical.groups.rules import SESSIONS_MAX
from shared.errors import Conflict, Invalid


class NobodyComes(Invalid):
    """A session without clients is no appointment."""

    code = "nobody_comes"
    detail = "Nobody belongs to the group on that day."


class GroupChanged(Conflict):
    """Somebody joined or left between looking the group up and booking it."""

    code = "group_changed"
    detail = "The group has just changed. Try again."


class TooManySessions(Conflict):
    """Joining changes every coming session of a group, so there are not too many."""

    code = "too_many_sessions"
    detail = f"A group has at most {SESSIONS_MAX} coming sessions."
