"""Finding a code of ICD-10-CM by its beginning or by words of its title, in memory: public facts, without a tenant.

The index is made when it is first asked. Words stand in the order of the alphabet, so that those with one beginning
are neighbours; behind each stand the places of its codes. A query looks at a few of them and never at all titles.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from heapq import nsmallest
from typing import Final

from services.clinical.diagnoses.code_set import icd10_codes

FOUND_MAX: Final = 20
SHORT: Final = 2
_WORD: Final = re.compile(r"[a-z0-9]+")
_BEHIND: Final = "\uffff"  # sorts behind whatever may follow a beginning


@dataclass(frozen=True, slots=True)
class Found:
    """A billable code with its title."""

    code: str
    title: str
    billable: bool = True


@dataclass(frozen=True, slots=True)
class _Index:
    """Codes in their order, without dots, with dots, their titles; words in their order, and the places of each."""

    plain: Sequence[str]
    codes: Sequence[str]
    titles: Sequence[str]
    words: Sequence[str]
    places: Sequence[Sequence[int]]


def find_codes(query: str, limit: int) -> list[Found]:
    """At most `limit` codes: those that begin so, else those whose title has words that begin with each of the query's.

    Short titles come first: the plain disorder before its many forms.
    """
    index = _index()
    typed = query.strip().upper().replace(".", "")
    at = bisect_left(index.plain, typed)
    until = bisect_left(index.plain, typed + _BEHIND)
    if typed and at < until:
        return [_found(index, place) for place in range(at, min(until, at + limit))]
    every = _WORD.findall(query.lower())
    words = [word for word in every if len(word) > SHORT] or every  # "of" and "to" stand in half of all titles
    if not words:
        return []
    places = set.intersection(*(_with_word(index, word) for word in words))
    best = nsmallest(limit, places, key=lambda place: (len(index.titles[place]), place))
    return [_found(index, place) for place in best]


def _with_word(index: _Index, word: str) -> set[int]:
    first = bisect_left(index.words, word)
    last = bisect_left(index.words, word + _BEHIND)
    return {place for places in index.places[first:last] for place in places}


def _found(index: _Index, place: int) -> Found:
    return Found(index.codes[place], index.titles[place])


@cache
def _index() -> _Index:
    rows = sorted((code.replace(".", ""), code, title) for code, title in icd10_codes())
    behind: defaultdict[str, list[int]] = defaultdict(list)
    for place, (_, _, title) in enumerate(rows):
        for word in set(_WORD.findall(title.lower())):
            behind[word].append(place)
    words = sorted(behind)
    plain, codes, titles = zip(*rows, strict=True)
    return _Index(plain, codes, titles, words, [tuple(behind[word]) for word in words])
