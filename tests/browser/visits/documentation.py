"""Documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.browser.visits.ways import Way

DOCUMENTATION: Final[Mapping[str, Way]] = {}
# Parts of pages, which the pages themselves ask for.
PARTS: Final = frozenset[str]()
