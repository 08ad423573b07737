"""The import contracts hold, and each one bites: broken on purpose in a copy of the tree, it says so."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shared.services import SERVICES

ROOT = Path(__file__).parents[2]
LINT = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]

# Contract -> (file, line to add) that breaks it.
BREAKS = {
    "services know nothing of each other": (
        "services/billing/invoices/rules.py",
        "import services.clients.profiles.rules",
    ),
    "shared imports nothing above it": ("shared/money.py", "import gateway.route_table.row"),
    "the parts of shared and of the gateway form no circle": (
        "shared/database/session.py",
        "import shared.messaging.outbox",
    ),
    "shared.testing is for tests only": ("shared/web/paging.py", "import shared.testing.waiting"),
    "the gateway imports shared only": ("gateway/edge/limits.py", "import services.billing.tables"),
    "the gateway opens no database and no bus": ("gateway/edge/limits.py", "import shared.database"),
    "the embedded stack starts services, it does not import them": ("embedded/home.py", "import services.billing.app"),
    "web processes never import pika": ("shared/web/application.py", "import pika"),
    "inside a feature: routes, schemas, commands, queries, models, rules": (
        "services/clinical/notes/rules.py",
        "import services.clinical.notes.commands",
    ),
    "the door knows no web framework": ("gateway/edge/bodies.py", "import flask"),
    "rules are pure": ("services/clinical/notes/rules.py", "import sqlalchemy"),
    "the features of a service form no circle": (
        "services/clinical/cases/queries.py",
        "import services.clinical.break_glass.queries",
    ),
}
# A line for each service that closes a circle between its features.
CIRCLES = {
    "services/identity/staff/commands.py": "import services.identity.invitations.commands",
    "services/clients/assignments/commands.py": "import services.clients.profiles.commands",
    "services/clinical/record_access/queries.py": "import services.clinical.agenda.queries",
    "services/billing/ledger/commands.py": "import services.billing.payments.commands",
}
# Other places where the same contract must bite.
MORE_BREAKS = [
    (
        "the parts of shared and of the gateway form no circle",
        "shared/messaging/transport.py",
        "import shared.messaging.rabbit",
    ),
    ("the parts of shared and of the gateway form no circle", "shared/audit.py", "import shared.tables"),
    ("the parts of shared and of the gateway form no circle", "gateway/edge/bodies.py", "import gateway.edge.door"),
    ("the parts of shared and of the gateway form no circle", "gateway/edge/door.py", "import gateway.api.proxy"),
    ("shared.testing is for tests only", "services/clients/app.py", "import shared.testing.databases"),
    ("shared.testing is for tests only", "gateway/edge/limits.py", "import shared.testing"),
    ("shared.testing is for tests only", "embedded/home.py", "import shared.testing.waiting"),
    ("services know nothing of each other", "services/identity/app.py", "import services.clinical.app"),
]


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(LINT, cwd=root, capture_output=True, text=True, check=False)


def lint_with(lines: dict[str, str], folder: Path) -> str:
    """What the linter says of a copy of the tree in `folder` where each of these files has one line more."""
    for name in ("services", "shared", "gateway", "embedded"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "tests", "data"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for file, line in lines.items():
        with (folder / file).open("a", encoding="utf-8") as source:
            source.write(f"\n{line}\n")
    return lint(folder).stdout


def test_the_contracts_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count(" KEPT") == len(BREAKS), "a contract is not broken on purpose here"


@pytest.mark.parametrize(("contract", "file", "line"), [*((name, *how) for name, how in BREAKS.items()), *MORE_BREAKS])
def test_each_contract_bites(contract: str, file: str, line: str, tmp_path: Path) -> None:
    output = lint_with({file: line}, tmp_path)
    assert f"{contract} BROKEN" in output, output


def test_a_circle_is_found_in_every_service(tmp_path: Path) -> None:
    output = lint_with(CIRCLES, tmp_path)
    found = set(re.findall(r"No cycles are allowed in services\.(\w+)\.$", output, re.MULTILINE))
    assert found == {file.split("/")[1] for file in CIRCLES} == set(SERVICES), output
