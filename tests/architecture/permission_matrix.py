"""Who may ask for what, as pictures that a reviewer reads: endpoint by level, and the grants that add to it.

`python -m tests.architecture.permission_matrix` writes `permission_matrix.txt`, and `pages_by_level.txt` for the pages.
✔ the level may, ✘ may not, + may with a grant that the end of the line names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.pages import WEB
from gateway.route_table.row import Row
from shared import permissions
from shared.permissions import PUBLIC

PICTURE = Path(__file__).with_name("permission_matrix.txt")
PAGES_PICTURE = Path(__file__).with_name("pages_by_level.txt")
HEADS = {
    "default": "Def",
    "billing": "Bil",
    "therapist": "The",
    "administration": "Adm",
    "organization_administration": "Org",
}
MAY, MAY_NOT, WITH_GRANT = "✔", "✘", "+"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A line of the picture: the mark of each level, and the grants that turn a + into a ✔."""

    marks: dict[str, str]
    grants: frozenset[str]

    def allows(self, level: str, grants: Iterable[str]) -> bool:
        """Whether somebody of that level with these grants may ask."""
        mark = self.marks[level]
        return mark == MAY or (mark == WITH_GRANT and bool(self.grants & set(grants)))


def draw(rows: Iterable[Row]) -> str:
    """The picture: one line per row."""
    lines = [f"{'':72}{' '.join(HEADS[level] for level in permissions.LEVELS)}"]
    for row in rows:
        adding: set[str] = set()
        marks = []
        for level in permissions.LEVELS:
            opening = {g for g in permissions.GRANTS if row.permission in permissions.effective([level], [g])}
            if row.permission == PUBLIC or row.permission in permissions.effective([level], []):
                marks.append(MAY)
            elif opening:
                marks.append(WITH_GRANT)
                adding |= opening
            else:
                marks.append(MAY_NOT)
        shown = " ".join(f" {mark} " for mark in marks)
        lines.append(f"{row.method:7}{row.path:65}{shown}  {' '.join(sorted(adding))}".rstrip())
    return "\n".join(lines) + "\n"


@cache
def reviewed(picture: Path = PICTURE) -> dict[str, Reviewed]:
    """A committed picture, read back: `METHOD /path` -> its line."""
    found = {}
    for line in picture.read_text(encoding="utf-8").splitlines()[1:]:
        method, path, *rest = line.split()
        marks, grants = rest[: len(HEADS)], rest[len(HEADS) :]
        found[f"{method} {path}"] = Reviewed(dict(zip(HEADS, marks, strict=True)), frozenset(grants))
    return found


if __name__ == "__main__":
    PICTURE.write_text(draw(ROUTE_TABLE), encoding="utf-8")
    PAGES_PICTURE.write_text(draw(WEB), encoding="utf-8")
