"""What waits for who reads invoices: how many drafts, held ones, overdue ones and sessions not billed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.web import text
from gateway.web.billing.words import COUNTED_TO
from gateway.web.page import ApiResponse, Page, Question

READS_INVOICES: Final = "invoices:read"
LISTED: Final = 50
COUNTS: Final = "GET /invoices/counts"
NOT_BILLED: Final = "/invoices/unbilled"
PLURALS: Final = {"session not billed": "sessions not billed"}
UNBILLED: Final = "GET /unbilled-sessions"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kind of work: how much of it there is, and where it is done."""

    path: str
    icon: str
    kind: str
    words: str
    verb: str


@dataclass(frozen=True, slots=True)
class Queues:
    """The card. `failed`: billing could not be asked just now."""

    items: Sequence[Waiting]
    failed: ApiResponse | None = None


def queues_of(page: Page) -> Queues | None:
    """What waits; None for who does not read invoices, and where nothing does."""
    if not page.can(READS_INVOICES):
        return None
    answers = page.ask_all(counts=Question(COUNTS), unbilled=Question(UNBILLED, query={"limit": LISTED}))
    if not answers["counts"].ok:
        return Queues((), answers["counts"])
    unbilled = answers["unbilled"].value if answers["unbilled"].ok else {"items": [], "next_cursor": None}
    items = waiting(answers["counts"].value, len(unbilled["items"]), more=bool(unbilled["next_cursor"]))
    return Queues(items) if items else None


def waiting(counts: Mapping[str, int], unbilled: int, *, more: bool) -> list[Waiting]:
    """The kinds of work of which there is any, the most pressing first. `more`: further sessions are not billed."""
    kinds = (
        ("/invoices?tab=overdue", "clock", "bad", counts["overdue"], "overdue invoice", "Look"),
        ("/invoices?tab=held", "triangle-alert", "warn", counts["held"], "held invoice", "Settle"),
        ("/invoices", "file-pen-line", "", counts["draft"], "draft invoice", "Issue"),
        (NOT_BILLED, "receipt", "", unbilled, "session not billed", "Draft"),
    )
    found = []
    for path, icon, kind, number, words, verb in kinds:
        if number:
            endless = number >= COUNTED_TO or (more and path == NOT_BILLED)
            found.append(Waiting(path, icon, kind, _many(number, words, endless=endless), verb))
    return found


def _many(number: int, noun: str, *, endless: bool) -> str:
    several = PLURALS.get(noun, f"{noun}s")
    return f"{number:,} or more {several}" if endless else text.count(number, noun, several)
