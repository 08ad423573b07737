"""What is in each picture: who looks at which page, what they do there, and how their window is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from playwright.sync_api import Page

from tests.browser.agenda import slot
from tests.browser.conftest import PHONE, TABLET
from tests.browser.pictures.scene import TODAY, Scene

PAPER: Final = {"width": 794, "height": 1123}  # A4 at 96 dots an inch
HIGH: Final = {"width": 1440, "height": 2600}  # the half of the style guide: all of it is a large file
PAPER_ACROSS: Final = {"width": 1123, "height": 794}

Way = Callable[[Scene], str]  # the address of a page


def nothing(_page: Page) -> None:
    """The page as it comes."""


def at(path: str) -> Way:
    """An address that is always the same."""
    return lambda _scene: path


@dataclass(frozen=True)
class Picture:
    """One file of docs/pictures."""

    name: str
    page: str  # the row of the table of routes
    way: Way
    do: Callable[[Page], None] = nothing
    size: Any = None  # of the window; a desk's
    theme: Any = "light"
    whole: bool = False  # all of a page that is higher than the window
    printed: bool = False
    newcomer: bool = False  # of the practice that began today


def open_panel(page: Page) -> None:
    """The first appointment of today."""
    page.locator(f'.day[data-day="{TODAY}"] .appointment:not(.off)').first.click()
    page.get_by_role("dialog", name="Appointment").get_by_role("button", name="Close").wait_for()


def drag_one(page: Page) -> None:
    """The last appointment of today, on its way to tomorrow."""
    end = slot(page, f"{TODAY + timedelta(days=1)}", 12.25)
    card = page.locator(f'.day[data-day="{TODAY}"] .appointment').last.bounding_box()
    assert card is not None
    page.mouse.move(card["x"] + 30, card["y"] + 12)
    page.mouse.down()
    page.mouse.move(card["x"] + 40, card["y"] + 20)
    page.mouse.move(*end, steps=4)


def book_a_taken_time(page: Page) -> None:
    """The dialog, which says that somebody else comes then."""
    page.mouse.click(*slot(page, f"{TODAY}", 12))
    dialog = page.get_by_role("dialog", name="New appointment")
    dialog.get_by_label("Client", exact=True).fill("nordm")
    page.get_by_role("option", name="Ola Nordmann").click()
    dialog.get_by_label("Starts").fill("14:30")
    dialog.get_by_role("button", name="Book appointment").click()
    dialog.get_by_text("This time is taken.").wait_for()


def search(page: Page) -> None:
    """The palette."""
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search clients or run a command").press_sequentially("nord")
    page.get_by_role("option", name="Ola Nordmann").wait_for()


def show_keys(page: Page) -> None:
    """The list of keys."""
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()


def ask_to_sign(page: Page) -> None:
    """What is asked before a note is locked."""
    page.keyboard.press("Control+Enter")
    page.get_by_role("dialog", name="Sign and lock this note").wait_for()


def find_a_diagnosis(page: Page) -> None:
    """Codes by words."""
    page.get_by_label("Code or words (ICD-10-CM)").press_sequentially("adjustment")
    page.get_by_role("option").first.wait_for()


def two_people(scene: Scene) -> str:
    """The week of two."""
    return f"/agenda?view=week&staff={scene.staff['Maya']},{scene.staff['Idris']}"


def chart(scene: Scene) -> str:
    """A record with everything in it."""
    return f"/clients/{scene.client('Nordmann')}"


def ledger(scene: Scene) -> str:
    """What somebody owes."""
    return f"/clients/{scene.client('Placeholder')}/ledger"


def invoice(scene: Scene) -> str:
    """An invoice of which a part is paid."""
    return f"/invoices/{scene.invoice()}"


def draft(scene: Scene) -> str:
    """A note that its author has not signed."""
    return f"/notes/{scene.note('draft')}"


def signed(scene: Scene) -> str:
    """A note that is locked, with an addendum."""
    return f"/notes/{scene.note('signed')}"


def permissions(scene: Scene) -> str:
    """What somebody may."""
    return f"/settings/staff/{scene.staff['Amara']}"


def intake(scene: Scene) -> str:
    """The intake of somebody."""
    return f"/intake/{scene.client('Nordmann')}/diagnosis"


def merging(scene: Scene) -> str:
    """Two clients who are one person, before they are merged."""
    return f"/clients/duplicates/{scene.duplicates()}/merge"


AGENDA, CHART, NOTE, INVOICE = (
    "GET /agenda",
    "GET /clients/{client_id}",
    "GET /notes/{note_id}",
    "GET /invoices/{invoice_id}",
)
LEDGER, HOME = "GET /clients/{client_id}/ledger", "GET /home"
week = at("/agenda?view=week")

PICTURES: Final = (
    Picture("home-desktop", HOME, at("/home")),
    Picture("home-phone", HOME, at("/home"), size=PHONE),
    Picture("home-setup-desktop", HOME, at("/home"), newcomer=True),
    Picture("home-setup-phone", HOME, at("/home"), size=PHONE, newcomer=True),
    Picture("agenda-week-desktop", AGENDA, week),
    Picture("agenda-week-desktop-dark", AGENDA, week, theme="dark"),
    Picture("agenda-week-two-staff", AGENDA, two_people),
    Picture("agenda-appointment-panel", AGENDA, week, open_panel),
    Picture("agenda-drag-move", AGENDA, week, drag_one),
    Picture("agenda-new-dialog-conflict", AGENDA, week, book_a_taken_time),
    Picture("agenda-phone", AGENDA, week, size=PHONE),
    Picture("agenda-phone-panel", AGENDA, week, open_panel, size=PHONE),
    Picture("agenda-tablet", AGENDA, week, size=TABLET),
    Picture("clients-list", "GET /clients", at("/clients")),
    Picture("command-palette", HOME, at("/home"), search),
    Picture("shortcuts", HOME, at("/home"), show_keys),
    Picture("chart-desktop", CHART, chart),
    Picture("chart-phone", CHART, chart, size=PHONE),
    Picture("intake-diagnosis", "GET /intake/{client_id}/diagnosis", intake, find_a_diagnosis),
    Picture("note-desktop", NOTE, draft),
    Picture("note-phone", NOTE, draft, size=PHONE),
    Picture("note-sign-dialog", NOTE, draft, ask_to_sign),
    Picture("note-signed", NOTE, signed),
    Picture("invoice-desktop", INVOICE, invoice),
    Picture("ledger-desktop", LEDGER, ledger),
    Picture("ledger-phone", LEDGER, ledger, size=PHONE),
    Picture("merge-desktop", "GET /clients/duplicates/{duplicate_id}/merge", merging),
    Picture("staff-permissions", "GET /settings/staff/{staff_id}", permissions),
    Picture("styleguide-light", "GET /style-guide", at("/style-guide"), size=HIGH),
    Picture("styleguide-dark", "GET /style-guide", at("/style-guide"), theme="dark", size=HIGH),
    Picture("print-agenda", AGENDA, week, size=PAPER_ACROSS, printed=True),
    Picture("print-invoice", INVOICE, invoice, size=PAPER, printed=True),
    Picture("print-ledger", LEDGER, ledger, size=PAPER, printed=True),
)
