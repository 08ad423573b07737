"""Names are found as people type them and sorted as people sort."""

from __future__ import annotations

import doctest
import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import names
from shared.names import KEY_CHARACTERS_MAX, found_by, sort_key, words

LETTERS = [chr(code) for code in range(0x80, 0x2FFF) if unicodedata.category(chr(code)) in ("Lu", "Ll", "Lt")]
WITH_MARKS = [
    letter
    for letter in LETTERS
    if unicodedata.name(letter).startswith(("LATIN SMALL LETTER ", "LATIN CAPITAL LETTER "))
    and " WITH " in unicodedata.name(letter)
    and "WITH SMALL LETTER" not in unicodedata.name(letter)  # two letters
    and len(unicodedata.name(letter).split(" LETTER ")[1].split(" WITH ")[0]) <= 2
]


def test_the_examples_are_as_they_say() -> None:
    assert doctest.testmod(names).failed == 0


def test_every_latin_letter_with_a_mark_is_the_letter_without_it() -> None:
    """Also those that Unicode does not decompose: strokes, hooks, tails and bars."""
    assert len(WITH_MARKS) > 500
    for letter in WITH_MARKS:
        plain = unicodedata.name(letter).split(" LETTER ")[1].split(" WITH ")[0].lower()
        assert words(f"a{letter}b") == [f"a{plain}b"], unicodedata.name(letter)


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Łukasz", "lukasz"),
        ("Đorđević", "dordevic"),
        ("Þórður", "thordur"),
        ("Æbelø", "aebelo"),
        ("Œuvrard", "oeuvrard"),
        ("Strauß", "strauss"),
        ("STRAUẞ", "strauss"),
        ("Iğdır", "igdir"),
        ("İstanbul", "istanbul"),
        ("Ħaż-Żabbar", "haz zabbar"),
        ("Ŋaliŋ", "ngaling"),
        ("Nguyễn", "nguyen"),
        ("ﬁnn", "finn"),
        ("Ａｄａ", "ada"),
        ("A\u0308nn", "ann"),
        ("Ann\u00admarie", "annmarie"),
        ("Йосиф", "иосиф"),
        ("Μαρία", "μαρια"),
    ],
)
def test_a_name_is_its_plain_letters(written: str, typed: str) -> None:
    assert words(written) == typed.split()
    assert sort_key(written) == typed


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("O'Neil", {"o", "neil", "oneil"}),
        ("O\u2019Neil", {"o", "neil", "oneil"}),
        ("O\u02bcNeil", {"o", "neil", "oneil"}),
        ("Jean-Luc", {"jean", "luc", "jeanluc"}),
        ("De la Cruz", {"de", "la", "cruz", "lacruz", "delacruz"}),
        ("Müller", {"muller", "mueller"}),
        ("Sørensen", {"sorensen", "soerensen"}),
        ("Østergård", {"ostergard", "oestergaard"}),
        ("Əliyev", {"aliyev", "eliyev"}),
    ],
)
def test_a_name_is_found_together_apart_and_in_its_other_spelling(written: str, typed: set[str]) -> None:
    assert found_by([written]) == typed


def test_a_list_comes_as_a_person_sorts() -> None:
    wanted = [
        *("adams", "Ångström", "Ästrom", "de Groot", "De la Cruz", "Delaney", "Łuczak", "Lund", "Oakley", "O'Neil"),
        *("Oneill", "Øster", "Smith", "Smith-Jones", "Smithers", "Zimmer"),
    ]
    shuffled = random.Random(1).sample(wanted, len(wanted))
    assert sorted(shuffled, key=sort_key) == wanted
    people = [("Smith", "Zoe"), ("Smith Jones", "Ann"), ("Smithers", "Al")]
    assert sorted(random.Random(2).sample(people, 3), key=lambda person: sort_key(*person)) == people
    rooms = ["Room 2", "Room 9b", "Room 10", "Room 100"]
    assert sorted(random.Random(3).sample(rooms, 4), key=sort_key) == rooms


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_letters_read_the_same_beside_others(name: str) -> None:
    """A name of ASCII alone goes through a table, and one with any other letter is read letter by letter."""
    assert [*words(name), "э"] == words(f"{name} э")


@given(st.text())
def test_whatever_a_name_is_its_key_fits_an_index_and_folds_to_itself(name: str) -> None:
    assert len(sort_key(name)) <= KEY_CHARACTERS_MAX
    folded = " ".join(words(name))
    assert words(folded) == words(name)
    assert all(len(key) <= KEY_CHARACTERS_MAX for key in found_by([name]))
