"""The web app at work: a full week of eight clinicians, and fifty people who each click every ten seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import requests
import urllib3

from bench.measuring import Missed, Sample, head, row, timed
from bench.pages import PAGE_GOAL_SECONDS, p95
from bench.profiles import processes, where_it_goes
from embedded.stack import Stack
from tests.practice import PASSWORD, Practice

CLINICIANS: Final = 8
SESSIONS_EACH: Final = 40
MONDAY: Final = "2027-02-01"
TIMES: Final = 40
FRAGMENT_GOAL_SECONDS: Final = 0.15
PEOPLE: Final = 50
CLICK_EVERY_SECONDS: Final = 10.0
LOAD_SECONDS: Final = 60.0
GRID: Final = "the cells of the grid rendered by one template call."
BESIDE: Final = "a second worker of the gateway where there are cores for it; pages and programs share one now."


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser without a screen: a person's cookie."""

    url: str
    headers: dict[str, str]
    pool: urllib3.PoolManager

    def get(self, path: str, **more: str) -> int:
        """Get a page or a part of one, whole; returns its status."""
        response = self.pool.request(
            "GET", self.url + path, headers={**self.headers, **more}, retries=False, decode_content=False
        )
        return int(response.status)


def signed_in(practice: Practice, name: str, pool: urllib3.PoolManager) -> Browser:
    """A new session of that person."""
    body = {"email": practice.email(name), "password": PASSWORD, "browser": True}
    sid = requests.post(f"{practice.url}/api/v1/sessions", json=body, timeout=30).json()["access_token"]
    return Browser(practice.url, {"Cookie": f"sid={sid}", "Accept": "text/html", "Accept-Encoding": "gzip"}, pool)


def measure(stack: Stack, practice: Practice) -> None:
    """Print the times of a full week and its parts, and what fifty people at work cost a program."""
    names = [f"clinician{at}" for at in range(CLINICIANS)]
    for name in names:
        practice.add(name, "therapist")
    appointments = fill_week(practice, names)
    pool = urllib3.PoolManager(maxsize=PEOPLE + 4)
    owner = signed_in(practice, "owner", pool)
    staff = ",".join(practice.staff_ids[name] for name in names)
    week = f"view=week&on={MONDAY}&staff={staff}"
    head(f"The agenda: {CLINICIANS} people × {SESSIONS_EACH} appointments: p50 · p95")
    for what, path, goal, headers in (
        ("the week", f"/agenda?{week}", PAGE_GOAL_SECONDS, {}),
        ("the week again, as a part", f"/agenda/grid?{week}", FRAGMENT_GOAL_SECONDS, {"HX-Request": "true"}),
        ("the day by person", f"/agenda?view=day&on={MONDAY}&staff={staff}", PAGE_GOAL_SECONDS, {}),
        ("the panel of one", f"/agenda/appointments/{appointments[0]}", FRAGMENT_GOAL_SECONDS, {"HX-Request": "true"}),
    ):
        sample = timed(partial(got, owner, path, **headers), TIMES)
        row(
            what,
            f"{sample.p50 * 1000:.0f} · {p95(sample) * 1000:.0f} ms",
            "",
            f"p95 ≤ {goal * 1000:.0f} ms",
            met=p95(sample) <= goal,
            missed=Missed(GRID, partial(where_it_goes, processes(stack), partial(got, owner, path, **headers))),
        )
    _people_at_work(practice, names, pool, week)


def got(browser: Browser, path: str, **headers: str) -> None:
    """Get something that has to be there."""
    status = browser.get(path, **headers)
    assert status == 200, (path, status)


def fill_week(practice: Practice, names: Sequence[str]) -> list[str]:
    """Eight hours a day, five days, for each of these clinicians; returns the ids of the appointments."""

    def of_one(name: str) -> list[str]:
        client_id, _ = practice.new_client(name)
        return [
            practice.book(client_id, f"2027-02-{day:02}T{hour:02}:00", name, duration_minutes=50)
            for day in range(1, 6)
            for hour in range(8, 8 + SESSIONS_EACH // 5)
        ]

    with ThreadPoolExecutor(4) as several:
        return [name_made for made in several.map(of_one, names) for name_made in made]


def _people_at_work(practice: Practice, names: Sequence[str], pool: urllib3.PoolManager, week: str) -> None:
    people_at = [*names, *(f"colleague{at}" for at in range(len(names), PEOPLE))]
    with ThreadPoolExecutor(2) as two:  # joining hashes a password, which takes a processor
        list(two.map(lambda name: practice.add(name, "therapist"), people_at[len(names) :]))
    browsers = [signed_in(practice, name, pool) for name in people_at]
    paths = ("/home", "/agenda", f"/agenda?{week}", "/clients", "/agenda/new")
    statuses: list[int] = []
    over = threading.Event()

    def work(at: int) -> None:
        over.wait(CLICK_EVERY_SECONDS * at / PEOPLE)  # not all at one moment
        while not over.is_set():
            statuses.append(browsers[at].get(paths[(at + len(statuses)) % len(paths)]))
            over.wait(CLICK_EVERY_SECONDS)

    def api() -> object:
        return practice.owner.get("/clients", limit=20)

    alone = _for_seconds(api, LOAD_SECONDS / 6)
    people = [threading.Thread(target=work, args=(at,), daemon=True) for at in range(PEOPLE)]
    for person in people:
        person.start()
    beside = _for_seconds(api, LOAD_SECONDS)
    over.set()
    for person in people:
        person.join(timeout=CLICK_EVERY_SECONDS)
    head(f"{PEOPLE} people, each a click every {CLICK_EVERY_SECONDS:.0f} s, for {LOAD_SECONDS:.0f} s")
    row("pages shown", f"{len(statuses)}", "", "")
    for what, wrong in (("answers of 500 and above", range(500, 600)), ("other refusals", range(300, 500))):
        errors = sum(status in wrong for status in statuses)
        row(what, f"{errors}", "", "none", met=not errors)
    for what, of in (("p50", lambda sample: sample.p50), ("p99", lambda sample: sample.p99)):
        times: tuple[Any, Any] = (of(alone), of(beside))
        value = f"{times[0] * 1000:.0f} → {times[1] * 1000:.0f} ms"
        grown = times[1] / times[0]
        name = f"GET /clients of the API, {what}, without → beside them"
        row(name, value, f"{grown:.2f} ×", "≤ 1.5 ×", met=grown <= 1.5, missed=Missed(BESIDE))


def _for_seconds(action: Callable[[], object], seconds: float) -> Sample:
    """One call every 50 ms."""
    taken: list[float] = []
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        taken += timed(action, 1).seconds
        time.sleep(0.05)  # a program that asks steadily, not as fast as it can
    return Sample(tuple(taken))
