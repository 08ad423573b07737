"""What holds of clients' names, of what somebody types to find them, and of likely duplicates. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from shared import names
from shared.texts import calendar_day

SEXES = ("female", "male", "unknown")
STATUSES = ("prospective", "active", "archived")
FIRST_STATUSES = ("active", "prospective")  # of a client who is added
TYPES = ("adult", "minor", "couple", "family")
FORMER_NAMES_MAX: Final = 10
OF_AGE: Final = 18  # years
QUERY_WORDS_MAX: Final = 6
DIGITS_MIN: Final = 4  # fewer say too little of a phone
NUMBER_DIGITS_MAX: Final = 9
_DAY: Final = re.compile(
    r"(?<!\S)(?:(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})"
    r"|(?P<us_m>[0-9]{1,2})/(?P<us_d>[0-9]{1,2})/(?P<us_y>[0-9]{4}))(?!\S)"
)
_DIGITS: Final = re.compile(r"(?<!\S)[+(]?[0-9][0-9().\s-]*(?!\S)")


@dataclass(frozen=True, slots=True)
class SearchWords:
    """What somebody typed to find a client: each word in the spellings that it may stand under."""

    spellings: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, query: str) -> SearchWords:
        """The first `QUERY_WORDS_MAX` words of a query."""
        return cls(tuple(tuple(words[:QUERY_WORDS_MAX]) for words in names.spellings(query)))

    @property
    def count(self) -> int:
        """How many words there are."""
        return len(self.spellings[0])

    def written(self, start: int, end: int) -> list[str]:
        """The words from `start` up to `end` written together, in each spelling."""
        together = ("".join(words[start:end])[: names.KEY_CHARACTERS_MAX] for words in self.spellings)
        return list(dict.fromkeys(together))

    def holding(self, place: int) -> list[str]:
        """How that what holds the word at `place` may begin: the word itself, or with those before it."""
        return [word for start in range(place, -1, -1) for word in self.written(start, place + 1)]


@dataclass(frozen=True, slots=True)
class Digits:
    """Four or more digits that stand alone: a client's number, or the beginning or the end of a phone."""

    text: str
    with_country: bool = False  # a plus stood before them

    @property
    def number(self) -> int | None:
        """The client's number that they may be."""
        return int(self.text) if len(self.text) <= NUMBER_DIGITS_MAX and self.text[0] != "0" else None

    @property
    def phone_beginnings(self) -> tuple[str, ...]:
        """How the digits of such a phone begin: with the country's, or without the one of the United States."""
        return (self.text,) if self.with_country else (self.text, f"1{self.text}")

    @property
    def backwards(self) -> str:
        """How the digits of such a phone begin from the last one on."""
        return self.text[::-1]


@dataclass(frozen=True, slots=True)
class Typed:
    """Everything that was typed, apart."""

    words: SearchWords
    days: tuple[date, ...]
    digits: tuple[Digits, ...]

    @classmethod
    def of(cls, query: str) -> Typed:
        """Read dates as `1990-05-02` or `5/2/1990`, then digits as people write a phone; the rest are words.

        >>> Typed.of("quint, 5/2/1990").days
        (datetime.date(1990, 5, 2),)
        >>> Typed.of("(212) 555-0142 ada").digits
        (Digits(text='2125550142', with_country=False),)
        """
        days: list[date] = []
        digits: list[Digits] = []

        def take_day(found: re.Match[str]) -> str:
            year, month, day = (found[part] or found[f"us_{part}"] for part in "ymd")
            if (read := calendar_day(f"{year}-{month:0>2}-{day:0>2}")) is None:
                return found[0]
            days.append(read)
            return " "

        def take_digits(found: re.Match[str]) -> str:
            text = re.sub(r"[^0-9]", "", found[0])
            if len(text) < DIGITS_MIN:
                return found[0]
            digits.append(Digits(text, with_country=found[0].startswith("+")))
            return " "

        rest = _DIGITS.sub(take_digits, _DAY.sub(take_day, query.replace(",", " ")))
        return cls(SearchWords.of(rest), tuple(days), tuple(digits))


@dataclass(frozen=True, slots=True)
class KnownAs:
    """What tells people apart, and what two profiles of one person share."""

    tokens: frozenset[str]  # by which they are found
    words: frozenset[str]  # of their names
    together: frozenset[str]  # each name written as one word
    born: date
    contacts: frozenset[str]


def known_as(
    named: tuple[str, ...], born: date, contacts: tuple[str | None, ...], once_named: tuple[str, ...] = ()
) -> KnownAs:
    """Of somebody with these names, this birthday, this phone and e-mail, as far as known.

    `once_named`: their other names, by which they are found too. They do not count where two have the same names.
    """
    words = [names.words(name) for name in named]
    return KnownAs(
        tokens=frozenset(names.found_by((*named, *once_named))),
        words=frozenset(word for name in words for word in name),
        together=frozenset("".join(name) for name in words if name),
        born=born,
        contacts=frozenset(contact for contact in contacts if contact),
    )


def display_name(given: str, family: str, preferred: str | None) -> str:
    """How colleagues see a client: the preferred name where there is one."""
    return f"{preferred or given} {family}"


def type_by_age(born: date, today: date) -> str:
    """`minor` until the eighteenth birthday, then `adult`; somebody born on February 29 is of age on March 1."""
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return "adult" if years >= OF_AGE else "minor"


def seen_by(*, assigned: bool) -> str:
    """By which rule a client's basic data are seen, as the audit trail names it."""
    return "assigned" if assigned else "everybody"


def duplicate_reasons(known: KnownAs, other: KnownAs) -> tuple[str, ...]:
    """Everything why two profiles may be one person, the strongest first; the same from either side.

    `same_name_and_birth_date`, or `similar_name` with the same birth date; `same_contact`. Two people share a birth
    date often and a phone in a family, so each alone is not enough without a name in common or the same birth date.
    """
    same_birth, shares_name = known.born == other.born, bool(known.tokens & other.tokens)
    same_name = same_birth and (known.words == other.words or known.together == other.together)
    same_contact = bool(known.contacts & other.contacts) and (same_birth or shares_name)
    found = {
        "same_name_and_birth_date": same_name,
        "same_contact": same_contact,
        "similar_name": same_birth and shares_name and not same_name,
    }
    return tuple(reason for reason, holds in found.items() if holds)


def duplicate_reason(known: KnownAs, other: KnownAs) -> str | None:
    """The strongest of `duplicate_reasons`, or None."""
    return next(iter(duplicate_reasons(known, other)), None)
