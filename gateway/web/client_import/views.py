"""Imports as their pages show them: steps, figures, columns, rows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.web import text
from gateway.web.client_import.facts import NO_NAMES, fact_words
from gateway.web.client_import.words import CHIPS, HEADINGS, IGNORED, NOBODY, UNREAD
from gateway.web.forms import Form

PATH: Final = "/clients/import"
OPEN: Final = ("queued", "running")
# Result of a row -> the count that it is in, words behind the figure for one and for many, and the head of the column
# that says more of it.
RESULTS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "error": ("errors", "with errors", "with errors", "What is wrong"),
    "needs_decision": ("needs_decision", "possible duplicate", "possible duplicates", "Who it may be"),
    "duplicate": ("duplicates", "duplicate", "duplicates", "Who it is"),
    "would_create_with_problem": ("created_with_problem", "ready in part", "ready in part", "What is missing"),
    "created_with_problem": ("created_with_problem", "added in part", "added in part", "What is missing"),
    "would_create": ("created", "ready", "ready", "Phone or e-mail"),
    "created": ("created", "added", "added", "Phone or e-mail"),
    "kept": ("kept", "kept", "kept", "Why they stay"),
    "removed": ("removed", "taken back", "taken back", "Phone or e-mail"),
}
LEFT_OUT: Final = ("needs_decision", "duplicate", "error")  # results of rows that are not added
ATTENTION: Final = (*LEFT_OUT, "would_create_with_problem", "created_with_problem")
SERVICE: Final = "service"  # the input of the service of the next appointments


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One import in the list."""

    path: str
    started: str
    by: str
    rows: str
    state: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: the name of its input, its header, what it is read as, empty where it is left out, why, and
    what stands in it.

    A header that stands twice, or nowhere, says of no one column how to read it: it has no input.
    """

    name: str
    header: str
    fact: str
    why: str
    examples: str


def path_of(import_id: str) -> str:
    """The page of an import."""
    return f"{PATH}/{import_id}"


def is_open(imported: Mapping[str, Any]) -> bool:
    """Whether it goes on by itself."""
    return imported["state"] in OPEN


def is_forgotten(imported: Mapping[str, Any]) -> bool:
    """Whether its rows are no longer kept, so that nobody can say what came of them."""
    return imported["state"] == "done" and imported["rows_total"] > 0 and not any(imported["counts"].values())


def _is_empty(imported: Mapping[str, Any]) -> bool:
    """Whether the file was read to its end, and had no row."""
    return imported["state"] == "done" and not imported["rows_total"]


def phase_of(imported: Mapping[str, Any]) -> str:
    """What is done with it, or was done last: `check`, `add`, `undo`."""
    return "check" if imported["dry_run"] else "undo" if imported["undone_at"] else "add"


def line_of(imported: Mapping[str, Any], names: Mapping[str, str], zone: str, now: datetime) -> ImportLine:
    """`names`: of members of staff, by their ids."""
    return ImportLine(
        path=path_of(imported["id"]),
        started=text.moment(imported["created_at"], zone, now),
        by=names.get(imported["created_by"], "A program"),
        rows=text.count(imported["rows_total"], "row") if imported["rows_total"] else "",
        state=("No rows", "warn") if _is_empty(imported) else CHIPS[phase_of(imported)][imported["state"]],
    )


def heading_of(imported: Mapping[str, Any]) -> str:
    """What the page of an import says first."""
    code = (imported["error"] or {}).get("code", "")
    if _is_empty(imported):
        return NOBODY
    return UNREAD.get(code) or HEADINGS[phase_of(imported)][imported["state"]]


def steps_of(imported: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """Upload, Check, Import, each with `yes` where it is behind, `now` where one is. None: no file was chosen."""
    names = ("Upload", "Check", "Import")
    at = 0 if imported is None else 1 if imported["dry_run"] else 2
    over = at == 2 and imported is not None and imported["state"] == "done"
    return [
        (name, "yes" if number < at or (over and number == at) else "now" if number == at else "")
        for number, name in enumerate(names)
    ]


def figures_of(imported: Mapping[str, Any]) -> list[tuple[int, str, str]]:
    """How many rows came to what: number, words, and the result by which the page lists them."""
    shown = {
        "check": ("would_create", "would_create_with_problem", *LEFT_OUT),
        "add": ("created", "created_with_problem", *LEFT_OUT),
        "undo": ("removed", "kept", "created", "created_with_problem"),
    }[phase_of(imported)]
    counted = [(imported["counts"][RESULTS[slug][0]], slug) for slug in shown]
    return [
        (number, RESULTS[slug][1 if number == 1 else 2], slug)
        for number, slug in counted
        if number or _always(imported, slug)
    ]


def _always(imported: Mapping[str, Any], slug: str) -> bool:
    """Whether a figure is shown where it is none."""
    return not slug.endswith("with_problem") and (slug != "created" or phase_of(imported) == "add")


def added_of(imported: Mapping[str, Any]) -> int:
    """How many rows were added, or would be."""
    counts = imported["counts"]
    return int(counts["created"] + counts["created_with_problem"])


def left_out(imported: Mapping[str, Any]) -> int:
    """How many rows were not added."""
    return sum(imported["counts"][RESULTS[slug][0]] for slug in LEFT_OUT)


def in_file(imported: Mapping[str, Any]) -> int:
    """How many rows the file of reasons has: those that were not added, and those that were in part."""
    return left_out(imported) + int(imported["counts"]["created_with_problem"])


def waits(imported: Mapping[str, Any]) -> bool:
    """Whether its page looks again by itself: it goes on, or appointments are about to be booked."""
    return is_open(imported) or imported["counts"].get("bookings_waiting", 0) > 0


def listed_result(imported: Mapping[str, Any], wanted: str) -> str:
    """The result whose rows are listed: what the address wants, else the first that needs somebody's attention."""
    counts = {slug: number for number, _, slug in figures_of(imported)}
    if wanted in counts:
        return wanted
    return next((slug for slug in RESULTS if counts.get(slug)), "error")


def columns_of(imported: Mapping[str, Any], own: Mapping[str, str] = NO_NAMES) -> list[Column]:
    """The columns in the order of the file. `own`: what own fields are called, as of `own_names`."""
    choosable = _choosable(imported)
    return [
        Column(
            name=choosable.get(number, ""),
            header=column["column"] or "A column without a header",
            fact=fact_words(column["fact"], own) if column["fact"] else "",
            why=IGNORED[column["reason"]] if column["reason"] else "",
            examples=" · ".join(dict.fromkeys(column["examples"])),
        )
        for number, column in enumerate(imported["columns"])
    ]


def form_of_columns(imported: Mapping[str, Any]) -> Form:
    """How the columns are read, as inputs `column.0`, `column.1`, …"""
    columns = imported["columns"]
    chosen = {name: (columns[at]["fact"] or "",) for at, name in _choosable(imported).items()}
    return Form(values={**chosen, SERVICE: (imported["next_appointment_service_id"] or "",)})


def mapping_of(form: Form, imported: Mapping[str, Any]) -> dict[str, str | None]:
    """What somebody chose for each column that has an input, as the API takes it.

    What nothing is known of is left out by itself, and keeps the reason why.
    """
    chosen = [(imported["columns"][at], form.text(name)) for at, name in _choosable(imported).items()]
    return {
        column["column"]: fact or None
        for column, fact in chosen
        if fact or column["reason"] not in ("unknown", "not_taken")
    }


def doubled_of(form: Form, imported: Mapping[str, Any]) -> dict[str, str]:
    """Inputs of columns that are to be read as what another column is read as -> what is wrong with that."""
    chosen = [(form.text(name), name) for name in _choosable(imported).values()]
    facts = [fact for fact, _ in chosen]
    return {
        name: f"Two columns are read as “{fact_words(fact)}”. Choose one of them."
        for fact, name in chosen
        if fact and facts.count(fact) > 1
    }


def _choosable(imported: Mapping[str, Any]) -> dict[int, str]:
    """Position of each column that its header alone names -> the name of its input."""
    headers = [column["column"] for column in imported["columns"]]
    return {at: f"column.{at}" for at, header in enumerate(headers) if header and headers.count(header) == 1}
