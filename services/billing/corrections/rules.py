"""What correcting an invoice is refused for."""

from __future__ import annotations

from shared.errors import Conflict


class AlreadyVoid(Conflict):
    """A void invoice stays void; its number stays taken."""

    code = "already_void"
    detail = "This invoice is void already."


class NotPending(Conflict):
    """An amendment is accepted once, and only while its invoice stands."""

    code = "not_pending"
    detail = "This amendment was accepted or withdrawn already."
