"""Which column of a table is which fact of a client. Data, and functions over it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.errors import FieldError, Invalid
from shared.spreadsheets.headers import header_key

HEADER_CHARACTERS_MAX: Final = 100
# What a column may be called, beside its own name, in the client lists that practices bring.
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "given_name": ("first name", "client first name", "patient first name", "first", "forename", "given"),
    "middle_name": ("middle", "middle initial", "client middle name", "patient middle name", "mi"),
    "family_name": ("last name", "client last name", "patient last name", "last", "surname", "family"),
    "name_suffix": ("suffix",),
    "full_name": ("name", "client name", "client", "patient name", "patient"),
    "preferred_name": ("nickname", "goes by", "preferred first name", "preferred"),
    "date_of_birth": ("birth date", "dob", "birthday", "birthdate", "client dob", "patient dob", "born"),
    "sex": ("legal sex", "administrative sex", "sex at birth", "birth sex"),
    "gender_identity": ("gender",),
    "pronouns": ("pronoun",),
    "language": ("preferred language", "primary language"),
    "status": ("client status", "patient status"),
    "email": ("email address", "e-mail", "e-mail address", "client email", "primary email", "mail"),
    "mobile_phone": ("mobile", "cell", "cell phone", "mobile number", "mobile phone number", "cell phone number"),
    "phone": ("phone number", "telephone", "primary phone", "client phone", "telephone number", "preferred phone"),
    "home_phone": ("home", "home phone number"),
    "work_phone": ("work", "work phone number", "business phone"),
    "address_line1": ("address", "street", "street 1", "address 1", "address line 1", "street address", "line1"),
    "address_line2": ("street 2", "address 2", "address line 2", "apt", "unit", "apartment", "line2"),
    "city": ("town", "address city"),
    "state": ("address state", "province"),
    "postal_code": ("zip", "zip code", "zipcode", "postcode", "address zip"),
    "referral_source": ("referred by", "referral", "how did you hear about us"),
    "intake_date": ("admission date", "date of admission", "client since", "start date", "date of intake"),
    "tags": ("tag", "labels", "groups"),
}
DAYS: Final = ("date_of_birth", "intake_date")
# What is understood, and is not taken from a table so far.
NOT_TAKEN: Final[Mapping[str, tuple[str, ...]]] = {
    "therapist": ("clinician", "primary clinician", "assigned clinician", "primary therapist", "provider"),
    "next_appointment": ("next session", "next visit", "upcoming appointment"),
    "opening_balance": ("balance", "balance due", "client balance", "outstanding balance", "amount due"),
}


@dataclass(frozen=True, slots=True)
class IgnoredColumn:
    """A column that is not taken: its header as it stands in the file, and why (`unknown`, `no_header`, `twice`,
    `not_taken`, `left_out`).
    """

    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Position of each fact in a row, and the columns that hold none."""

    fields: Mapping[str, int]
    ignored: tuple[IgnoredColumn, ...]


def mapped(header: Sequence[str], wanted: Mapping[str, str | None]) -> Columns:
    """What each column holds. `wanted` says it for some, by their header as it stands; None leaves a column out.

    Raises `Invalid`, naming each header that the file does not have, and each fact that two columns were given.
    """
    chosen, missing = _chosen(header, wanted)
    if missing:
        raise Invalid(errors=missing)
    found: dict[str, int] = {chosen[position]: position for position in chosen if chosen[position]}
    ignored: list[IgnoredColumn] = []
    for position, cell in enumerate(header):
        name = cell[:HEADER_CHARACTERS_MAX]
        field = _NAMES.get(header_key(cell))
        if position in chosen:
            reason = "" if chosen[position] else "left_out"
        elif field is None:
            reason = "not_taken" if header_key(cell) in _NAMES_NOT_TAKEN else "unknown" if cell else "no_header"
        elif field in found:
            reason = "twice"
        else:
            found[field] = position
            reason = ""
        if reason:
            ignored.append(IgnoredColumn(name, reason))
    return Columns(found, tuple(ignored))


def _chosen(header: Sequence[str], wanted: Mapping[str, str | None]) -> tuple[dict[int, str], list[FieldError]]:
    """Position -> the field that somebody chose for it, empty for none; and what is wrong with what they chose."""
    chosen: dict[int, str] = {}
    errors = []
    for column, field in wanted.items():
        if column not in header:
            errors.append(FieldError("mapping", "no_such_column", "The file has no such column.", column))
        elif field is not None and field in chosen.values():
            errors.append(FieldError("mapping", "twice", "Two columns cannot be the same fact.", field))
        else:
            chosen[header.index(column)] = field or ""
    return chosen, errors


def _keys(names: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {header_key(alias): name for name, others in names.items() for alias in (name, *others)}


_NAMES: Final = _keys(FIELDS)
_NAMES_NOT_TAKEN: Final = _keys(NOT_TAKEN)
