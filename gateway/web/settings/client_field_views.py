"""Own fields as the pages show them: rows of the list, types in words, choices as inputs. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.web.forms import Form

TYPES: Final = {"text": "Text", "number": "Number", "date": "Date", "choice": "Choice", "yes_no": "Yes or no"}
BLANK_ROWS: Final = 3  # of choices to add
ROWS_MAX: Final = 100
# What the inputs are called, where two people changed one field.
WORDS: Final = {
    "name": "Name",
    "position": "Place in the form",
    "on_new_client": "On the form that adds a client",
    **{f"choice.{number}.name": f"Choice {number + 1}" for number in range(ROWS_MAX)},
}


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One line of the list."""

    id: str
    name: str
    type: str
    choices: str
    shows: str
    archived: bool


def field_rows(fields: Sequence[Mapping[str, Any]]) -> list[FieldRow]:
    """The lines in the order of the form, the archived last."""
    return [
        FieldRow(
            id=field["id"],
            name=field["name"],
            type=TYPES[field["type"]],
            choices=", ".join(choice["name"] for choice in field["choices"] if not choice["archived"]),
            shows=_shows(field),
            archived=field["archived"],
        )
        for field in sorted(fields, key=lambda field: field["archived"])
    ]


def _shows(field: Mapping[str, Any]) -> str:
    if field["archived"]:
        return "Details, where it is filled in"
    return "Details, and adding a client" if field["on_new_client"] else "Details"


def lines(typed: str) -> list[str]:
    """What stands in each line that is not blank."""
    return [line.strip() for line in typed.splitlines() if line.strip()]


def form_of_field(field: Mapping[str, Any]) -> Form:
    """The form that shows what is stored."""
    plain = {name: value for name, value in field.items() if name != "choices"}
    choices = {
        f"choice.{number}.{name}": value
        for number, choice in enumerate(field["choices"])
        for name, value in (("slug", choice["slug"]), ("name", choice["name"]), ("offered", not choice["archived"]))
    }
    return Form.of({**plain, **choices})


def choices_of(form: Form) -> tuple[list[dict[str, Any]], list[str]]:
    """The choices as the API takes them, and for each its row. A new row without a name is none."""
    rows = [f"choice.{number}" for number in sorted(form.numbers("choice"))]
    kept = [row for row in rows if form.text(f"{row}.slug") or form.text(f"{row}.name").strip()]
    choices = [
        {
            "name": form.text(f"{row}.name"),
            **({"slug": slug, "archived": not form.ticked(f"{row}.offered")} if slug else {}),
        }
        for row in kept
        for slug in (form.text(f"{row}.slug"),)
    ]
    return choices, kept


def rows_of_choices(form: Form) -> int:
    """How many rows there are, with blank ones to add more."""
    named = [number for number in form.numbers("choice") if form.text(f"choice.{number}.name").strip()]
    return min(max(named, default=-1) + 1 + BLANK_ROWS, ROWS_MAX)
