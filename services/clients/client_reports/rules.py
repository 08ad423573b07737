"""The practice's own fields as columns of a report. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.clients.own_fields.rules import Value

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """An own field as a column. `choices`: what each choice is called, by its slug."""

    slug: str
    name: str
    type: str
    choices: Mapping[str, str]

    def cell(self, item: Item) -> str | int | float | date | None:
        """What stands in a file: a day as a day, a choice by its name, yes or no as words; None where it is empty."""
        value: Value | None = item["custom"].get(self.slug)
        match value:
            case None:
                return None
            case bool():
                return "Yes" if value else "No"
            case str() if self.type == "date":
                return date.fromisoformat(value)
            case str() if self.type == "choice":
                return self.choices.get(value, value)
            case _:
                return value


def with_own(
    columns: Mapping[str, Callable[[Item], Any]], own: Sequence[OwnColumn]
) -> dict[str, Callable[[Item], Any]]:
    """The columns of a report with own fields behind them. One that is called as another column says so."""
    wider = dict(columns)
    for column in own:
        wider[f"{column.name} (own field)" if column.name in columns else column.name] = column.cell
    return wider


def said_of(custom: Mapping[str, Value], own: Sequence[OwnColumn]) -> dict[str, Value]:
    """What the asked fields say of a client, by slug."""
    return {column.slug: custom[column.slug] for column in own if column.slug in custom}
