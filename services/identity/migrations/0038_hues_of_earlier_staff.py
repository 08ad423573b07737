"""Earlier staff get their colours: near the one they chose, otherwise by turn in the order in which they joined."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from alembic import op
from sqlalchemy import Row, text

from shared.database.migration import earlier_rows

revision = "identity_0038"
down_revision = "identity_0037"

HUES = ("#12807a", "#6d4fc0", "#b4650f", "#b83259", "#2c6bb3", "#5b7a1f", "#95409c", "#6a675c")
WRITE = text("UPDATE staff SET hue = :hue WHERE organization_id = :o AND id = :i AND colour IS NOT DISTINCT FROM :c")


def upgrade() -> None:
    """A practice at a time, in the order in which people joined, as their ids stand; it may run again."""
    current, used = None, [0] * len(HUES)
    for batch in earlier_rows("staff", ["colour", "active"]):
        for organization_id, people in groupby(batch, key=lambda row: row.organization_id):
            if organization_id != current:
                current, used = organization_id, [0] * len(HUES)
            _give(list(people), used)


def _give(people: Sequence[Row[Any]], used: list[int]) -> None:
    """`used`: how many active people of the practice have each so far; counts those that are given here."""
    chosen = {person.id: _nearest(person.colour) for person in people if person.colour}
    for person in people:
        if person.id in chosen:
            used[chosen[person.id]] += person.active
    for person in people:
        hue = chosen.get(person.id)
        if hue is None:
            hue = used.index(min(used))
            used[hue] += person.active
        values = {"hue": f"c{hue + 1}", "o": person.organization_id, "i": person.id, "c": person.colour}
        op.get_bind().execute(WRITE, values)


def _nearest(colour: str) -> int:
    def parts(text: str) -> list[int]:
        return [int(text[at : at + 2], 16) for at in (1, 3, 5)]

    far = [sum((a - b) ** 2 for a, b in zip(parts(colour), parts(hue), strict=True)) for hue in HUES]
    return far.index(min(far))
