"""From the cells of a row to the body that would add a client by hand. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from services.clients.client_import.columns import NEEDS, OWN
from services.clients.own_fields.rules import Definition
from shared.languages import LANGUAGES

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
PHONES: Final[Mapping[str, str | None]] = {
    "mobile_phone": "mobile",
    "phone": None,
    "home_phone": "home",
    "work_phone": "work",
}
ADDRESS: Final = {
    "address_line1": "line1",
    "address_line2": "line2",
    "city": "city",
    "state": "state",
    "postal_code": "postal_code",
}
SEXES: Final = {
    **dict.fromkeys(("m", "man", "boy"), "male"),
    **dict.fromkeys(("f", "woman", "girl"), "female"),
    **dict.fromkeys(("u", "x", "other", "not specified", "undisclosed", "declined"), "unknown"),
}
STATUSES: Final = {
    **dict.fromkeys(("current", "open", "yes", "true"), "active"),
    **dict.fromkeys(("prospect", "lead", "inquiry", "new", "waitlist", "waiting list", "pending"), "prospective"),
    **dict.fromkeys(("inactive", "closed", "discharged", "terminated", "deceased", "no", "false"), "archived"),
}
# A type that says nothing: then the age does.
TYPES: Final = {
    **dict.fromkeys(("child", "children", "teen", "adolescent", "youth"), "minor"),
    "couples": "couple",
    "families": "family",
    **dict.fromkeys(("individual", "client", "patient", "self"), ""),
}
YES_NO: Final = {**dict.fromkeys(("yes", "y", "true", "x"), True), **dict.fromkeys(("no", "n", "false"), False)}
CENTURY: Final = 100
BALANCE: Final = "opening_balance"
BALANCE_CENTS_MAX: Final = 1_000_000_00  # a million dollars
_NUMBER: Final = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:\.[0-9]{1,10})?")
# An amount of dollars: $1,234.50, (12.00), -12, 12.00-, USD 12; a dash alone is nothing owed, as spreadsheets write it.
_AMOUNT: Final = re.compile(
    r"(?P<open>\()?\s*(?P<minus>[-\u2212])?\s*(?:USD|US\$|\$)?\s*(?P<inner>[-\u2212])?\s*"
    r"(?P<dollars>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{0,15})(?:\.(?P<cents>[0-9]{1,2}))?\s*(?P<code>USD)?"
    r"\s*(?P<after>[-\u2212])?\s*(?P<close>\))?",
    re.IGNORECASE,
)
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T ].*)?")
_YEAR_LAST: Final = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4}|[0-9]{2})(?:,? .*)?")
_MONTH_NAMED: Final = re.compile(
    r"(?:([0-9]{1,2})[-. ]+)?([A-Za-z]{3})[a-z]*\.?[-, ]*(?:([0-9]{1,2}),?[-, ]+)?([0-9]{4}|[0-9]{2})"
)


def day_comes_first(cells: Iterable[str]) -> bool:
    """Whether a column writes 31/1/1990: some cell can be read so alone, and none the other way alone.

    >>> day_comes_first(["1/2/1990", "31/1/1990"]), day_comes_first(["1/2/1990"])
    (True, False)
    """
    evidence = {order for cell in cells if (order := order_of(cell))}
    return evidence == {"day"}


def order_of(cell: str) -> str | None:
    """What a date cell shows of the column's order: `day` or `month` first, None where it may be either."""
    found = _YEAR_LAST.fullmatch(cell)
    if found is None:
        return None
    first, second = int(found[1]) > len(MONTHS), int(found[2]) > len(MONTHS)
    return None if first == second else "day" if first else "month"


def day_of(text: str, *, day_first: bool, today: date) -> str:
    """A day in ISO 8601, where the text is one; otherwise the text. Two digits of a year are of the past.

    >>> day_of("5/2/90", day_first=False, today=date(2026, 1, 1)), day_of("2 May 1990", day_first=False, today=date.max)
    ('1990-05-02', '1990-05-02')
    """
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _YEAR_LAST.fullmatch(text):
        first, second, year = map(int, found.groups())
        month, day = (second, first) if day_first else (first, second)
        year = _whole_year(year, found[3], today)
    elif (found := _MONTH_NAMED.fullmatch(text)) and found[2].lower() in MONTHS and bool(found[1]) != bool(found[3]):
        month, day = MONTHS.index(found[2].lower()) + 1, int(found[1] or found[3])
        year = _whole_year(int(found[4]), found[4], today)
    else:
        return text
    return f"{year:04}-{month:02}-{day:02}"


def cents_of(text: str) -> int | None:
    """What an amount of dollars comes to in cents, less than 0 for a credit; None where the text is no amount.

    >>> cents_of("$1,234.50"), cents_of("(12.00)"), cents_of("-12"), cents_of("12,50")
    (123450, -1200, -1200, None)
    """
    found = _AMOUNT.fullmatch(text.strip())
    if found is None or bool(found["open"]) != bool(found["close"]):
        return None
    signs = sum(bool(found[name]) for name in ("open", "minus", "inner", "after"))
    if signs > 1 or not (found["dollars"] or found["cents"] or (signs and not found["open"])):
        return None
    cents = int((found["dollars"] or "0").replace(",", "")) * 100 + int((found["cents"] or "0").ljust(2, "0"))
    return -cents if signs else cents


def _whole_year(year: int, written: str, today: date) -> int:
    if len(written) > len("90"):
        return year
    whole = today.year - today.year % CENTURY + year
    return whole if whole <= today.year else whole - CENTURY


def body_of(
    fields: Mapping[str, int],
    cells: Sequence[str],
    day_first: Iterable[str],
    today: date,
    own: Mapping[str, Definition] = MappingProxyType({}),
) -> dict[str, Any]:
    """What a row says of the client, as the body that adds one has it. Empty cells are left out.

    `own`: the practice's own fields that have a column, by slug.
    """
    theirs = {name: position for name, position in fields.items() if name not in NEEDS}
    given = {name: cells[position] for name, position in theirs.items() if position < len(cells) and cells[position]}
    body = _named({name: cell for name, cell in given.items() if not name.startswith(OWN)})
    custom = {
        slug: own_value(definition, given[OWN + slug], day_first=OWN + slug in frozenset(day_first), today=today)
        for slug, definition in own.items()
        if OWN + slug in given
    }
    if custom:
        body["custom"] = custom
    for name in ("date_of_birth", "intake_date"):
        if name in body:
            body[name] = day_of(body[name], day_first=name in frozenset(day_first), today=today)
    for name, words in (("sex", SEXES), ("status", STATUSES), ("language", _LANGUAGES), ("client_type", TYPES)):
        if name in body:
            plain = body[name].casefold()
            body[name] = words.get(plain, plain)
    if not body.get("client_type", "-"):
        del body["client_type"]
    phones = [
        {"channel": "phone", "value": body.pop(name), **({"label": label} if label else {})}
        for name, label in PHONES.items()
        if name in body
    ]
    emails = [{"channel": "email", "value": body.pop("email")}] if "email" in body else []
    if phones or emails:
        body["contacts"] = [*phones, *emails]
    address = {part: body.pop(name) for name, part in ADDRESS.items() if name in body}
    if address:
        body["address"] = address
    if "tags" in body:
        body["tags"] = [tag.strip() for tag in re.split(r"[,;]", body["tags"]) if tag.strip()]
    return body


def own_value(definition: Definition, cell: str, *, day_first: bool, today: date) -> Any:
    """A cell as the type of an own field has it; as it stands where it is none, which the field refuses.

    A choice is written as it is called, yes or no in words.
    """
    plain = " ".join(cell.split()).casefold()
    match definition.type:
        case "number" if _NUMBER.fullmatch(plain):
            number = float(plain.replace(",", ""))
            return int(number) if number.is_integer() else number
        case "date":
            return day_of(cell, day_first=day_first, today=today)
        case "choice":
            offered = [choice for choice in definition.choices if not choice.archived]
            return next((each.slug for each in offered if plain in (each.slug, each.name.casefold())), cell)
        case "yes_no":
            return YES_NO.get(plain, cell)
        case _:
            return cell


def cell_of(fields: Mapping[str, int], cells: Sequence[str], name: str) -> str:
    """What a row says of one fact; empty where it says nothing."""
    position = fields.get(name, len(cells))
    return cells[position] if position < len(cells) else ""


def balance_of(fields: Mapping[str, int], cells: Sequence[str]) -> int | None:
    """What a row says that the client owed before, in cents; None where it says nothing, or no amount that is taken."""
    cents = cents_of(cell_of(fields, cells, BALANCE))
    return cents if cents is not None and abs(cents) <= BALANCE_CENTS_MAX else None


def column_of(path: str, body: Mapping[str, Any]) -> str:
    """The fact of the file that a path of the body comes from: `contacts.0.value` is a phone, or the e-mail."""
    first, _, rest = path.partition(".")
    if path.startswith(OWN):
        return path
    if first == "address":
        return next((name for name, part in ADDRESS.items() if part == rest), "address_line1")
    if first == "contacts" and rest:
        contact = body["contacts"][int(rest.partition(".")[0])]
        labels = {label: name for name, label in PHONES.items()}
        return "email" if contact["channel"] == "email" else labels[contact.get("label")]
    return first


def _named(given: Mapping[str, str]) -> dict[str, Any]:
    """With the full name in its parts, where these have no columns of their own."""
    body: dict[str, Any] = dict(given)
    full = body.pop("full_name", "")
    if not full or "given_name" in body or "family_name" in body:
        return body
    if "," in full:
        family, given_names = (part.strip() for part in full.split(",", 1))
    else:
        given_names, _, family = full.rpartition(" ")
    first, _, middle = given_names.partition(" ")
    parts = {"given_name": first, "middle_name": middle, "family_name": family}
    return body | {name: part for name, part in parts.items() if part and name not in body}


_LANGUAGES: Final = {name.casefold(): code for code, name in LANGUAGES.items()}
