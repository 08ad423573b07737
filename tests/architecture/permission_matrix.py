"""Endpoint by level as ✔ and ✘. `python -m tests.architecture.permission_matrix` writes `permission_matrix.txt`."""

from __future__ import annotations

from pathlib import Path

from gateway.route_table import PUBLIC, ROUTE_TABLE
from shared import permissions

PICTURE = Path(__file__).with_name("permission_matrix.txt")
HEADS = {
    "default": "Def",
    "billing": "Bil",
    "therapist": "The",
    "administration": "Adm",
    "organization_administration": "Org",
}


def draw() -> str:
    """The picture: one line per row of the route table."""
    lines = [f"{'':62}{' '.join(HEADS[level] for level in permissions.LEVELS)}"]
    for row in ROUTE_TABLE:
        marks = [
            " ✔ " if row.permission == PUBLIC or row.permission in permissions.effective([level], []) else " ✘ "
            for level in permissions.LEVELS
        ]
        lines.append(f"{row.method:7}{row.path:55}{' '.join(marks)}".rstrip())
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
