"""Plain English in documents, docstrings, comments and messages: the dozen rules of docs/style.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.source import ROOT, name_of

RULES = {
    "cannot": r"\bcan not\b",
    "somebody who": r"\bwho(m)?ever\b",
    "existing, previous": r"\bof (before|just now)\b",
    "name the thing": r"\b(as|see) above\b",
    "no longer": r"\bany more\b(?! than)|\b(is|are|was|were|work|works|do|does) no more\b(?! than)",
    "say what is": r"\b(it|that|this) is so\b(?! \w+ that)",
    "from the beginning": r"\bsince ever\b",
    "an attempt": r"\ba try\b|\btries of\b",
    "information, data": r"\b(informations|datas)\b",
    "and, or, or both": r"\band/or\b",
    "use, to": r"\butili[sz]e|\bin order to\b",
    "leave it out": r"\b(please|simply|obviously)\b",
}
LOOK_FOR = re.compile("|".join(f"({rule})" for rule in RULES.values()), re.IGNORECASE)
READ = ("*.py", "*.md", "*.conf", "*.yml", "*.toml", "*.in", "*.js", "*.html", "cases.txt", "Makefile", "Dockerfile")
# The two that name what is refused.
THESE = {"docs/style.md", "tests/architecture/test_plain_english.py"}


def texts() -> Iterator[Path]:
    """Every file that people read, but landed migrations, frozen contracts' samples and what is made from others."""
    skipped = {".venv", ".git", ".data", "migrations", "samples", "node_modules", "data", "vendor"}
    for pattern in READ:
        for path in sorted(ROOT.rglob(pattern)):
            parts = set(path.relative_to(ROOT).parts)
            if not parts & skipped and name_of(path) not in THESE:
                yield path


def found_in(text: str) -> list[tuple[int, str, str]]:
    """(line number, the words, what to write instead) for each that a rule refuses."""
    advice = list(RULES)
    return [
        (text.count("\n", 0, match.start()) + 1, match.group(0), advice[_which(match)])
        for match in LOOK_FOR.finditer(text)
    ]


def _which(match: re.Match[str]) -> int:
    for place, rule in enumerate(RULES.values()):
        if re.fullmatch(rule, match.group(0), re.IGNORECASE):
            return place
    raise AssertionError(match)


def test_what_people_read_is_plain() -> None:
    found = [
        f"{name_of(path)}:{line}: '{words}': {advice}"
        for path in texts()
        for line, words, advice in found_in(path.read_text(encoding="utf-8"))
    ]
    assert not found, f"{len(found)} places, see docs/style.md\n" + "\n".join(found)


@pytest.mark.parametrize("words", ["can not", "whomever", "of before", "as above", "any more", "and/or", "tries of"])
def test_a_rule_finds_its_words(words: str) -> None:
    assert [refused for _, refused, _ in found_in(f"A line.\nThis {words} is here.")] == [words]


def test_what_is_right_stays() -> None:
    assert found_in("No more than five. The cursor cannot be any more than that. Retries often.") == []


def test_the_page_names_every_rule() -> None:
    page = (ROOT / "docs" / "style.md").read_text(encoding="utf-8")
    assert page.count("\n|", page.index("| not | but |")) - 1 == len(RULES)


# Where a message to people stands among the arguments of what carries it; a class of refusal has it as `detail`.
CARRIED: Final = {"Hold": 1, "FieldError": 2, "field": 2}


def messages(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line number, words) of each refusal and hold that is written out; `{}` for what is worked out."""
    for node in ast.walk(tree):
        message: ast.expr | None = None
        if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == "detail" for to in node.targets):
            message = node.value
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            message = node.args[CARRIED[name]] if name in CARRIED and len(node.args) > CARRIED[name] else None
        if isinstance(message, ast.JoinedStr):
            parts = (str(part.value) if isinstance(part, ast.Constant) else "{}" for part in message.values)
            yield message.lineno, "".join(parts)
        elif isinstance(message, ast.Constant) and isinstance(message.value, str) and message.value:
            yield message.lineno, message.value


def is_sentence(words: str) -> bool:
    """Whether it begins as a sentence does, and ends as one."""
    return re.fullmatch(r"[A-Z0-9`{].*[.?}]", words, re.DOTALL) is not None


def test_refusals_and_holds_are_sentences() -> None:
    found = [
        (f"{name_of(path)}:{line}", words)
        for folder in ("services", "gateway", "shared")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not {"tests", "migrations"} & set(path.relative_to(ROOT).parts)
        for line, words in messages(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert len(found) > 100, "the search finds hardly anything"
    assert [(place, words) for place, words in found if not is_sentence(words)] == []


def test_what_is_no_sentence_is_found() -> None:
    sentences = list(messages(ast.parse('Hold("minutes_do_not_fit", f"minutes {minutes} do not fit {code}")')))
    assert sentences == [(1, "minutes {} do not fit {}")]
    assert not is_sentence("minutes {} do not fit it.") and not is_sentence("It does not fit")
