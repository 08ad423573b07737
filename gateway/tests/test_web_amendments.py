"""What the page of an invoice says of an amendment that waits: the line as it is billed, and as it would be."""

from __future__ import annotations

import pytest

from gateway.web.billing.invoice_view import changes
from gateway.web.text import NARROW_SPACE

LINE = {
    "id": "a",
    "code": "90837",
    "modifiers": ["95"],
    "description": "Psychotherapy 60",
    "minutes": 55,
    "started_at": "2026-10-06T20:00:00Z",
    "stopped_at": "2026-10-06T20:55:00Z",
    "diagnosis_codes": ["F41.1"],
    "charge_cents": 16_000,
}
BILLED = "90837-95 Psychotherapy 60, 55 min, $160.00"
AN_HOUR_LATER = {"started_at": "2026-10-06T21:00:00Z", "stopped_at": "2026-10-06T21:55:00Z"}


@pytest.mark.parametrize(
    ("amended", "before", "after"),
    [
        ({"minutes": 56}, BILLED, BILLED.replace("55", "56")),
        (
            AN_HOUR_LATER,
            BILLED.replace("min,", "min, 4:00 pm to 4:55 pm,"),
            BILLED.replace("min,", "min, 5:00 pm to 5:55 pm,"),
        ),
        (
            {"diagnosis_codes": []},
            BILLED.replace("min,", "min, diagnosis F41.1,"),
            BILLED.replace("min,", "min, no diagnosis,"),
        ),
    ],
)
def test_the_words_show_what_differs(amended, before, after):
    amendment = {**LINE, **amended, "id": "b", "line_id": "a", "state": "pending", "holds": []}
    (change,) = changes({"lines": [LINE], "amendments": [amendment]}, "America/New_York")
    shown = [words.replace(NARROW_SPACE, " ") for words in (change.before, change.after)]
    assert shown == [before, after]
