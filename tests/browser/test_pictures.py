"""The pictures of the documentation: each is of a page that there is, and each that a document shows is there."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any, Final

from gateway.route_table.pages import WEB
from tests.browser.conftest import NARROW
from tests.browser.pictures.__main__ import FOLDER
from tests.browser.pictures.packing import DOTS, packed
from tests.browser.pictures.scenes import PICTURES

ROOT: Final = Path(__file__).parents[2]
BYTES_MAX: Final = 200_000
SHOWN: Final = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")


def test_every_picture_is_of_a_page_and_has_a_file() -> None:
    assert {picture.page for picture in PICTURES} <= {row.name for row in WEB if row.method == "GET"}
    names = [picture.name for picture in PICTURES]
    assert sorted(names) == sorted(file.stem for file in (ROOT / FOLDER).iterdir())
    too_large = {path.name for path in (ROOT / FOLDER).iterdir() if path.stat().st_size > BYTES_MAX}
    assert too_large == set()


def test_every_picture_that_a_document_shows_is_there_and_is_said_in_words() -> None:
    shown = [
        (document, words, target)
        for document in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
        for words, target in SHOWN.findall(document.read_text(encoding="utf-8"))
    ]
    assert sum(document.name == "README.md" for document, _, _ in shown) >= 3
    assert [reference for reference in shown if len(reference[1]) < 20] == []
    assert [reference for reference in shown if not (reference[0].parent / reference[2]).is_file()] == []


def test_a_packed_picture_is_small_and_the_same(desk: Any) -> None:
    at = desk(NARROW)
    page = at.open("/sign-in")
    taken = page.screenshot()
    small = packed(taken, page)
    assert len(small) < len(taken)
    before, after = (page.evaluate(DOTS, base64.b64encode(picture).decode()) for picture in (taken, small))
    assert before[:2] == after[:2]
    dots = [memoryview(base64.b64decode(drawn[2])) for drawn in (before, after)]
    assert max(abs(dot - other) for dot, other in zip(*dots, strict=True)) <= 32  # of 255, where colours are many
