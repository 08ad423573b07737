"""What holds of clients' names and of likely duplicates. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

SEXES = ("female", "male", "unknown")
STATUSES = ("active", "archived")
BORN_FROM = date(1900, 1, 1)
QUERY_TOKENS_MAX = 6
SORT_NAME_CHARACTERS_MAX = 100
_SEPARATORS = re.compile(r"[^\w]+", re.UNICODE)


def search_tokens(text: str) -> list[str]:
    """The words by which a name is found: without accents, case and punctuation, each once.

    >>> search_tokens("María-José O'Neil")
    ['maria', 'jose', 'o', 'neil']
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()
    return list(dict.fromkeys(token for token in _SEPARATORS.split(plain) if token))


def sort_name(given: str, family: str) -> str:
    """Family name first, without accents, case and punctuation, so far as an order needs it."""
    return " ".join(search_tokens(f"{family} {given}"))[:SORT_NAME_CHARACTERS_MAX]


def display_name(given: str, family: str, preferred: str | None) -> str:
    """How colleagues see a client: the preferred name where there is one."""
    return f"{preferred or given} {family}"


def seen_by(*, assigned: bool) -> str:
    """By which rule a client's basic data are seen, as the audit trail names it."""
    return "assigned" if assigned else "everybody"


def duplicate_reason(
    names: set[str],
    born: date,
    contacts: set[str],
    other_names: set[str],
    other_born: date,
    other_contacts: set[str],
) -> str | None:
    """Why two profiles may be one person: `same_name_and_birth_date`, `same_contact`, `similar_name`, or None.

    Names are sets of search tokens; contacts are phone and e-mail. Two people share a birth date often and a phone
    in a family, so each alone is not enough without a name in common or the same birth date.
    """
    if born == other_born and names == other_names:
        return "same_name_and_birth_date"
    if contacts & other_contacts and (born == other_born or names & other_names):
        return "same_contact"
    if born == other_born and names & other_names:
        return "similar_name"
    return None
