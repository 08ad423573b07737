"""What the gateway costs: the same read through it and directly at the service, with the token it would send."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import orjson
import psycopg
import urllib3
from psycopg.rows import dict_row

from bench import processor_time
from bench.measuring import Missed, Sample, head, row, timed
from bench.profiles import processes, where_it_goes
from embedded.stack import Stack
from shared.actor import Person
from shared.ids import new_id
from shared.keys.actor_token import HEADER, TokenMaker
from tests.practice import Practice

READS = 300
CLIENTS = 16
SECONDS = 4.0
PROFILE_SECONDS = 6.0  # one reader alone keeps one process busy a third of the time
PROCESSOR_GOAL_MS = 0.6
LISTED = 50
PLAIN_LIST = b"SELECT * FROM clients WHERE organization_id = %s ORDER BY sort_key, id LIMIT %s"
LIST_REMEDY = "columns in place of whole rows for lists; what is left is two servers' frames around them."
REMEDY = "what is left is the server's and Flask's frame around the door: fewer objects made for each request there."


def measure(stack: Stack, practice: Practice) -> None:
    """Print overhead of one read, and throughput with sixteen clients."""
    client_id, _ = practice.new_client()
    path = f"/api/v1/clients/{client_id}"
    direct = _reader(f"http://127.0.0.1:{stack.ports['clients']}{path}", _direct_headers(stack, practice))
    authorization = str(practice.owner.session.headers["Authorization"])
    through = _reader(f"{stack.url}{path}", lambda: {"Authorization": authorization})
    timed(direct, 30), timed(through, 30)
    base, ours = [], []
    for _ in range(5):
        base += timed(direct, READS // 5).seconds
        ours += timed(through, READS // 5).seconds
    head("Gateway: one client's basic data, token, permission, limits and audit row included")
    floor, gateway = Sample(tuple(base)), Sample(tuple(ours))
    row("directly at the service, p50", f"{floor.p50 * 1000:.2f} ms")
    more_ms = (gateway.p50 - floor.p50) * 1000
    row(
        "through the gateway, p50",
        f"{gateway.p50 * 1000:.2f} ms",
        f"+{more_ms:.2f} ms",
        "≤ +0.7 ms",
        met=more_ms <= 0.7,
        missed=Missed(
            REMEDY, lambda: where_it_goes({"gateway": processes(stack)["gateway"]}, through, PROFILE_SECONDS)
        ),
    )
    direct_rate = _rate(direct)
    pid = processes(stack)["gateway"]
    before = processor_time.used_by([pid])
    rate = _rate(through)
    spent_ms = (processor_time.used_by([pid]) - before) / (rate * SECONDS) * 1000
    row(f"directly, {CLIENTS} clients, requests/s", f"{direct_rate:,.0f}")
    row(f"through the gateway, {CLIENTS} clients, requests/s", f"{rate:,.0f}", f"{rate / direct_rate:.2f}", "≥ 1")
    row(
        f"its processor time per request, {CLIENTS} clients",
        f"{spent_ms:.2f} ms",
        "",
        f"≤ {PROCESSOR_GOAL_MS} ms",
        met=spent_ms <= PROCESSOR_GOAL_MS,
        missed=Missed(REMEDY),
    )
    _measure_list(stack, practice, authorization)


def _measure_list(stack: Stack, practice: Practice, authorization: str) -> None:
    """Fifty clients through the gateway, beside the same rows as plain dicts, made JSON."""
    for _ in range(LISTED):
        practice.new_client()
    listed = _reader(f"{stack.url}/api/v1/clients?limit={LISTED}", lambda: {"Authorization": authorization})
    url = f"{stack.postgres.admin_url.rsplit('/', 1)[0]}/clients"
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:

        def plain() -> None:
            rows = connection.execute(PLAIN_LIST, [practice.organization_id, LISTED]).fetchall()
            assert len(rows) == LISTED
            orjson.dumps(rows)

        timed(listed, 30), timed(plain, 30)
        ours, floor = timed(listed, READS // 3), timed(plain, READS // 3)
    times = ours.p50 / floor.p50
    row(f"{LISTED} clients as plain dicts and JSON, p50", f"{floor.p50 * 1000:.2f} ms")
    row(
        f"a list of {LISTED} clients through the gateway, p50",
        f"{ours.p50 * 1000:.2f} ms",
        f"{times:.1f} ×",
        "≤ 2 ×",
        met=times <= 2,
        missed=Missed(LIST_REMEDY, lambda: where_it_goes({"clients": processes(stack)["clients web"]}, listed)),
    )


def _reader(url: str, headers: Callable[[], dict[str, str]]) -> Callable[[], None]:
    pool = urllib3.PoolManager(maxsize=CLIENTS)

    def read() -> None:
        response = pool.request("GET", url, headers=headers(), retries=False)
        assert response.status == 200, response.data

    return read


def _direct_headers(stack: Stack, practice: Practice) -> Callable[[], dict[str, str]]:
    maker = TokenMaker(stack.home.private_key("gateway"))
    actor = Person(
        organization_id=UUID(practice.organization_id),
        staff_id=UUID(practice.staff_ids["owner"]),
        levels=frozenset({"default", "organization_administration"}),
        session_id=new_id(),
    )
    made: dict[str, str] = {}
    expires = 0.0

    def headers() -> dict[str, str]:
        nonlocal expires
        if time.monotonic() > expires:
            made[HEADER] = maker.make("clients", actor, write=None)
            expires = time.monotonic() + 20
        return made

    return headers


def _rate(read: Callable[[], None]) -> float:
    deadline = time.monotonic() + SECONDS

    def work() -> int:
        done = 0
        while time.monotonic() < deadline:
            read()
            done += 1
        return done

    with ThreadPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(lambda _: work(), range(CLIENTS))) / SECONDS
