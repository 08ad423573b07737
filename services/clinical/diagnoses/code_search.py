"""Finding a code of ICD-10-CM by its beginning or by words of its title, in memory: public facts, without a tenant.

The index is made when it is first asked. Titles stand in the order in which they are shown, the shortest first. Words
stand in the order of the alphabet, so that those with one beginning are neighbours; behind each stand the places of
its titles. A query goes through the titles with the rarest of its words, or through all where each is common, looks for
the others in them, and ends at the last code that it shows. Slowest are common words that never meet.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, chain, islice
from threading import Lock
from typing import Final

from services.clinical.diagnoses.code_set import icd10_codes

FOUND_MAX: Final = 20
SHORT: Final = 2
COMMON: Final = 20_000  # titles with a word, from which on all are looked at: to put so many in order takes longer
_WORD: Final = re.compile(r"[a-z0-9]+")
_BETWEEN_WORDS: Final = re.compile(r"[^a-z0-9]+")
_BEHIND: Final = "\uffff"  # sorts behind whatever may follow a beginning
_MAKING: Final = Lock()  # the first letters typed arrive together, and the index is made for the first of them alone


@dataclass(frozen=True, slots=True)
class Found:
    """A billable code with its title."""

    code: str
    title: str
    billable: bool = True


@dataclass(frozen=True, slots=True)
class _Index:
    """Codes with their titles, the shortest title first; beside each its words, as ` one two`.

    `plain`: codes without dots in their order, and `at_plain` the place of each. `words` in their order, behind each
    its places, and in `until` how many places stand behind all words before it.
    """

    codes: Sequence[str]
    titles: Sequence[str]
    texts: Sequence[str]
    plain: Sequence[str]
    at_plain: Sequence[int]
    words: Sequence[str]
    places: Sequence[Sequence[int]]
    until: Sequence[int]


def find_codes(query: str, limit: int) -> list[Found]:
    """At most `limit` codes: those that begin so, else those whose title has words that begin with each of the query's.

    Short titles come first: the plain disorder before its many forms.
    """
    with _MAKING:
        index = _index()
    typed = query.strip().upper().replace(".", "")
    at = bisect_left(index.plain, typed)
    until = bisect_left(index.plain, typed + _BEHIND)
    if typed and at < until:
        return [_found(index, place) for place in index.at_plain[at : min(until, at + limit)]]
    every = _WORD.findall(query.lower())
    words = [word for word in every if len(word) > SHORT] or every  # "of" and "to" stand in half of all titles
    if not words:
        return []
    ranges = {word: (bisect_left(index.words, word), bisect_left(index.words, word + _BEHIND)) for word in words}
    rarest_first = sorted(ranges, key=lambda word: index.until[ranges[word][1]] - index.until[ranges[word][0]])
    begun = [" " + word for word in rarest_first]
    places = _between(index, *ranges[rarest_first[0]])
    fitting = (place for place in places if all(word in index.texts[place] for word in begun))
    return [_found(index, place) for place in islice(fitting, limit)]


def _between(index: _Index, first: int, last: int) -> Iterable[int]:
    """The places of titles with one of the words from `first` to before `last`, in order; of common words, of all."""
    if last - first == 1:
        return index.places[first]
    if index.until[last] - index.until[first] >= COMMON:
        return range(len(index.texts))
    return dict.fromkeys(sorted(chain.from_iterable(index.places[first:last])))


def _found(index: _Index, place: int) -> Found:
    return Found(index.codes[place], index.titles[place])


@cache
def _index() -> _Index:
    rows = sorted((len(title), code.replace(".", ""), code, title) for code, title in icd10_codes())
    behind: defaultdict[str, list[int]] = defaultdict(list)
    texts = []
    for place, (_, _, _, title) in enumerate(rows):
        text = _BETWEEN_WORDS.sub(" ", f" {title.lower()}")
        texts.append(text)
        for word in set(text.split()):
            behind[word].append(place)
    words = sorted(behind)
    plain = sorted((bare, place) for place, (_, bare, _, _) in enumerate(rows))
    places = [tuple(behind[word]) for word in words]
    return _Index(
        codes=[code for _, _, code, _ in rows],
        titles=[title for _, _, _, title in rows],
        texts=texts,
        plain=[bare for bare, _ in plain],
        at_plain=[place for _, place in plain],
        words=words,
        places=places,
        until=list(accumulate(map(len, places), initial=0)),
    )
