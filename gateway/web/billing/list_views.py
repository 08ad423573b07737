"""Lists of invoices as the pages show them: tabs with counts, rows, what is reviewed before many are issued. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.web import text
from gateway.web.billing.words import Chip, client_of, counted, sentence, state_of
from gateway.web.rendering import url

PATH: Final = "/invoices"


@dataclass(frozen=True, slots=True)
class Kind:
    """One tab: what it asks of the API, which count belongs to it, and what it says where nothing is in it."""

    name: str
    query: Mapping[str, Any]
    count: str
    empty: tuple[str, str]


KINDS: Final[Mapping[str, Kind]] = {
    "": Kind(
        "Drafts",
        {"status": "draft"},
        "draft",
        ("Nothing to issue", "Signing a note drafts its invoice. All that were drafted are issued."),
    ),
    "held": Kind(
        "Held",
        {"held": True},
        "held",
        ("Nothing is held", "An invoice is held where something has to be settled before it goes out or is changed."),
    ),
    "open": Kind(
        "Open",
        {"status": "open,partially_paid"},
        "open",
        ("Nothing is open", "Every invoice that was issued is paid, void or written off."),
    ),
    "overdue": Kind(
        "Overdue",
        {"overdue": True},
        "overdue",
        ("Nothing is overdue", "No client owes anything after the day it was due."),
    ),
    "paid": Kind(
        "Paid", {"status": "paid"}, "paid", ("Nothing is paid yet", "Invoices stand here once nothing is due.")
    ),
    "written_off": Kind(
        "Written off",
        {"status": "written_off"},
        "written_off",
        ("Nothing is written off", "Invoices stand here once nothing is due and a part of them was written off."),
    ),
    "void": Kind(
        "Void", {"status": "void"}, "void", ("Nothing is void", "A void invoice keeps its number and its reason.")
    ),
}
# These lists show how many wait for somebody. Those that are paid, written off or void wait for nobody.
TO_DO: Final = ("", "held", "open", "overdue")


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab as it stands above the list."""

    path: str
    name: str
    count: str
    here: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One invoice of a list."""

    id: str
    version: int
    name: str
    client: str
    day: str
    total: str
    open: str
    state: Chip
    holds: Sequence[str]
    is_draft: bool
    total_cents: int

    @property
    def ready(self) -> bool:
        """Whether it is a draft with nothing to settle."""
        return self.is_draft and not self.holds

    @property
    def ticked(self) -> str:
        """What its box posts: which invoice, and the version that the person saw."""
        return f"{self.id}:{self.version}"


def tabs(chosen: str, counts: Mapping[str, int] | None) -> list[Tab]:
    """All tabs; without counts where they could not be had."""
    return [
        Tab(
            url(PATH, tab=slug),
            kind.name,
            counted(counts[kind.count]) if counts and slug in TO_DO and counts[kind.count] else "",
            slug == chosen,
        )
        for slug, kind in KINDS.items()
    ]


def rows(invoices: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The lines, in the order of the API."""
    return [row(invoice) for invoice in invoices]


def row(invoice: Mapping[str, Any]) -> Row:
    """One invoice as a line."""
    draft = invoice["status"] == "draft"
    return Row(
        id=invoice["id"],
        version=invoice["version"],
        name=invoice["number"] or "No number yet",
        client=client_of(invoice),
        day=text.day(invoice["lines"][0]["service_date"]) if invoice["lines"] else "",
        total=text.money(invoice["total_cents"]),
        open="" if draft or invoice["status"] == "void" else text.money(invoice["balance_cents"]),
        state=state_of(invoice),
        holds=[sentence(hold["detail"]) for hold in invoice["holds"]],
        is_draft=draft,
        total_cents=invoice["total_cents"],
    )


def ready_in_words(shown: Sequence[Row], more: bool) -> str:
    """`12 drafts are ready to issue, $1,760.00.`; empty where none is."""
    ready = [row for row in shown if row.ready]
    if not ready:
        return ""
    verb = "is" if len(ready) == 1 else "are"
    if more:
        return (
            f"Of the {len(shown)} drafts shown, {len(ready)} {verb} ready to issue, {total_of(ready)}. There are more."
        )
    return f"{text.count(len(ready), 'draft')} {verb} ready to issue, {total_of(ready)}."


def total_of(some: Sequence[Row]) -> str:
    """What they come to."""
    return text.money(sum(row.total_cents for row in some))


def unbilled_in_words(unbilled: Mapping[str, Any]) -> str:
    """`3 sessions are not billed.`; empty where every one is."""
    items = unbilled["items"]
    if not items:
        return ""
    if unbilled["next_cursor"]:
        return f"More than {len(items)} sessions are not billed."
    return f"{text.count(len(items), 'session')} {'is' if len(items) == 1 else 'are'} not billed."
