"""The code set that the project ships: every billable ICD-10-CM code with its title.

ICD-10-CM is published by the US National Center for Health Statistics and is in the public domain. The file is the
release of April 2026: 74,719 lines of code, tab, title, compressed.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

FILE = Path(__file__).parent / "data" / "icd10cm.tsv.gz"


def icd10_codes() -> Iterator[tuple[str, str]]:
    """Pairs of code (with its dot) and title."""
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        for line in lines:
            code, _, title = line.rstrip("\n").partition("\t")
            yield code, title
