"""docs/kill-points.md, the failpoints in the code and the tests that kill there are the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from services.clients.tests.jobs import DECIDING, PLACES
from services.clinical.tests.test_clinical_requested_bookings import PLACES as BOOKING
from services.identity.tests.test_identity_kills import PLACES as BESIDE_EVENTS
from tests.architecture.source import ROOT, files
from tests.faults.test_kills import COUNTING, ISSUING, POINTS
from tests.faults.test_kills_of_changes import CHANGING
from tests.faults.test_kills_over_rabbitmq import OVER_RABBITMQ

ROW = re.compile(
    r"^\| (K\d\d|bookings|changes|counts|files|jobs|mail|purge|resets) \| [^|]+ \| ([^|]+) \| `([^`]+)` \| ([^|]+) \|$",
    re.MULTILINE,
)
BESIDE = {("identity jobs", place) for place in BESIDE_EVENTS}  # killed by identity's own test
JOBS = {("clients jobs", place) for place in (*PLACES, *DECIDING)}  # killed by clients' own test
NUMBERS = {f"K{number:02}" for number in range(1, 35)}


def rows() -> list[tuple[str, str, str, str]]:
    """(point, process, failpoint or test, bus) of each row."""
    return ROW.findall((ROOT / "docs/kill-points.md").read_text("utf-8"))


def table() -> list[tuple[str, str, str]]:
    """(point, process, failpoint or test) of each row."""
    return [(point, process, proof) for point, process, proof, _ in rows()]


def texts(tree: ast.AST) -> Iterator[list[str]]:
    """The texts that each call is given, its function's name first; `partial(failpoint, …)` counts as one of that."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            given = [node.func, *node.args]
            names = [getattr(part, "attr", None) or getattr(part, "id", None) for part in given]
            words = [str(part.value) for part in given if isinstance(part, ast.Constant)]
            name = next((name for name in names if name in ("failpoint", "arm")), None)
            if name is not None:
                yield [name, *words]


def all_files() -> Iterator[Path]:
    for folder in ("tests", "services", "shared", "gateway"):
        yield from (ROOT / folder).rglob("test_*.py")


def armed() -> set[tuple[str, str]]:
    """(process, failpoint) of each place where a test kills."""
    pairs = {*POINTS, *(("billing web", point) for point in ISSUING), *BESIDE, *JOBS}
    pairs |= {("clinical worker", point) for point in (*COUNTING, *BOOKING)} | {*CHANGING, *OVER_RABBITMQ}
    for path in (ROOT / "tests/faults").glob("test_*.py"):
        calls = texts(ast.parse(path.read_text(encoding="utf-8")))
        pairs |= {(call[1], call[2]) for call in calls if call[0] == "arm" and len(call) == 3}
    return pairs


def test_each_point_stands_in_the_table() -> None:
    assert {point for point, _, _ in table()} == NUMBERS | {
        "bookings",
        "changes",
        "counts",
        "files",
        "jobs",
        "mail",
        "purge",
        "resets",
    }


def test_each_failpoint_of_the_code_stands_in_the_table_and_the_other_way_round() -> None:
    found = {
        words[1]
        for path in files()
        for words in texts(ast.parse(path.read_text(encoding="utf-8")))
        if words[0] == "failpoint" and len(words) == 2
    }
    assert found == {place for _, _, place in table() if not place.startswith("test_")}


def test_each_is_killed_where_the_table_says_and_nowhere_else() -> None:
    assert armed() == {(process, place) for _, process, place in table() if not place.startswith("test_")}


def test_the_table_says_over_which_bus() -> None:
    over = {(process, proof): bus for _, process, proof, bus in rows()}
    on_stack = {*POINTS, *CHANGING, *(("clinical worker", point) for point in COUNTING)}
    assert {pair for pair, bus in over.items() if bus == "both"} == {*OVER_RABBITMQ} & on_stack
    assert {pair for pair, bus in over.items() if bus == "RabbitMQ" and "test_" not in pair[1]} == (
        {*OVER_RABBITMQ} - on_stack
    )
    without = {*BESIDE, *JOBS, *(("clinical worker", point) for point in BOOKING)}
    assert {pair for pair, bus in over.items() if bus == "none"} == without
    assert {*over.values()} == {"both", "RabbitMQ", "embedded", "none"}


def test_each_test_that_is_named_exists() -> None:
    known = set(
        re.findall(r"^def (test_\w+)", "\n".join(path.read_text("utf-8") for path in all_files()), re.MULTILINE)
    )
    assert {place for _, _, place in table() if place.startswith("test_")} <= known
