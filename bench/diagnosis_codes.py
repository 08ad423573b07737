"""What finding a diagnosis code costs as somebody types: through the gateway, beside the least read of the API."""

from __future__ import annotations

import time
from functools import partial
from typing import Final

from bench.measuring import Missed, head, row, timed
from bench.profiles import processes, where_it_goes
from embedded.stack import Stack
from tests.practice import Practice

TIMES: Final = 60
GOAL_SECONDS: Final = 0.02
REMEDY: Final = (
    "the words of a query in the order of how rare they are, so that a common one is looked up in few codes."
)
# A code, its beginning, rare words, common ones that meet often, seldom and never, and as many as there is room for.
QUERIES: Final = (
    "F41.1",
    "F4",
    "generalized anxiety",
    "fracture of the",
    "unspecified initial encounter",
    "initial sequela",
    "anxiety nonesuchword",
    "a b c d e f g h i j k l m n o p q r s t u v w x y z",
)


def measure(stack: Stack, practice: Practice) -> None:
    """Print p50 of each query, and how much that is over `GET /me`; the first one makes the index of its process."""
    therapist = practice.people["therapist"]
    began = time.perf_counter()
    therapist.get("/diagnosis-codes", query="F41.1")
    first = time.perf_counter() - began
    timed(partial(therapist.get, "/me"), 10)
    floor = timed(partial(therapist.get, "/me"), TIMES).p50
    head(f"Diagnosis codes, in memory, audit row included: p50, beside GET /me ({floor * 1000:.1f} ms)")
    row("the first query of a process, index included", f"{first * 1000:.0f} ms")
    for query in QUERIES:
        find = partial(therapist.get, "/diagnosis-codes", query=query)
        timed(find, 5)
        p50 = timed(find, TIMES).p50
        words = query if len(query) < 40 else f"{query[:37]}…"
        row(
            words,
            f"{p50 * 1000:.1f} ms",
            f"{p50 / floor:.1f} × GET /me",
            f"≤ {GOAL_SECONDS * 1000:.0f} ms",
            met=p50 <= GOAL_SECONDS,
            missed=Missed(REMEDY, partial(where_it_goes, processes(stack), find)),
        )
