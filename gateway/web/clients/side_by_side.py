"""Two records that may be of one person, side by side: what agrees and what differs. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.web import text
from gateway.web.clients.views import birthday

PHONE_DIGITS: Final = 10  # without the country
LABELS: Final = ("Name", "Birth date", "Phone", "E-mail")
ALIKE: Final[Mapping[str, str]] = {
    "same_name_and_birth_date": "Same name and birth date",
    "same_contact": "Same phone or e-mail",
    "similar_name": "Same birth date, and a part of the name",
}


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of somebody. `differs`: from the record beside, where both say something."""

    words: str
    differs: bool = False


def facts_of(client: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """What a client's profile says, in the order of `LABELS`."""
    names = (client["given_name"], client["middle_name"], client["family_name"], client["name_suffix"])
    name = " ".join(part for part in names if part)
    return name, client["date_of_birth"], client["phone"] or "", client["email"] or ""


def shown(facts: Sequence[str], beside: Sequence[str] | None = None) -> list[Value]:
    """Facts in the order of `LABELS` in words, with what differs from those of another record."""
    name, born, phone, email = facts
    words = (name, birthday(born) if born else "", text.phone(phone), email)
    if beside is None:
        return [Value(each) for each in words]
    compared = zip(words, _plain(facts), _plain(beside), strict=True)
    return [Value(each, bool(mine and theirs) and mine != theirs) for each, mine, theirs in compared]


def alike_words(likeness: Mapping[str, Any]) -> str:
    """Why two may be one person, and how likely, from `reasons` and `score`."""
    reasons = "; ".join(ALIKE[reason] for reason in likeness["reasons"]).capitalize()
    return f"{reasons} ({likeness['score']} of 100)"


def _plain(facts: Sequence[str]) -> list[str]:
    """As two spellings of the same are compared."""
    name, born, phone, email = facts
    words = " ".join(sorted(re.findall(r"\w+", name.casefold())))
    return [words, born, re.sub(r"\D", "", phone)[-PHONE_DIGITS:], email.casefold()]
