"""Which column of a table is which fact of a client. Data, and functions over it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from services.clients.client_import.presets import PRESETS, recognized
from shared.errors import FieldError, Invalid
from shared.spreadsheets.headers import header_key, header_keys

HEADER_CHARACTERS_MAX: Final = 100
OWN: Final = "custom."  # before the slug of one of the practice's own fields


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


# What a column may be called, beside its own name, in the client lists that practices bring.
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "given_name": _names(
        "first name, client first name, patient first name, legal first name, first name legal, first, "
        "forename, forenames, given, given names, fname"
    ),
    "middle_name": _names("middle, middle initial, client middle name, patient middle name, mi"),
    "family_name": _names(
        "last name, client last name, patient last name, legal last name, last name legal, last, surname, family, lname"
    ),
    "name_suffix": _names("suffix"),
    "full_name": _names(
        "name, client name, client, client full name, patient name, patient, patient full name, legal name, "
        "last name first name, last first, name last first"
    ),
    "preferred_name": _names("nickname, goes by, preferred first name, preferred"),
    "date_of_birth": _names("birth date, dob, birthday, birthdate, client dob, patient dob, born"),
    "sex": _names("legal sex, administrative sex, sex at birth, birth sex"),
    "gender_identity": _names("gender"),
    "pronouns": _names("pronoun"),
    "client_type": _names("type of client, patient type"),
    "language": _names("preferred language, primary language"),
    "status": _names("client status, patient status, account status"),
    "email": _names(
        "email address, e-mail, e-mail address, client email, primary email, mail, email 1, contact email, "
        "email home, email personal"
    ),
    "mobile_phone": _names(
        "mobile, cell, cell phone, mobile number, mobile phone number, cell phone number, cell number, "
        "phone mobile, phone cell, mobile telephone, mobile phone 1, text number"
    ),
    "phone": _names(
        "phone number, telephone, primary phone, client phone, telephone number, preferred phone, phone 1, "
        "contact phone, main phone, best phone, phone main"
    ),
    "home_phone": _names("home, home phone number, phone home, home number, home telephone"),
    "work_phone": _names("work, work phone number, phone work, work number, business phone, work telephone"),
    "address_line1": _names(
        "address, street, street 1, address 1, address line 1, street address, line1, addr 1, home address, "
        "mailing address, address street, street address 1, client address"
    ),
    "address_line2": _names(
        "street 2, address 2, address line 2, apt, unit, apartment, line2, addr 2, street address 2, "
        "apartment number, suite"
    ),
    "city": _names("town, address city, city town, home city, mailing city"),
    "state": _names("address state, province, state province, home state, mailing state"),
    "postal_code": _names(
        "zip, zip code, zipcode, postcode, address zip, zip postal code, postal zip code, home zip, "
        "mailing zip, zip postal"
    ),
    "referral_source": _names("referred by, referral, how did you hear about us"),
    "intake_date": _names(
        "admission date, date of admission, client since, start date, date of intake, date of first visit, "
        "first visit, first visit date, date of first session, first session"
    ),
    "tags": _names("tag, labels, groups"),
    "therapist": _names(
        "clinician, primary clinician, assigned clinician, primary therapist, provider, assigned therapist, "
        "primary provider, counselor, therapist name, clinician name, provider name, therapist email, clinician email"
    ),
    "opening_balance": _names(
        "balance, balance due, client balance, outstanding balance, amount due, current balance, balance forward, "
        "balance owed, account balance, patient balance, client owes, total balance"
    ),
    "next_appointment": _names(
        "next session, next visit, upcoming appointment, next appt, next appointment date, next session date, "
        "next visit date, next appointment date time, next appointment date and time, next scheduled appointment, "
        "next scheduled session, upcoming session, upcoming visit, date of next appointment, date of next session"
    ),
}
# What a column needs of who imports, beside importing: what it does they could do by hand.
NEEDS: Final[Mapping[str, str]] = {
    "therapist": "assignments:change",
    "opening_balance": "invoices:issue",
    "next_appointment": "appointments:create",
}
DAYS: Final = ("date_of_birth", "intake_date", "next_appointment")


@dataclass(frozen=True, slots=True)
class IgnoredColumn:
    """A column that is not taken: its header as it stands in the file, and why (`unknown`, `no_header`, `twice`,
    `left_out`, `not_allowed`).
    """

    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Position of each fact in a row, and the columns that hold none."""

    fields: Mapping[str, int]
    ignored: tuple[IgnoredColumn, ...]


def mapped(
    header: Sequence[str],
    wanted: Mapping[str, str | None],
    barred: Set[str] = frozenset(),
    own: Mapping[str, str] = MappingProxyType({}),
) -> Columns:
    """What each column holds. `wanted` says it for some, by their header as it stands; None leaves a column out.
    The others are read as the program writes them whose list this looks like, and as lists name them in general.

    `barred`: facts that the importer may not bring; their columns are left out.
    `own`: what the practice's own fields are called, by slug. A column is one of them by `custom.<slug>`, or by its
    name where no fact of every client is called so.
    Raises `Invalid`, naming each header that the file does not have, each fact that two columns were given, and each
    own field that there is not.
    """
    chosen, missing = _chosen(header, wanted, own)
    if missing:
        raise Invalid(errors=missing)
    preset = recognized(header)
    own_names = {key: OWN + slug for slug, name in own.items() for key in (header_key(name), header_key(OWN + slug))}
    names = {**own_names, **_NAMES, **(PRESETS[preset].facts if preset else {})}
    found: dict[str, int] = {field: position for position, field in chosen.items() if field and field not in barred}
    ignored: list[IgnoredColumn] = []
    for position, cell in enumerate(header):
        name = cell[:HEADER_CHARACTERS_MAX]
        field = _meaning(cell, names)
        if chosen.get(position, field) in barred:
            reason = "not_allowed"
        elif position in chosen:
            reason = "" if chosen[position] else "left_out"
        elif field is None:
            reason = "unknown" if cell else "no_header"
        elif field in found:
            reason = "twice"
        else:
            found[field] = position
            reason = ""
        if reason:
            ignored.append(IgnoredColumn(name, reason))
    return Columns(found, tuple(ignored))


def _chosen(
    header: Sequence[str], wanted: Mapping[str, str | None], own: Mapping[str, str]
) -> tuple[dict[int, str], list[FieldError]]:
    """Position -> the field that somebody chose for it, empty for none; and what is wrong with what they chose."""
    chosen: dict[int, str] = {}
    errors = []
    for column, field in wanted.items():
        if column not in header:
            errors.append(FieldError("mapping", "no_such_column", "The file has no such column.", column))
        elif field is not None and field in chosen.values():
            errors.append(FieldError("mapping", "twice", "Two columns cannot be the same fact.", field))
        elif field is not None and field not in FIELDS and field.removeprefix(OWN) not in own:
            detail = "The practice has no such field, or it is archived."
            errors.append(FieldError("mapping", "unknown", detail, field))
        else:
            chosen[header.index(column)] = field or ""
    return chosen, errors


def _meaning(header: str, names: Mapping[str, str]) -> str | None:
    return next((names[key] for key in header_keys(header) if key in names), None)


def _keys(names: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {header_key(alias): name for name, others in names.items() for alias in (name, *others)}


_NAMES: Final = _keys(FIELDS)
