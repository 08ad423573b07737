"""What an `If-Match` header says."""

from __future__ import annotations

import pytest

from shared.web.preconditions import versions_in


@pytest.mark.parametrize(
    ("header", "versions"),
    [
        (None, None),
        ("*", None),
        (" * ", None),
        ('"3"', {3}),
        ('W/"3"', {3}),
        ("3", {3}),
        ('"3", "4"', {3, 4}),
        ('"3", "as I left it"', {3}),
        ("", set()),
        ('"-1"', set()),
        ('"1e3"', set()),
        ('"٣"', set()),
        (f'"{10**9}"', set()),
        ('"01a21a3e-3fd9-74f2-98dc-c25afc233ff1"', set()),
    ],
)
def test_versions_in_a_header(header: str | None, versions: set[int] | None) -> None:
    assert versions_in(header) == versions
