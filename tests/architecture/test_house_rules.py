"""The rules that no linter knows. The lists of exceptions may only shrink."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT, calls, files, name_of

LINES_UNDER = 300  # a product file that grows longer holds two thoughts
ROOMS = {"__init__.py", "rules.py", "models.py", "queries.py", "commands.py", "schemas.py", "routes.py"}
MORE_ROOMS = {
    "services/clinical/notes/last_word.py",
    "services/billing/client_ledgers/files.py",
    "services/clients/client_changes/deletion.py",
    "services/clients/client_import/appointments.py",
    "services/clients/client_import/columns.py",
    "services/clients/client_merges/taking_over.py",
    "services/clients/assignments/newcomers.py",
    "services/clients/profiles/addresses.py",
    "services/clients/profiles/indexing.py",
    "services/clients/duplicates/finder.py",
    "services/clients/client_import/people.py",
    "services/clients/client_import/presets.py",
    "services/clinical/notes/focus_schemas.py",
    "services/clients/client_import/row_schemas.py",
    "services/clients/client_import/steps.py",
    "services/clients/client_import/therapists.py",
    "services/clients/bulk_assignments/undo.py",
    "services/clients/client_import/undo.py",
    "services/clients/client_import/values.py",
    "services/clients/profiles/newcomers.py",
    "services/clients/profiles/search.py",
    "services/billing/drafting/new_drafts.py",
    "services/clinical/agenda/given_sessions.py",
    "services/clinical/agenda/lists.py",
    "services/clinical/cases/membership.py",
    "services/clinical/diagnoses/code_search.py",
    "services/clinical/diagnoses/code_set.py",
    "services/clinical/groups/sessions.py",
    "services/identity/passwords/breached_passwords.py",
    "services/identity/sessions/ending.py",
    "services/identity/staff/hues.py",
}
SERVICE_FILES = {"__init__.py", "__main__.py", "app.py", "config.py", "tables.py", "subscriptions.py"}
MORE_SERVICE_FILES = {
    "services/clinical/signature.py",
    "services/billing/checks.py",
    "services/identity/checks.py",
}
MAY_COMMIT = {"shared/database/session.py", "shared/database/migration/runner.py"}
# The session knows of its locks, see test_waiting.py; the embedded bus has connections of its own.
MAY_LOCK_BY_HAND = {"shared/database/session.py", "shared/messaging/embedded.py"}
MAY_MAKE_A_SCHEMA = {"shared/web/replays.py"}  # for a repeated request alone
# Plans of the helper are always the same; the search's is of 20,000 rows that it has counted, and is run.
MAY_EXPLAIN = {"shared/testing/plans.py", "services/clients/tests/test_clients_search.py"}
MAY_READ_ENVIRONMENT = {
    "shared/settings.py",
    "shared/testing/rabbitmq.py",
    "embedded/__main__.py",
    "embedded/processes.py",
    "embedded/stack.py",
}


def test_a_transaction_is_committed_in_one_place() -> None:
    assert {name_of(path) for path in files() if calls(path, "commit")} <= MAY_COMMIT


def test_the_commit_rule_bites(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("session.commit()\n", encoding="utf-8")
    assert calls(tmp_path / "x.py", "commit") == 1


def test_advisory_locks_are_taken_where_the_session_knows_of_them() -> None:
    by_hand = {name_of(path) for path in files() if "pg_advisory_xact_lock" in path.read_text(encoding="utf-8")}
    assert by_hand == MAY_LOCK_BY_HAND


def test_a_schema_is_made_once_however_many_rows_it_writes() -> None:
    making = re.compile(r"\(\)\.(dump|load)\(")
    assert {name_of(path) for path in files() if making.search(path.read_text(encoding="utf-8"))} <= MAY_MAKE_A_SCHEMA


def test_plans_are_asked_for_where_chance_has_no_part_in_them() -> None:
    explaining = re.compile("EXPLAIN [({]|EXPLAIN SELECT")
    tests = [path for package in (*PACKAGES, "tests") for path in (ROOT / package).rglob("*.py")]
    asking = {name_of(path) for path in tests if explaining.search(path.read_text(encoding="utf-8"))}
    assert asking - {name_of(Path(__file__))} == MAY_EXPLAIN


def test_the_environment_is_read_in_one_place() -> None:
    reading = {name_of(path) for path in files() if "os.environ" in path.read_text(encoding="utf-8")}
    assert reading <= MAY_READ_ENVIRONMENT


def _floats(path: Path) -> list[int]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
    ]


def test_money_knows_no_float() -> None:
    features = [path for path in files("services/billing") if path.parent != ROOT / "services/billing"]
    money = [*features, ROOT / "shared/money.py", *(ROOT / "shared/contracts").glob("*.py")]
    found = {name_of(path): lines for path in money if (lines := _floats(path))}
    assert found == {}


@pytest.mark.parametrize("line", ["x: float = 1", "x = 0.5", "x = a / b"])
def test_the_float_rule_bites(line: str, tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text(line + "\n", encoding="utf-8")
    assert _floats(tmp_path / "x.py")


def test_an_event_with_a_float_is_refused_at_import() -> None:
    from dataclasses import dataclass

    from shared.contracts.envelope import event

    @dataclass(frozen=True, slots=True)
    class Priced:
        organization_id: float

    with pytest.raises(TypeError):
        event("x.priced.v1", aggregate="organization_id", version="organization_id", consumers=("billing",))(Priced)


def _too_long(paths: Iterable[Path]) -> list[Path]:
    return [path for path in paths if len(path.read_text(encoding="utf-8").splitlines()) >= LINES_UNDER]


def test_no_file_has_grown_past_one_thought() -> None:
    assert [name_of(path) for path in _too_long(files())] == []


def test_the_length_rule_bites(tmp_path: Path) -> None:
    long, short = tmp_path / "long.py", tmp_path / "short.py"
    long.write_text("x = 1\n" * LINES_UNDER, encoding="utf-8")
    short.write_text("x = 1\n" * (LINES_UNDER - 1), encoding="utf-8")
    assert _too_long([long, short]) == [long]


def test_nothing_is_named_for_not_knowing_where_it_belongs() -> None:
    banned = {"utils", "helpers", "misc", "common", "base", "manager"}
    assert [name for path in files() if banned & {path.stem, *Path(name := name_of(path)).parent.parts}] == []


def test_each_feature_has_the_same_rooms() -> None:
    strange = set()
    for path in files("services"):
        parts = path.relative_to(ROOT / "services").parts
        if len(parts) == 2 and path.name not in SERVICE_FILES:
            strange.add(name_of(path))
        if len(parts) == 3 and path.name not in ROOMS:
            strange.add(name_of(path))
    assert strange == MORE_ROOMS | MORE_SERVICE_FILES


def test_public_functions_say_what_they_do() -> None:
    silent = []
    for path in files("services", "shared", "gateway"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            if ast.get_docstring(node) is None:
                silent.append(f"{name_of(path)}: {node.name}")
    assert silent == []


def _is_numbered(path: Path) -> bool:
    """Whether a decision's heading is `# 7. What was decided`, under the number that its file has."""
    heading, _, _ = path.read_text(encoding="utf-8").partition("\n")
    return heading.startswith(f"# {int(path.name[:4])}. ") and not heading.endswith(".")


def test_decisions_are_headed_alike_and_numbered_without_a_gap() -> None:
    decisions = sorted((ROOT / "docs/adr").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    assert [path.name for path in decisions if not _is_numbered(path)] == []


@pytest.mark.parametrize("heading", ["# ADR 7: Tokens", "# 8. Tokens", "7. Tokens", "# 7. Tokens."])
def test_the_heading_rule_bites(heading: str, tmp_path: Path) -> None:
    decision = tmp_path / "0007-tokens.md"
    decision.write_text(f"{heading}\n\nText.\n", encoding="utf-8")
    assert not _is_numbered(decision)
