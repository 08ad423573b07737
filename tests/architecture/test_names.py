"""Variables are called what they hold, in the field's words: an invoice, a row, a response."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT

SAY_NOTHING = {
    "one": "the noun of what it is: invoice, member, row",
    "answer": "response, or reply: what the API says to a page",
    "asked": "requested, or the noun: query, question",
    "said": "the noun: sentence, description, given",
    "told": "published, notified, or the noun: event, mail",
}


def _bound(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno


def _nameless(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [f"{path}:{line}: {name}: {SAY_NOTHING[name]}" for name, line in _bound(tree) if name in SAY_NOTHING]


def test_variables_say_what_they_hold() -> None:
    paths = [path for package in (*PACKAGES, "bench", "tests") for path in sorted((ROOT / package).rglob("*.py"))]
    found = [line for path in paths for line in _nameless(path)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "for one in invoices: pass",
        "[one.id for one in rows]",
        "lambda one: one.id",
        "def sign(asked): ...",
        "answer = web.get('/me')",
        "(told,) = rows",
    ],
)
def test_the_rule_of_names_bites(line: str, tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text(line + "\n", encoding="utf-8")
    assert _nameless(tmp_path / "x.py")
