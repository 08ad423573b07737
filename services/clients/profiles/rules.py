"""What holds of clients' names and of likely duplicates. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shared import names

SEXES = ("female", "male", "unknown")
STATUSES = ("active", "archived")


@dataclass(frozen=True, slots=True)
class KnownAs:
    """What tells people apart, and what two profiles of one person share."""

    tokens: frozenset[str]  # by which they are found
    words: frozenset[str]  # of their names
    together: frozenset[str]  # each name written as one word
    born: date
    contacts: frozenset[str]


def known_as(named: tuple[str, ...], born: date, contacts: tuple[str | None, ...]) -> KnownAs:
    """Of somebody with these names, this birthday, this phone and e-mail, as far as known."""
    words = [names.words(name) for name in named]
    return KnownAs(
        tokens=frozenset(names.found_by(named)),
        words=frozenset(word for name in words for word in name),
        together=frozenset("".join(name) for name in words if name),
        born=born,
        contacts=frozenset(contact for contact in contacts if contact),
    )


def display_name(given: str, family: str, preferred: str | None) -> str:
    """How colleagues see a client: the preferred name where there is one."""
    return f"{preferred or given} {family}"


def seen_by(*, assigned: bool) -> str:
    """By which rule a client's basic data are seen, as the audit trail names it."""
    return "assigned" if assigned else "everybody"


def duplicate_reason(known: KnownAs, other: KnownAs) -> str | None:
    """Why two profiles may be one person: `same_name_and_birth_date`, `same_contact`, `similar_name`, or None.

    Two people share a birth date often and a phone in a family, so each alone is not enough without a name in common
    or the same birth date.
    """
    same_birth, shares_name = known.born == other.born, bool(known.tokens & other.tokens)
    if same_birth and (known.words == other.words or known.together == other.together):
        return "same_name_and_birth_date"
    if known.contacts & other.contacts and (same_birth or shares_name):
        return "same_contact"
    if same_birth and shares_name:
        return "similar_name"
    return None
