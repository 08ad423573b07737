"""A time that ends before it begins is refused, of whichever list."""

from __future__ import annotations

import pytest
from marshmallow import Schema
from werkzeug.datastructures import MultiDict

from shared.errors import Invalid
from shared.web.fields import Day, Instant
from shared.web.parsing import load_query


class Days(Schema):
    first = Day(load_default=None, data_key="from")
    last = Day(load_default=None, data_key="to")


class Instants(Schema):
    from_instant = Instant(data_key="from")
    to = Instant()


@pytest.mark.parametrize(
    ("schema", "first", "last", "fits"),
    [
        (Days, "2026-11-02", "2026-11-01", False),
        (Days, "2026-11-01", "2026-11-01", True),
        (Days, "2026-11-01", None, True),
        (Days, None, "2026-11-01", True),
        (Instants, "2026-11-01T10:00:00Z", "2026-11-01T11:30:00+02:00", False),
        (Instants, "2026-11-01T10:00:00Z", "2026-11-01T09:00:00-02:00", True),
    ],
)
def test_what_ends_before_it_begins_is_refused(
    schema: type[Schema], first: str | None, last: str | None, fits: bool
) -> None:
    arguments = MultiDict({name: day for name, day in (("from", first), ("to", last)) if day})
    if fits:
        load_query(schema(), arguments)
        return
    with pytest.raises(Invalid) as refusal:
        load_query(schema(), arguments)
    assert [(error.field, error.code) for error in refusal.value.errors] == [("to", "before_from")]
