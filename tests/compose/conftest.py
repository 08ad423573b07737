"""One practice of the compose stack for all of these tests."""

from __future__ import annotations

import pytest

from tests.compose.stack import URL
from tests.practice import Practice


@pytest.fixture(scope="session")
def practice() -> Practice:
    """An organization with everybody signed in, made through the edge."""
    made = Practice(URL)
    made.add_everyone()
    return made
