"""Bars as a picture (SVG) that needs nothing but a browser."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

WIDTH: Final = 860
NAME_WIDTH: Final = 290
BAR_WIDTH: Final = 440
BAR_HEIGHT: Final = 18
GAP: Final = 6
TITLE_HEIGHT: Final = 34
MARGIN: Final = 16


def charts(drawn: Iterable[tuple[str, Sequence[tuple[str, float]]]]) -> str:
    """One chart below the other; in each the longest bar is as wide as there is room for, and bars begin at nought."""
    parts: list[str] = []
    y = MARGIN
    for title, bars in drawn:
        parts.append(f'<text x="{MARGIN}" y="{y + 18}" class="title">{escape(title)}</text>')
        y += TITLE_HEIGHT
        longest = max(value for _, value in bars) or 1.0
        for name, value in bars:
            width = round(BAR_WIDTH * value / longest, 1)
            middle = y + BAR_HEIGHT - 5
            parts.append(f'<text x="{NAME_WIDTH}" y="{middle}" text-anchor="end">{escape(_short(name))}</text>')
            parts.append(f'<rect x="{NAME_WIDTH + 8}" y="{y}" width="{width}" height="{BAR_HEIGHT}"/>')
            parts.append(f'<text x="{NAME_WIDTH + 14 + width}" y="{middle}">{figure(value)}</text>')
            y += BAR_HEIGHT + GAP
        y += MARGIN
    style = "text{font:13px sans-serif;fill:#222}.title{font-weight:bold;font-size:14px}rect{fill:#2f6f8f}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}">'
        f'<style>{style}</style><path fill="#fff" d="M0 0h{WIDTH}v{y}H0z"/>' + "".join(parts) + "</svg>\n"
    )


def figure(value: float) -> str:
    """Three digits that count, and commas in what is large."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _short(name: str) -> str:
    return name if len(name) <= 42 else f"{name[:41]}…"
