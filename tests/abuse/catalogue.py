"""The abuse cases of `cases.txt`: what somebody may try, and which tests try it.

A test says with `@pytest.mark.abuse("A-…")` which cases it is; `test_catalogue.py` holds this page and the marks
together, and `pytest -m abuse` runs them all. What belongs to features that are not there yet (attachments, claims,
psychotherapy notes) comes with them.

Groups: ROLE more than one was given, SES sessions, AUTH the way in, TEN between practices, TOK the gateway's actor
tokens, IDOR ids of others, LOG traces, INJ text that is taken for more, FILE and CSV files in and out, IMPORT files
of clients and what becomes of them, XSS text that would run as a program on a page, DOS too much of something, BUS what is written to the bus, MONEY money that comes back twice, SMUG PATH HEAD METH the request itself,
CFG how it is set up.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDERS: Final = {
    "identity": "services/identity/tests/test_identity_{}.py",
    "clients": "services/clients/tests/test_clients_{}.py",
    "clinical": "services/clinical/tests/test_clinical_{}.py",
    "billing": "services/billing/tests/test_billing_{}.py",
    "abuse": "tests/abuse/test_{}.py",
    "access": "tests/access/test_{}.py",
    "architecture": "tests/architecture/test_{}.py",
    "gateway": "gateway/tests/test_{}.py",
    "shared": "shared/tests/test_{}.py",
    "integration": "tests/integration/test_{}.py",
    "browser": "tests/browser/test_{}.py",
}

# A line of it: case | what is tried | folder:file of every test that tries it.
PAGE: Final = Path(__file__).with_name("cases.txt")


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the page."""

    name: str
    tried: str
    files: frozenset[str]

    @property
    def group(self) -> str:
        """A-ROLE and the like."""
        return "-".join(self.name.split("-")[:2])


def cases() -> list[Case]:
    """Every line of the page."""
    found = []
    for line in filter(None, PAGE.read_text(encoding="utf-8").splitlines()):
        name, tried, places = line.split(" | ")
        pairs = [place.split(":") for place in places.split()]
        found.append(Case(name, tried, frozenset(FOLDERS[folder].format(file) for folder, file in pairs)))
    return found
