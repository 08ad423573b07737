"""The pages of importing clients have a word for everything that the API says of an import."""

from __future__ import annotations

from gateway.web.client_import.views import RESULTS
from gateway.web.client_import.words import CHIPS, DECIDED, FACTS, HEADINGS, IGNORED, ON_DUPLICATE, PRESETS, UNREAD
from gateway.web.clients.side_by_side import ALIKE
from services.clients.client_import import columns, presets, rules
from services.clients.client_import.schemas import IGNORED_REASONS
from services.clients.matching import rules as matching
from shared.jobs.schemas import STATES
from shared.spreadsheets.table_file import PROBLEMS


def test_every_slug_of_an_import_has_its_words() -> None:
    assert set(FACTS) == set(columns.FIELDS)
    assert set(IGNORED) == set(IGNORED_REASONS)
    assert set(ALIKE) == set(matching.SCORES)
    assert set(UNREAD) == set(PROBLEMS)
    assert {slug: preset.name for slug, preset in presets.PRESETS.items()} == PRESETS
    assert set(DECIDED) == set(rules.DECISIONS)
    assert set(RESULTS) == set(rules.RESULTS)
    assert {slug for slug, _ in ON_DUPLICATE} == set(rules.ON_DUPLICATE)
    for by_state in (*CHIPS.values(), *HEADINGS.values()):
        assert set(by_state) == set(STATES)
