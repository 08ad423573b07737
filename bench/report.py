"""What was measured, kept: `docs/benchmarks/latest.json`, and a page and a picture that are made of it.

`make bench` and `make bench-scale` write a part each, and leave the other's as it is.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from bench.chart import charts

FOLDER: Final = Path(__file__).parent.parent / "docs/benchmarks"
COMMANDS: Final = {"bench": "make bench", "scale": "make bench-scale"}


@dataclass(slots=True)
class Row:
    """A line of the report."""

    what: str
    value: str
    ratio: str = ""
    goal: str = ""
    met: bool | None = None
    numbers: dict[str, float] = field(default_factory=dict)
    others: float = 0.0  # which part of the processors others used meanwhile, where that is too much
    profile: list[str] = field(default_factory=list)  # where the time goes that a missed goal is missed by
    remedy: str = ""  # what to do next about it


@dataclass(slots=True)
class Section:
    """Lines that belong together."""

    title: str
    rows: list[Row] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """The sections in their order."""

    sections: list[Section] = field(default_factory=list)

    def begin(self, title: str) -> None:
        """From here on lines belong to this section."""
        self.sections.append(Section(title))

    def add(self, row: Row) -> None:
        """A line of the section at hand."""
        self.sections[-1].rows.append(row)

    def remark(self, text: str) -> None:
        """A sentence below the section's lines."""
        self.sections[-1].remarks.append(text)


def write(part: str, report: Report, about: dict[str, Any], folder: Path = FOLDER) -> None:
    """Put this part in place of the one that was there, and make page and picture anew."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "latest.json"
    try:
        parts = json.loads(kept.read_text(encoding="utf-8"))["parts"]
    except (OSError, ValueError, KeyError, TypeError):
        parts = {}  # the first one, or a file that something else wrote
    parts[part] = {**about, "sections": [asdict(section) for section in report.sections]}
    for name, text in (
        ("latest.json", json.dumps({"parts": parts}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"),
        ("latest.md", page(parts)),
        ("latest.svg", charts(_drawn(parts))),
    ):
        new = folder / f"{name}.new"
        new.write_text(text, encoding="utf-8")
        new.rename(folder / name)


def page(parts: dict[str, Any]) -> str:
    """The report as a page: what was missed first, then every section as a table."""
    lines = ["# Measures", "", "![Bars of the measures below](latest.svg)", ""]
    for part, kept in sorted(parts.items()):
        lines += [f"## `{COMMANDS.get(part, part)}`", "", f"{kept.get('taken_on', '')}, {kept.get('machine', '')}.", ""]
        sections = kept["sections"]
        missed = [(s["title"], row) for s in sections for row in s["rows"] if row["met"] is False]
        lines += [f"- Missed: {row['what']}: {_measured(row)} (goal {row['goal']}); {title}" for title, row in missed]
        lines += [""] if missed else []
        for section in sections:
            lines += [f"### {section['title']}", "", "| | measured | ratio | goal | |", "|---|---|---|---|---|"]
            lines += [_line(row) for row in section["rows"]]
            lines += ["", *(text for remark in section["remarks"] for text in (remark, ""))]
            lines += [line for row in section["rows"] for line in _why(row)]
    return "\n".join(lines).rstrip() + "\n"


def _measured(row: dict[str, Any]) -> str:
    return " · ".join(text for text in (row["value"], row["ratio"]) if text)


def _why(row: dict[str, Any]) -> list[str]:
    """Under a section's table: profile and remedy of a row that has them."""
    if not row.get("remedy"):
        return []
    return [
        f"Missed: **{row['what'].strip()}**",
        "",
        *(f"- {text}" for text in row["profile"]),
        f"- Next: {row['remedy']}",
        "",
    ]


def _line(row: dict[str, Any]) -> str:
    word = {True: "met", False: "**missed**", None: ""}[row["met"]]
    busy = f"others used {row['others']:.0%}" if row.get("others") else ""
    marks = ", ".join(text for text in (word, busy) if text)
    cells = (row["what"].strip(), row["value"], row["ratio"], row["goal"], marks)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _drawn(parts: dict[str, Any]) -> list[tuple[str, list[tuple[str, float]]]]:
    """A chart for every name of a number that at least two lines of a section have."""
    found: list[tuple[str, list[tuple[str, float]]]] = []
    for _, kept in sorted(parts.items()):
        for section in kept["sections"]:
            names = dict.fromkeys(name for row in section["rows"] for name in row["numbers"])
            for name in names:
                bars = [
                    (row["what"].strip(), row["numbers"][name]) for row in section["rows"] if name in row["numbers"]
                ]
                if len(bars) > 1:
                    found.append((f"{section['title']}: {name.replace('_', ' ')}", bars))
    return found
