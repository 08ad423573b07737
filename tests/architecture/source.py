"""The project's source files, parsed: what the house rules are checked on."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("services", "shared", "gateway", "embedded", "deploy")


def files(*packages: str) -> Iterator[Path]:
    """Every Python file of the packages but tests and migrations, wherever the checkout lies."""
    for package in packages or PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if not {"tests", "migrations"} & set(path.relative_to(ROOT).parts):
                yield path


def name_of(path: Path) -> str:
    """The path as it is written in lists: below the root."""
    return path.relative_to(ROOT).as_posix()


def calls(path: Path, attribute: str) -> int:
    """How many times a file calls something named `.attribute(…)`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return sum(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == attribute
        for node in ast.walk(tree)
    )
