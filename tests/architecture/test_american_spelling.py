"""Product copy is American: what pages, refusals and mail say to people. Code and documents keep their own names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.source import ROOT, name_of
from tests.architecture.test_plain_english import messages

# What a word begins or ends with that is spelled otherwise in the United States, and what it is there.
SPELLED: Final = {
    r"licen[c]e": "license",
    r"colour": "color",
    r"behaviour": "behavior",
    r"(?<!ep)\bcentre": "center",
    r"(un)?favour": "favor",
    r"honour": "honor",
    r"neighbour": "neighbor",
    r"labour": "labor",
    r"\bgrey": "gray",
    r"\bcheque": "check",
    r"programme\b": "program",
    r"catalogue": "catalog",
    r"practis": "practice",
    r"judgement": "judgment",
    r"fulfil(?!l)": "fulfill",
    r"enrol(?!l)": "enroll",
    r"(organ|recogn|summar|author|custom|minim|special|final|initial|apolog|real)is(e|ed|es|ing|ation)\b": "…ize",
    r"analys(e|ed|es|ing)\b": "analyze",
    r"Tax id\b": "Tax ID",
    r"\bHolds from\b": "Effective from",
    r"Beginning of invoice numbers": "Invoice number prefix",
}
BRITISH: Final = re.compile("|".join(f"(?:{word})" for word in SPELLED), re.IGNORECASE)
CASED: Final = ("Tax id", "Holds from", "Beginning of invoice numbers")
TAG: Final = re.compile(r"<[^<>]*>")
SPOKEN: Final = re.compile(r'\b(?:aria-label|placeholder|alt|title|content)="([^"]*)"')
JINJA: Final = re.compile(r"\{[{%].*?[}%]\}", re.DOTALL)
LITERAL: Final = re.compile(r'"([^"]*)"')


def is_copy(literal: str) -> bool:
    """Whether a text in code is for people: it has several words, or begins as a sentence does."""
    return " " in literal.strip() or literal[:1].isupper()


def copy_of(template: str) -> Iterator[str]:
    """What a template says: its text, what is read out, and the texts that its expressions hold."""
    plain = re.sub(r"\{#.*?#\}", " ", template, flags=re.DOTALL)
    for expression in JINJA.findall(plain):
        yield from filter(is_copy, LITERAL.findall(expression))
    plain = JINJA.sub("\x00", plain)
    yield from SPOKEN.findall(plain)
    yield from TAG.sub("\x00", plain).split("\x00")


def texts_in(source: str) -> Iterator[str]:
    """The texts for people in a module; docstrings are for its readers."""
    tree = ast.parse(source)
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield from [node.value] if is_copy(node.value) and "/" not in node.value else []  # no path of a row


def british_in(text: str) -> list[str]:
    """The words of a text that are spelled otherwise in the United States."""
    found = (match.group(0) for match in BRITISH.finditer(text))
    return [word for word in found if word.lower() not in map(str.lower, CASED) or word in CASED]


def product_copy() -> Iterator[tuple[str, str]]:
    """Pairs of a place and the text that people read there: in pages, in refusals, in mail."""
    web = ROOT / "gateway" / "web"
    for path in sorted(web.rglob("*.html")):
        yield from ((name_of(path), text) for text in copy_of(path.read_text(encoding="utf-8")))
    for path in [*sorted(web.rglob("*.py")), *sorted((ROOT / "services" / "identity" / "mail").rglob("*.py"))]:
        yield from ((name_of(path), text) for text in texts_in(path.read_text(encoding="utf-8")))
    for path in sorted((ROOT / "services").rglob("*.py")):
        if not {"tests", "migrations"} & set(path.relative_to(ROOT).parts):
            for _, words in messages(ast.parse(path.read_text(encoding="utf-8"))):
                yield name_of(path), re.sub(r"`[^`]*`", "", words)  # what stands in backticks is a field of the API
    for path in sorted((ROOT / "docs" / "guide").glob("*.md")):
        yield name_of(path), path.read_text(encoding="utf-8")


def test_what_people_read_is_spelled_as_in_the_united_states() -> None:
    found = [(where, word, text.strip()[:80]) for where, text in product_copy() for word in british_in(text)]
    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize("words", ["Licence", "Tax id", "a colour", "they practise", "organised", "Holds from"])
def test_british_words_are_found(words: str) -> None:
    assert british_in(f"Here {words} is.")


@pytest.mark.parametrize("words", ["License", "Tax ID", "enrolled", "practice", "fulfilled", "organization", "gray"])
def test_american_words_stay(words: str) -> None:
    assert british_in(f"Here {words} is.") == []


def test_a_template_is_read_where_people_read_it() -> None:
    texts = list(
        copy_of('<b id="licence" aria-label="Colours">Licence{{ field(form, "licence.number", "A licence") }}</b>')
    )
    assert [word for text in texts for word in british_in(text)] == ["licence", "Colour", "Licence"]


def test_code_keeps_its_own_names() -> None:
    assert list(texts_in('"""The licence."""\nNAMES = {"colour": "A colour"}\n')) == ["A colour"]
    assert Path(ROOT / "docs" / "guide").is_dir()
