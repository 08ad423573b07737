"""What pages cost: each as a browser gets it, beside the least read of the API that it makes (`GET /me`)."""

from __future__ import annotations

import statistics
from functools import partial
from typing import Final

import requests
import urllib3

from bench.measuring import Missed, Sample, head, row, timed
from bench.profiles import processes, where_it_goes
from embedded.stack import Stack
from tests.browser.visits import SIGNED_IN
from tests.practice import PASSWORD, Practice

TIMES: Final = 20
REMEDY: Final = "what the page asks of the services, one after the other where it could be at once; then what it shows."
PAGE_GOAL_SECONDS: Final = 0.25


def measure(stack: Stack, practice: Practice) -> None:
    """Print p50 and p95 of each page of somebody signed in, and how much that is over one read of the API."""
    body = {"email": practice.email("owner"), "password": PASSWORD, "browser": True}
    sid = requests.post(f"{practice.url}/api/v1/sessions", json=body, timeout=10).json()["access_token"]
    pool = urllib3.PoolManager(maxsize=4)
    headers = {"Cookie": f"sid={sid}", "Accept": "text/html", "Accept-Encoding": "gzip"}
    authorization = {"Authorization": str(practice.owner.session.headers["Authorization"])}

    def read(path: str, sent: dict[str, str]) -> None:
        response = pool.request("GET", practice.url + path, headers=sent, retries=False, decode_content=False)
        assert response.status == 200, (path, response.status)

    timed(lambda: read("/api/v1/me", authorization), 10)
    floor = timed(lambda: read("/api/v1/me", authorization), TIMES).p50
    head(f"Pages, with what they ask of the services: p50 · p95, beside GET /me ({floor * 1000:.1f} ms)")
    slowest: list[float] = []
    for name, path_of in SIGNED_IN.items():
        path = path_of(practice)
        read(path, headers)
        sample = timed(partial(read, path, headers), TIMES)
        slowest.append(p95(sample))
        times = f"{sample.p50 * 1000:.0f} · {p95(sample) * 1000:.0f} ms"
        row(
            name,
            times,
            f"{sample.p50 / floor:.1f} × GET /me",
            f"p95 ≤ {PAGE_GOAL_SECONDS * 1000:.0f} ms",
            met=slowest[-1] <= PAGE_GOAL_SECONDS,
            missed=Missed(REMEDY, partial(where_it_goes, processes(stack), partial(read, path, headers))),
        )
    met = sum(seconds <= PAGE_GOAL_SECONDS for seconds in slowest)
    row("pages within the goal", f"{met} of {len(slowest)}")


def p95(sample: Sample) -> float:
    """The 95th percentile in seconds."""
    return statistics.quantiles(sample.seconds, n=20)[-1]
