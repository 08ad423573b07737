"""The guide, read from `docs/guide` once: one Markdown file for each page, in the order of their numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from markdown_it import MarkdownIt
from markupsafe import Markup

GUIDE: Final = Path(__file__).parents[3] / "docs" / "guide"


@dataclass(frozen=True, slots=True)
class Topic:
    """One page: its slug, its title, the sentence under it, and the rest as HTML."""

    slug: str
    title: str
    lead: str
    body: Markup


@cache
def guide() -> Mapping[str, Topic]:
    """The pages by their slugs."""
    return MappingProxyType({topic.slug: topic for topic in map(_read, sorted(GUIDE.glob("*.md")))})


def pages_of_guide() -> Sequence[Topic]:
    """The pages in their order."""
    return list(guide().values())


def _read(path: Path) -> Topic:
    title, _, rest = path.read_text(encoding="utf-8").partition("\n")
    lead, _, body = rest.strip().partition("\n\n")
    # Raw HTML is off: what comes out is made of our own text alone.
    html = MarkdownIt("commonmark", {"html": False}).render(body)
    slug = path.stem.partition("-")[2].replace("-", "_")
    lead = lead.replace("\n", " ")
    return Topic(slug, title.removeprefix("# "), lead, Markup(html))  # noqa: S704 - our own text
