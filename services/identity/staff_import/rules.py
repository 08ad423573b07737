"""From the rows of a table to invitations. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.errors import FieldError, Invalid
from shared.spreadsheets.headers import header_key

ROWS_MAX: Final = 200
HEADER_CHARACTERS_MAX: Final = 100
# What a column may be called, beside its own name. Only letters and digits matter, and licenses are licences; what
# stands in brackets does not matter.
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "given_name": ("first name", "forename", "first", "given", "name"),
    "family_name": ("last name", "surname", "last", "family"),
    "email": ("email address", "mail", "mail address", "work email", "work email address"),
    "levels": ("level", "roles", "role", "permissions", "permission", "access levels", "access level", "access"),
    "grants": ("grant",),
    "phone": ("phone number", "telephone", "telephone number", "mobile", "mobile phone", "mobile number", "cell phone"),
    "job_title": ("title", "position", "job"),
    "credentials": ("credential", "degrees", "degree"),
    "npi": ("npi number", "individual npi"),
    "taxonomy": ("taxonomy code",),
    "licence_number": ("licence", "licence no", "licence nr", "licence id"),
    "licence_state": ("state", "state of licence", "licensed in"),
    "licence_issued_on": ("licence issued", "licence issue date", "licence issued date", "issued on", "issue date"),
    "licence_expires_on": (
        *("licence expires", "licence expiry", "licence expiry date", "licence expiration", "licence expiration date"),
        *("licence exp", "licence exp date", "licence end date", "licence valid until", "licence valid through"),
        *("expires on", "expires", "expiry", "expiry date", "expiration", "expiration date"),
    ),
}
REQUIRED: Final = ("given_name", "family_name", "email", "levels")
LISTS: Final = ("levels", "grants", "credentials")
LICENCE: Final = ("licence_number", "licence_state", "licence_issued_on", "licence_expires_on")


class ColumnsMissing(Invalid):
    """The header does not name what an invitation needs."""

    code = "columns_missing"
    detail = "The first row must name the columns."


@dataclass(frozen=True, slots=True)
class IgnoredColumn:
    """A column that nobody reads: its header as it stands in the file, its position from 1, and why."""

    column: str
    position: int
    reason: str


def columns_of(header: Sequence[str]) -> dict[str, int]:
    """Column name -> position. Raises `ColumnsMissing`, naming each, also for one that is there twice."""
    found: dict[str, int] = {}
    errors = []
    for position, cell in enumerate(header):
        name = _NAMES.get(_plain(cell))
        if name is not None and name in found:
            errors.append(FieldError(name, "twice", "There are two such columns."))
        elif name is not None:
            found[name] = position
    errors += [FieldError(name, "missing", "There is no such column.") for name in REQUIRED if name not in found]
    if errors:
        raise ColumnsMissing(errors=errors)
    return found


def ignored_columns(lines: Sequence[Sequence[str]], columns: dict[str, int]) -> list[IgnoredColumn]:
    """The columns of a table with a header that nobody reads, where anything stands in them, in the order of the file.

    `unknown`: a header that means nothing here; `no_header`: there is something in the column, and nothing above it.
    """
    ignored = []
    for position in range(max(map(len, lines), default=0)):
        cells = [line[position] if position < len(line) else "" for line in lines]
        if position not in columns.values() and any(cells):
            header = cells[0][:HEADER_CHARACTERS_MAX]
            ignored.append(IgnoredColumn(header, position + 1, "unknown" if header else "no_header"))
    return ignored


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
    return header_key(text).replace("license", "licence")


def _slug(text: str) -> str:
    return re.sub(r"[\s-]+", "_", text.strip().casefold())


_NAMES: Final = {_plain(alias): name for name, others in COLUMNS.items() for alias in (name, *others)}
