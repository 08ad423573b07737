"""Members of staff by what was typed beside a choice among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Response

from gateway.web.page import Page
from gateway.web.people import FOUND, STAFF, WHICH, name_of, offered
from gateway.web.staff import views


def suggest_staff(page: Page) -> Response:
    """Those whose names or addresses begin so, among those whom the choice offers. Unreadable words find nobody."""
    typed = page.form.text("staff_words").strip()
    which = page.query.get("which", "")
    which = which if which in WHICH else "active"
    found = page.ask(STAFF, **WHICH[which], query=typed[: views.QUERY_MAX], limit=FOUND) if typed else None
    if found is not None and not found.ok and found.status != 422:
        return page.problem(found)
    items = (
        [member for member in found.value["items"] if offered(member, which)] if found is not None and found.ok else []
    )
    return page.show("staff/_found.html", items=[(member, name_of(member)) for member in items], typed=typed)


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {"POST /staff-suggestions": suggest_staff}
