"""From the rows of a table to invitations. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from shared.errors import FieldError, Invalid

ROWS_MAX: Final = 200
# What a column may be called, beside its own name. Blanks, case, hyphens and underscores do not matter.
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "given_name": ("first name", "firstname", "name"),
    "family_name": ("last name", "lastname", "surname"),
    "email": ("e-mail", "email address", "mail"),
    "levels": ("level", "roles", "role", "permissions"),
    "grants": ("grant",),
    "phone": ("telephone", "mobile"),
    "job_title": ("title", "position"),
    "credentials": ("credential",),
    "npi": (),
    "taxonomy": ("taxonomy code",),
    "licence_number": ("license number", "licence", "license"),
    "licence_state": ("license state", "state"),
    "licence_expires_on": ("license expires on", "licence expires", "license expires", "license expiration"),
}
REQUIRED: Final = ("given_name", "family_name", "email", "levels")
LISTS: Final = ("levels", "grants", "credentials")
LICENCE: Final = ("licence_number", "licence_state", "licence_expires_on")


class ColumnsMissing(Invalid):
    """The header does not name what an invitation needs."""

    code = "columns_missing"
    detail = "The first row must name the columns."


def columns_of(header: Sequence[str]) -> dict[str, int]:
    """Column name -> position. Raises `ColumnsMissing`, naming each, also for one that is there twice."""
    names = {_plain(alias): name for name, others in COLUMNS.items() for alias in (name, *others)}
    found: dict[str, int] = {}
    errors = []
    for position, cell in enumerate(header):
        name = names.get(_plain(cell))
        if name is not None and name in found:
            errors.append(FieldError(name, "twice", "There are two such columns."))
        elif name is not None:
            found[name] = position
    errors += [FieldError(name, "missing", "There is no such column.") for name in REQUIRED if name not in found]
    if errors:
        raise ColumnsMissing(errors=errors)
    return found


def invitation_of(columns: dict[str, int], cells: Sequence[str]) -> dict[str, Any]:
    """What a row says, as the body of an invitation would; empty cells are left out, lists are split."""
    values: dict[str, Any] = {}
    for name, position in columns.items():
        cell = cells[position] if position < len(cells) else ""
        if not cell:
            continue
        parts = [part.strip() for part in re.split(r"[,;/+]", cell) if part.strip()]
        values[name] = [_slug(part) if name != "credentials" else part for part in parts] if name in LISTS else cell
    licence = {name.removeprefix("licence_"): values.pop(name) for name in LICENCE if name in values}
    return {**values, "licence": licence} if licence else values


def _plain(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text).strip().casefold()


def _slug(text: str) -> str:
    return re.sub(r"[\s-]+", "_", text.strip().casefold())
