"""What a change of a draft is refused for."""

from __future__ import annotations

from shared.errors import Conflict


class NotADraft(Conflict):
    """What is issued is changed by voiding it or by accepting an amendment, never in place."""

    code = "not_a_draft"
    detail = "This invoice has been issued. Void it, or accept an amendment."
