"""The guide names buttons, fields and pages as the web app does."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.source import ROOT

GUIDES: Final = sorted((ROOT / "docs" / "guide").glob("*.md"))
NAMED: Final = re.compile(r"\*\*([^*]+)\*\*")
KEYS: Final = frozenset({"Alt", "M"})  # what is pressed on the keyboard


def on_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.fixture(scope="module")
def words_of_the_web_app() -> str:
    web = ROOT / "gateway" / "web"
    return on_one_line(
        " ".join(path.read_text(encoding="utf-8") for path in chain(web.rglob("*.html"), web.rglob("*.py")))
    )


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_what_the_guide_names_is_there(words_of_the_web_app: str, path: Path) -> None:
    names = {on_one_line(name) for name in NAMED.findall(path.read_text(encoding="utf-8"))}
    assert names, "a guide that names nothing leads nobody"
    assert {name for name in names - KEYS if name not in words_of_the_web_app} == set()
