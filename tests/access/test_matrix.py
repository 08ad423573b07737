"""Level × grant × endpoint × own or other organization × assigned or not: every cell asked through the gateway.

What is expected is read from the reviewed picture (`tests/architecture/permission_matrix.txt`), never from the code
that answers. A cell is *through* when the request got as far as the thing itself, whatever its state then allowed.

Every principal is asked about every row in each run. All three targets are asked where the target can make a
difference: for each level without grants, and for each grant that changes what its level may do with the row. Of the
others each principal is asked about one target in turn; `make soak` (ROUNDS above 1) asks them about all three.
"""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

import pytest

from embedded.api_client import ApiClient as Client
from embedded.stack import Stack
from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.row import PREFIX, Row
from shared.database.read_your_writes import NotArrivedYet
from shared.errors import TooMany
from shared.permissions import PUBLIC
from shared.testing.documented import check_gateway
from shared.testing.waiting import wait_until
from shared.web.examples import filled
from tests.access.line import Line, Question, Response
from tests.access.specimens import (
    CASE,
    CLIENT,
    ELSEWHERE,
    EXCEPTIONS,
    NOTHING,
    ORGANIZATION,
    ROUTES,
    SPECIMENS,
    of_route,
)
from tests.access.worlds import ASSIGNED, TARGETS, UNASSIGNED, Principal, Worlds
from tests.access.worlds import ELSEWHERE as OTHER
from tests.architecture.permission_matrix import reviewed
from tests.running import count

THREADS = 6
COME_BACK_MAX = 20
EVERYTHING = int(os.environ.get("ROUNDS", "1")) > 1
NO_PERMISSION, UNKNOWN, THROUGH = "no permission", "unknown", "through"
# What only the walls say: none of them may be how a thing's own state refuses.
WALL_CODES = {"forbidden", "not_found", "unauthenticated", "session_unknown", "bad_actor_token", "method_not_allowed"}
ADMINISTRATORS = {"administration", "organization_administration"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One question of the matrix."""

    row: Row
    principal: Principal
    target: str

    @property
    def name(self) -> str:
        """The row's method and path."""
        return f"{self.row.method} {self.row.path}"


def expected(cell: Cell) -> str:
    """What the reviewed picture and the row's kind say."""
    level, grants = cell.principal.level, cell.principal.grants
    if not reviewed()[cell.name].allows(level, grants):
        return NO_PERMISSION
    specimen = SPECIMENS[cell.name]
    about = specimen.about
    if specimen.gone:
        return UNKNOWN
    if cell.target == OTHER and about != NOTHING:
        return UNKNOWN
    if cell.target == UNASSIGNED:
        if about == CASE and level not in ADMINISTRATORS:
            return UNKNOWN
        if about == CLIENT and level == "therapist" and "assigned_only" in grants:
            return UNKNOWN
    if specimen.own_or and level not in ADMINISTRATORS:
        return NO_PERMISSION
    return THROUGH


def path_of(row: Row, records: dict[str, str]) -> str:
    """The row's path with a target's ids in it."""
    named = SPECIMENS[f"{row.method} {row.path}"].named
    return re.sub(r"{(\w+)}", lambda match: records[named.get(match.group(1), match.group(1))], row.path)


class Questions:
    """Each row's request about each target, made once: it is the same for everybody."""

    def __init__(self, worlds: Worlds) -> None:
        self.of = {
            (f"{row.method} {row.path}", target): self._question(row, worlds.of(target))
            for row in ROUTE_TABLE
            if f"{row.method} {row.path}" in SPECIMENS
            for target in TARGETS
        }

    @staticmethod
    def _question(row: Row, records: dict[str, str]) -> Question:
        specimen = SPECIMENS[f"{row.method} {row.path}"]
        body, query = filled(specimen.body, records), filled(specimen.query, records)
        return Question.of(row.method, path_of(row, records), body, query, specimen.file)


def asked(cell: Cell, line: Line, questions: Questions) -> tuple[str, str]:
    """What came of it, and the answer in words."""
    specimen = SPECIMENS[cell.name]
    response, code = answered(cell, line, questions)
    if code:
        check_gateway(cell.row.method, PREFIX + cell.row.path, response.status, code)
    outcome = f"{response.status} {code}"
    if response.status == 403 and code == "forbidden":
        return NO_PERMISSION, outcome
    if response.status in (403, 404, 422) and code in specimen.walls:
        return UNKNOWN, outcome
    if response.status == 200 and specimen.lists and not response.json()["items"]:
        return UNKNOWN, outcome + " nothing listed"
    if response.status >= 500 or response.status == 429 or code in WALL_CODES:
        return f"broken: {outcome}", outcome
    return THROUGH, outcome


def answered(cell: Cell, line: Line, questions: Questions) -> tuple[Response, str]:
    """The answer and its code.

    While others wait for an event, a service says to come back (`not_arrived_yet`), and while it reads another table.
    """
    for _ in range(COME_BACK_MAX):
        response = line.ask(questions.of[cell.name, cell.target])
        code = str(response.json().get("code", "")) if response.status >= 400 else ""
        if code != NotArrivedYet.code and not (cell.row.file and code == TooMany.code):
            break
        time.sleep(0.5)
    return response, code


def cells(worlds: Worlds, principal: Principal) -> Iterator[Cell]:
    """The cells of one principal."""
    turn = worlds.principals.index(principal)
    for number, row in enumerate(row for row in ROUTE_TABLE if row.name in SPECIMENS):
        if SPECIMENS[row.name].about == NOTHING:
            targets: tuple[str, ...] = (ASSIGNED,)
        elif EVERYTHING or target_matters(row, principal):
            targets = TARGETS
        else:
            targets = (TARGETS[(turn + number) % len(TARGETS)],)
        yield from (Cell(row, principal, target) for target in targets)


def target_matters(row: Row, principal: Principal) -> bool:
    """Whether the picture has this level's walls tried with this row: without a grant, or with one that moves them."""
    plain, grants = reviewed()[row.name].allows(principal.level, frozenset()), principal.grants
    allowed = reviewed()[row.name].allows(principal.level, grants)
    return allowed and (not grants or not plain or "assigned_only" in grants)


@pytest.fixture(scope="module")
def worlds(embedded_stack: Stack) -> Worlds:
    return Worlds.build(embedded_stack)


def test_what_is_an_exception_differs_from_what_the_route_says() -> None:
    rows = {row.name for row in ROUTE_TABLE}
    assert EXCEPTIONS.keys() | ELSEWHERE.keys() <= rows and not EXCEPTIONS.keys() & ELSEWHERE.keys()
    for name in EXCEPTIONS:
        assert SPECIMENS[name] != of_route(ROUTES[name]), f"{name} needs no line"


def test_what_a_row_is_about_fits_its_path() -> None:
    for name, specimen in SPECIMENS.items():
        if "{" in name:
            assert specimen.about in (ORGANIZATION, CLIENT, CASE), name


def test_what_is_sent_before_sign_in_is_understood(embedded_stack: Stack) -> None:
    """The examples of the rows that the matrix does not walk; the state of things may refuse them, no schema does."""
    nobody = Client(embedded_stack.url)
    for row in ROUTE_TABLE:
        if row.permission == PUBLIC:
            example = filled(ROUTES[row.name].example)
            response = nobody.call(row.method, row.path, json=example)
            assert response.status_code < 500, row.name
            assert response.status_code != 422 or response.json()["code"] != "invalid", (row.name, response.text)


def denials_on_record(stack: Stack, worlds: Worlds) -> int:
    """How many refusals by level the principals have in their organization's audit trail."""
    staff = ", ".join(f"'{principal.staff_id}'" for principal in worlds.principals)
    statement = f"outcome = 'denied' AND rule = 'forbidden' AND actor_id IN ({staff})"
    return count(stack, "identity", f"SELECT count(*) FROM audit_trail WHERE {statement}")


@pytest.mark.abuse("A-IDOR-path")
@pytest.mark.timeout(900)
def test_every_cell(embedded_stack: Stack, worlds: Worlds) -> None:
    questions = Questions(worlds)

    def walk(principal: Principal) -> tuple[Counter[str], list[str]]:
        outcomes: Counter[str] = Counter()
        wrong = []
        with closing(Line(principal.web)) as line:
            for cell in cells(worlds, principal):
                outcome, words = asked(cell, line, questions)
                outcomes[outcome] += 1
                if outcome != expected(cell):
                    wrong.append(f"{principal.name}, {cell.target}: {cell.name}: {words}, expected {expected(cell)}")
        return outcomes, wrong

    with ThreadPoolExecutor(THREADS) as pool:
        walked = list(pool.map(walk, worlds.principals))
    outcomes = sum((counted for counted, _ in walked), Counter())
    wrong = [line for _, lines in walked for line in lines]
    print(f"{outcomes.total()} cells: {dict(outcomes)}")
    assert not wrong, f"{len(wrong)} of {outcomes.total()} cells:\n" + "\n".join(wrong[:60])
    wait_until(lambda: denials_on_record(embedded_stack, worlds) == outcomes[NO_PERMISSION], 30, "every denial's entry")
    assert outcomes.total() >= 5_000 and min(outcomes[outcome] for outcome in (NO_PERMISSION, UNKNOWN, THROUGH)) > 500


def test_nobody_is_nobody(worlds: Worlds) -> None:
    nobody = Client(worlds.home.url)
    for row in ROUTE_TABLE:
        if f"{row.method} {row.path}" in SPECIMENS:
            path = path_of(row, worlds.of(ASSIGNED))
            assert nobody.call(row.method, path).status_code == 401, row
