"""The first steps of a practice, as `GET /setup/{service}` tells them: what is done is seen in the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from marshmallow import Schema, fields
from sqlalchemy import Select, func, select

from shared.database.session import Session
from shared.web.fields import about, explained

COUNTED_MAX: Final = 10_000
STEPS: Final = {
    "organization_settings": "the practice has a name, an address, a phone, a time zone, and a tax id or an NPI",
    "services": "there is an active service with a length and a rate",
    "staff": "somebody else works here, or the practice says that it works alone",
    "clients": "there is an active client",
    "assignments": "somebody is assigned to every active client",
    "intake": "a case has a diagnosis and a signed treatment plan",
    "documentation": "an appointment that took place has a signed note",
    "invoice": "an invoice was issued",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One of `STEPS`. `count` are those that there are, `of` those that there should be; None where it counts nothing.

    Both stop at `COUNTED_MAX`.
    """

    item: str
    done: bool
    count: int | None = None
    of: int | None = None


def counted(session: Session, rows: Select[Any]) -> int:
    """How many rows there are, at most `COUNTED_MAX`."""
    return session.scalar(select(func.count()).select_from(rows.limit(COUNTED_MAX).subquery())) or 0


class StepSchema(Schema):
    """A first step."""

    item = fields.String(metadata=about(f"Which step. It is done when what it says is so. {explained(STEPS, STEPS)}"))
    done = fields.Boolean(metadata=about("Whether it is done."))
    count = fields.Integer(
        allow_none=True, metadata=about(f"How many there are, at most {COUNTED_MAX:,}; null where nothing is counted.")
    )
    of = fields.Integer(allow_none=True, metadata=about("How many `count` is to reach; null where any number will do."))


class SetupSchema(Schema):
    """The first steps of a practice that one service knows of."""

    items = fields.List(
        fields.Nested(StepSchema), metadata=about("In the order in which a practice usually takes them.")
    )
