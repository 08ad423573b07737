"""The style guide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from flask import Response

from gateway.web.agenda.cards import STATUSES, Card
from gateway.web.forms import Form
from gateway.web.open_work import OpenKind
from gateway.web.page import ApiResponse, Page
from gateway.web.people import People
from gateway.web.settings.views import Version
from gateway.web.staff.access_view import AreaRow, flag_boxes, level_boxes
from gateway.web.weekly_hours import WEEKDAYS, form_of_hours, spans_of

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
    "staff_id": "They are away in that week.",
    "password": "Use at least 12 characters.",
    "address.postal_code": "Five digits, or nine.",
}
REFUSED_HOURS: Final = {"wednesday.0.closes": "Give a time after opens."}
AREAS: Final = (
    AreaRow("Agenda and appointments", "yes", "yes", "", "All staff", ""),
    AreaRow("Ledgers and invoices", "yes", "partly", "no", "All clients", "more"),
    AreaRow("Refunds", "", "no", "", "No access", "less"),
)
VERSIONS: Final = (
    Version("From Mon, Feb 1, 2027", "Recorded by Maya Okafor: Today, 9:05\u202fam", [("Phone", "(212) 555-0147")]),
    Version("Always", "Came with sign-up: Mon, Nov 2", [("Name", "Mill Lane Therapy")]),
)
PROGRAMS: Final = (
    {"name": "Money", "boxes": (("invoices:read", "See invoices", True), ("payments:read", "See payments", False))},
)
# Of each state one: status, whether it has begun and is over, whether it is documented, and the state of its invoice.
STATES: Final = (
    ("Lena Kowalski", "booked", False, False, False, ""),
    ("Owen Prasad", "confirmed", False, False, False, ""),
    ("Tanya Adeyemi", "arrived", True, False, False, ""),
    ("Maya Lind", "arrived", True, True, True, "issued"),
    ("Theo Rapp", "booked", True, True, False, ""),
    ("Ada Nowak", "arrived", True, True, False, ""),
    ("Bea Marsh", "arrived", True, True, True, "draft"),
    ("Ida Quint", "no_show", True, True, False, ""),
)
WORK: Final = (
    OpenKind("Clients", 4, (), "Assigned to the successor"),
    OpenKind("Unsigned notes", 5, ("Nov 20", "Nov 23", "Nov 24"), "Stay, to be taken over one by one"),
    OpenKind("Staff whom they supervise", 0, (), "Supervised by the successor"),
)
SIGNED: Final = {"name": "Daniel Reyes, LCSW", "words": "Electronically signed Nov 17, 2026, 4:12 pm EST"}
AWAY: Final = ApiResponse(
    503, {"status": 503, "code": "unavailable", "detail": "Billing is not answering.", "errors": []}
)


def show_style_guide(page: Page) -> Response:
    """Every component in every state."""
    shown = Form(values={"name": ("Lena Kowalski",), "member_id": ("W12",), "sex": ("female",), "billable": ("on",)})
    wrong = shown.wrong(member_id="This payer uses 9 to 12 characters.")
    refused = shown.wrong(**REFUSED)
    levels = level_boxes(["administration"], ["organization_administration"], read_only=False)
    hours = form_of_hours([])
    return page.show(
        "style_guide/style_guide.html",
        form=wrong,
        refused=refused,
        levels=levels,
        colours=COLOURS,
        away=AWAY,
        people=People([("1", "Theo Vance"), ("2", "Tanya Adeyemi")], more=True),
        flags=flag_boxes(["refunds"], [], read_only=False),
        areas=AREAS,
        programs=PROGRAMS,
        shown_versions=VERSIONS,
        appointments=[_appointment(number, *state) for number, state in enumerate(STATES, start=1)],
        statuses=STATUSES,
        work=WORK,
        signed=SIGNED,
        refused_hours=hours.wrong(**REFUSED_HOURS),
        refused_days=WEEKDAYS[2:3],
        hours=hours,
        weekdays=WEEKDAYS[:2],
        spans=range(spans_of(hours)),
    )


def _appointment(number: int, title: str, status: str, begun: bool, past: bool, documented: bool, billed: str) -> Card:
    return Card(
        id=f"guide-{number}",
        day=date(2026, 11, 17),
        begins=(8 + number) * 60,
        ends=(8 + number) * 60 + 50,
        starts=f"{(7 + number) % 12 + 1}:00",
        until=f"{(7 + number) % 12 + 1}:50",
        minutes=50,
        title=title,
        initials="",
        label="",
        clients=1,
        service="Psychotherapy 60",
        clinician="Daniel Reyes",
        staff_id="",
        hue=f"c{number}",
        status=status,
        telehealth=number == 2,
        overridden=False,
        begun=begun,
        past=past,
        documented=documented,
        billed=billed,
        continues=False,
        written_here=True,
    )


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {"GET /style-guide": show_style_guide}
