"""Every page of documentation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Response

from gateway.web.documentation import (
    case_tab,
    diagnosis_changes,
    drafts,
    forward,
    intake,
    note_list,
    plan_changes,
    plan_tab,
    signing,
    start,
    worklist,
)
from gateway.web.page import Page

PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    **worklist.PAGES,
    **note_list.PAGES,
    **start.PAGES,
    **drafts.PAGES,
    **forward.PAGES,
    **signing.PAGES,
    **case_tab.PAGES,
    **diagnosis_changes.PAGES,
    **plan_tab.PAGES,
    **plan_changes.PAGES,
    **intake.PAGES,
}
