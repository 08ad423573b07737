"""The style guide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Response

from gateway.web.forms import Form
from gateway.web.page import ApiResponse, Page
from gateway.web.staff.access_view import level_boxes

COLOURS: Final = (
    ("Surface", ("bg", "surface", "surface-2", "sunken", "hover", "selected")),
    ("Line", ("line", "line-2", "control")),
    ("Text", ("text", "text-2", "text-3")),
    ("Brand", ("brand", "brand-hover", "brand-soft", "brand-text", "focus", "now")),
    ("Meaning", tuple(f"{kind}{part}" for kind in ("ok", "warn", "bad", "info") for part in ("", "-soft", "-text"))),
)
REFUSED: Final = {
    "member_id": "This payer uses 9 to 12 characters.",
    "sex": "The insurer has another one on file.",
    "reason": "Say why.",
    "logo": "This is not a picture.",
    "opens": "Enter a time, such as 09:00.",
    "billable": "This code never goes on a claim.",
    "status": "This session has not begun.",
    "colour": "Choose one of these colors.",
    "add_ons": "This service takes no other beside it.",
}
AWAY: Final = ApiResponse(
    503, {"status": 503, "code": "unavailable", "detail": "Billing is not answering.", "errors": []}
)


def show_style_guide(page: Page) -> Response:
    """Every component in every state."""
    shown = Form(values={"name": ("Lena Kowalski",), "member_id": ("W12",), "sex": ("female",), "billable": ("on",)})
    wrong = shown.wrong(member_id="This payer uses 9 to 12 characters.")
    refused = shown.wrong(**REFUSED)
    levels = level_boxes(["administration"], ["organization_administration"], read_only=False)
    return page.show(
        "style_guide/style_guide.html", form=wrong, refused=refused, levels=levels, colours=COLOURS, away=AWAY
    )


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {"GET /style-guide": show_style_guide}
