"""The house rules bite wherever the checkout lies: also below folders whose names the rules leave out inside it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

# Names that rules or tools skip when they stand below the root.
NAMES = ("tests", "migrations", "compose", ".venv", "services", "build")
CHECKED = (
    "tests/architecture/test_house_rules.py",
    "tests/architecture/test_permissions.py",
    "tests/abuse/test_catalogue.py",
)
RULES = "house_rules or leave_no_entry or page_and_the_marks"

# File -> text added to it, and the test that must say so.
PLANTED = {
    "services/clients/profiles/commands.py": (
        "\n\ndef x(session):\n    session.commit()\n",
        "a_transaction_is_committed_in_one_place",
    ),
    "services/clinical/cases/queries.py": ("\n\n_X = 'os.environ'\n", "the_environment_is_read_in_one_place"),
    "services/clinical/agenda/queries.py": (
        "\n\n_X = 'SELECT pg_advisory_xact_lock(1)'\n",
        "advisory_locks_are_taken_where_the_session_knows_of_them",
    ),
    "services/billing/ledger/rules.py": ("\n\n_X = 0.5\n", "money_knows_no_float"),
    "services/identity/staff/routes.py": ("\n# more" * 400 + "\n", "no_file_has_grown_past_one_thought"),
    "services/identity/utils.py": ('"""X."""\n', "nothing_is_named_for_not_knowing_where_it_belongs"),
    "services/billing/payments/more.py": ('"""X."""\n', "each_feature_has_the_same_rooms"),
    "shared/ids.py": ("\n\ndef x():\n    pass\n", "public_functions_say_what_they_do"),
    "services/clients/profiles/routes.py": (
        "\n\n# describe_as_harmless(\n",
        "reads_that_leave_no_entry_of_some_are_those_that_were_reviewed",
    ),
    "tests/integration/test_printed.py": (
        '\n\n@pytest.mark.abuse("A-X-planted")\ndef test_x(): ...\n',
        "the_page_and_the_marks_say_the_same",
    ),
}


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the project below all those folders, with a violation of each rule."""
    root = tmp_path_factory.mktemp("elsewhere").joinpath(*NAMES)
    root.mkdir(parents=True)
    unneeded = shutil.ignore_patterns("__pycache__", ".*_cache", ".hypothesis", "fixtures")
    for name in ("services", "shared", "gateway", "embedded", "deploy", "tests"):
        shutil.copytree(ROOT / name, root / name, ignore=unneeded)
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, root)
    for file, (text, _rule) in PLANTED.items():
        with (root / file).open("a", encoding="utf-8") as source:
            source.write(text)
    yield root
    shutil.rmtree(root)


def run(root: Path, *command: str) -> str:
    """What a tool says there."""
    tool = str(Path(sys.executable).with_name(command[0]))
    done = subprocess.run([tool, *command[1:]], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_every_house_rule_finds_its_violation(elsewhere: Path) -> None:
    output = run(elsewhere, "pytest", "-n0", "-q", "--tb=no", *CHECKED, "-k", RULES)
    failed = set(re.findall(r"^FAILED \S+::test_(\w+)", output, re.MULTILINE))
    assert failed == {rule for _text, rule in PLANTED.values()}, output


def test_the_import_contracts_find_theirs(elsewhere: Path) -> None:
    file = elsewhere / "services/clinical/notes/rules.py"
    before = file.read_text(encoding="utf-8")
    assert "rules are pure KEPT" in run(elsewhere, "lint-imports", "--no-cache")
    file.write_text(before + "\nimport sqlalchemy\n", encoding="utf-8")
    assert "rules are pure BROKEN" in run(elsewhere, "lint-imports", "--no-cache")
    file.write_text(before, encoding="utf-8")


def test_style_is_looked_at_in_the_product_and_left_alone_in_tests(elsewhere: Path) -> None:
    for name in ("gateway/planted.py", "gateway/tests/test_planted.py"):
        (elsewhere / name).write_text('"""X."""\n\nexec("1")\n', encoding="utf-8")
    output = run(elsewhere, "ruff", "check", "--no-cache", "--output-format=concise", "gateway")
    assert "gateway/planted.py:3:1: S102" in output and "test_planted" not in output, output
