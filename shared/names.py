"""Names as people type and sort them: without accents, case and punctuation, written together or apart.

Both sides are folded by this module: what is stored to be found, and what somebody types to find it. Letters that
Unicode does not decompose are read by their names there (Ł is LATIN LETTER L WITH STROKE), so that a new one needs no
line here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate
from typing import Final

KEY_CHARACTERS_MAX: Final = 100
# Letters whose names in Unicode do not say which plain letters are typed for them.
_TYPED: Final = {
    "ð": "d",
    "þ": "th",
    "ŋ": "ng",
    "ƿ": "w",
    "ȝ": "y",
    "ə": "a",
    "ĸ": "k",
    "ɣ": "gh",
    "ʔ": "",
    "ʒ": "z",
    "ʃ": "sh",
    "ɵ": "o",
    "ʉ": "u",
    "ʊ": "u",
    "ɩ": "i",
    "ɑ": "a",
}
# What many type for a letter besides the letter without its marks: Mueller, Soerensen, Aalborg, Eliyev, Djordje.
_ALSO_TYPED: Final = {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "ə": "e", "đ": "dj"}
_LETTER: Final = re.compile(
    r"LATIN SMALL (?:LETTER|LIGATURE) (?:DOTLESS |OPEN |TURNED |REVERSED |INSULAR |CAPITAL )?([A-Z]{1,2})(?: WITH .+)?"
)
# What stands inside a word without parting it for a reader: apostrophes and half rings, the Catalan middle dot.
_JOINERS: Final = (
    "'`´\u2018\u2019\u201b\u2032\uff07\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\ua78b\ua78c\u05f3\u0387\u00b7\u0640"
)
_WITHOUT_JOINERS: Final = str.maketrans("", "", _JOINERS)
_JOINERS_TO_SPACES: Final = str.maketrans(_JOINERS, " " * len(_JOINERS))
_NUMBER: Final = re.compile(r"\d+")


def words(name: str) -> list[str]:
    """The words of a name, in order: `O'Neil` has two.

    >>> words("María-José O'Neil"), words("Łukasz Strauß")
    (['maria', 'jose', 'o', 'neil'], ['lukasz', 'strauss'])
    """
    return _folded(name.translate(_JOINERS_TO_SPACES)).split()


def spellings(name: str) -> list[list[str]]:
    """The words of a name as they are typed: with plain letters, and where it differs with the usual two for one.

    >>> spellings("Jörg Müller")
    [['jorg', 'muller'], ['joerg', 'mueller']]
    """
    if name.isascii():
        return [words(name)]
    composed = unicodedata.normalize("NFC", name).casefold()
    also = words("".join(_ALSO_TYPED.get(letter, letter) for letter in composed))
    plain = words(name)
    return [plain] if also == plain else [plain, also]


def found_by(names: Iterable[str]) -> set[str]:
    """What somebody with these names is found by the beginnings of: each word, alone and with what follows it.

    So `delacruz`, `de la cruz` and `cruz` all find De la Cruz, and two who write it differently share a word.

    >>> sorted(found_by(["De la Cruz"]))
    ['cruz', 'de', 'delacruz', 'la', 'lacruz']
    """
    return {key[:KEY_CHARACTERS_MAX] for name in names for spelt in spellings(name) for key in _alone_and_joined(spelt)}


def sort_key(*names: str) -> str:
    """What a list is sorted by, code point by code point, as a person would: the first name counts first.

    Letters come without marks and case, apostrophes count for nothing, and numbers by what they are worth. At most
    `KEY_CHARACTERS_MAX` characters of each name count.

    >>> sorted(["adams", "Zimmer", "Ångström", "O'Neil", "Oakley", "Room 10", "Room 9"], key=sort_key)
    ['adams', 'Ångström', 'Oakley', "O'Neil", 'Room 9', 'Room 10', 'Zimmer']
    """
    # Two spaces are less than one and a letter: Smith Zoe comes before Smith Jones Ann.
    return "  ".join(_sortable(name)[:KEY_CHARACTERS_MAX] for name in names)


def _sortable(name: str) -> str:
    folded = " ".join(_folded(name.translate(_WITHOUT_JOINERS)).split())
    return _NUMBER.sub(_by_worth, folded)


def _by_worth(number: re.Match[str]) -> str:
    """A number behind the number of its digits, so that 9 comes before 10."""
    digits = number.group().lstrip("0")
    return f"{min(len(digits), 99):02d}{digits}"


def _alone_and_joined(spelt: list[str]) -> Iterator[str]:
    yield from spelt
    yield from accumulate(reversed(spelt), lambda following, word: word + following)


def _folded(text: str) -> str:
    """Letters and digits without marks and case; a space for everything that parts words."""
    if text.isascii():
        return text.lower().translate(_PLAIN)
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(_typed(character) for character in text)


@lru_cache(maxsize=10_000)
def _typed(character: str) -> str:
    """What is typed for one character of a name."""
    kind = unicodedata.category(character)
    if (
        character in _JOINERS
        or unicodedata.combining(character)
        or kind in ("Cf", "Me")
        or "\ufe00" <= character <= "\ufe0f"
    ):
        return ""
    if kind[0] not in "LNM":
        return " "
    if character.isascii():
        return character
    if character in _TYPED:
        return _TYPED[character]
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    letter = _LETTER.fullmatch(unicodedata.name(character, ""))
    return letter.group(1).lower() if letter else character


# What `_typed` says of each ASCII character: most names have no others, and a table does them at once.
_PLAIN: Final = str.maketrans({chr(code): _typed(chr(code)) for code in range(128)})
