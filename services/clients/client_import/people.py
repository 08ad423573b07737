"""Who stands in a row of a file: the client that it would add, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Final

from services.clients.client_import.columns import DAYS, OWN
from services.clients.client_import.models import ClientImport, ClientImportRow
from services.clients.client_import.values import (
    BALANCE,
    BALANCE_CENTS_MAX,
    balance_of,
    body_of,
    cell_of,
    cents_of,
    column_of,
)
from services.clients.contacts.rules import Contact
from services.clients.own_fields.queries import definitions_of
from services.clients.own_fields.rules import Definition, merged_values
from services.clients.profiles.commands import ClientDetails
from services.clients.profiles.models import ARCHIVED
from services.clients.profiles.rules import KnownAs, known_as
from services.clients.profiles.schemas import NewClient
from shared.actor import Caller
from shared.database.session import Session
from shared.errors import FieldError, Invalid
from shared.money import in_dollars
from shared.texts import comparable_email
from shared.web.days import ensure_past, past_days
from shared.web.parsing import load_body

_SCHEMA: Final = NewClient()
_DETAILS: Final = [field.name for field in fields(ClientDetails)]


@dataclass(frozen=True, slots=True)
class Person:
    """Who stands in a row: what would be added, and whether they are archived at once."""

    details: ClientDetails
    archived: bool

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Person:
        """Read what `kept` wrote."""
        given = {**kept["details"]}
        for name in DAYS:
            if name in given:
                given[name] = date.fromisoformat(given[name])
        if "contacts" in given:
            given["contacts"] = [Contact(**contact) for contact in given["contacts"]]
        return cls(ClientDetails(**given), kept["archived"])

    @property
    def kept(self) -> dict[str, Any]:
        """What the row keeps of them until they are added, as `many_rows` writes it."""
        given = ((name, getattr(self.details, name)) for name in _DETAILS)
        return {"details": {name: value for name, value in given if value is not None}, "archived": self.archived}

    @property
    def known_as(self) -> KnownAs:
        """By what they are taken for somebody else."""
        given = self.details
        return known_as(
            (given.given_name, given.family_name, given.preferred_name or ""),
            given.date_of_birth,
            (self.first("phone"), comparable_email(email) if (email := self.first("email")) else None),
            once_named=(given.middle_name or "",),
        )

    def first(self, channel: str) -> str | None:
        """The first phone, or the first e-mail."""
        return next((way.value for way in self.details.contacts or () if way.channel == channel), None)


def own_fields(session: Session, actor: Caller, imported: ClientImport) -> dict[str, Definition]:
    """The practice's own fields that have a column in this file, by slug."""
    slugs = [fact.removeprefix(OWN) for fact in imported.positions if fact.startswith(OWN)]
    return {field.slug: field for field in definitions_of(session, actor, slugs)} if slugs else {}


def person_of(imported: ClientImport, cells: Sequence[str], today: date, own: Mapping[str, Definition]) -> Person:
    """Who stands in a row, checked as somebody added by hand. Raises `Invalid`, its fields named as in the mapping."""
    body = body_of(imported.positions, cells, imported.day_first, today, own)
    archived = body.get("status") == ARCHIVED
    if archived:
        body["status"] = "active"
    errors = _wrong_balance(imported, cells)
    try:
        merged_values(own.values(), {}, body.get("custom", {}))
    except Invalid as refusal:
        errors = [*errors, *refusal.errors]
    try:
        details: ClientDetails = load_body(_SCHEMA, body)
        ensure_past(list(past_days(_SCHEMA, body)), today)
    except Invalid as refusal:
        errors = [*(replace(error, field=column_of(error.field, body)) for error in refusal.errors), *errors]
        raise Invalid(errors=errors) from refusal
    if errors:
        raise Invalid(errors=errors)
    return Person(details, archived)


def person_checked(imported: ClientImport, row: ClientImportRow, today: date, own: Mapping[str, Definition]) -> Person:
    """Who stands in a row that was checked. Raises `Invalid` where the practice's own fields are others since."""
    if row.checked is None:
        return person_of(imported, row.cells, today, own)
    person = Person.of(row.checked)
    merged_values(own.values(), {}, person.details.custom or {})
    return person


def _wrong_balance(imported: ClientImport, cells: Sequence[str]) -> list[FieldError]:
    """What is wrong with what a row says that the client owed before. The balance itself stays in its cell."""
    cell = cell_of(imported.positions, cells, BALANCE)
    if not cell or balance_of(imported.positions, cells) is not None:
        return []
    if cents_of(cell) is None:
        return [FieldError(BALANCE, "invalid", "Write an amount of dollars, such as 1,234.50, or -12.00 for a credit.")]
    detail = f"An opening balance is at most {in_dollars(BALANCE_CENTS_MAX)}."
    return [FieldError(BALANCE, "too_large", detail, str(BALANCE_CENTS_MAX))]
