"""Non-interference: what somebody may not see makes no difference to anything that they are told.

Two worlds differ in nothing but that: the other practice's clients, the texts of others' notes, for a narrowed
therapist the clients that they are not assigned to. The same person sends the same requests to both, drawn by chance
from everything that they could ask, and must get the same answers word for word: list, search, page, error. Ids count
by the order in which they appear; times of the day of the test are blanked. ROUNDS repeats it with other worlds.
"""

from __future__ import annotations

import os
import random
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from embedded.stack import Stack
from tests.access.twin_worlds import WORDS, Hidden, Twin, build

ROUNDS = int(os.environ.get("ROUNDS", "1"))
REQUESTS = 100
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NOW = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-]\d\d:\d\d)?")
OF_THE_DAY = re.compile(r'"(request_id|content_hash)":"[^"]*"')  # the hash is over ids and times as well
CURSOR = re.compile(r'"next_cursor":"([^"]+)"')

ONE_OF = {
    "client": (
        "/clients/{}",
        "/clients/{}/staff",
        "/clients/{}/cases",
        "/clients/{}/ledger",
        "/invoices?client_id={}",
        "/payments?client_id={}",
        "/unbilled-sessions?client_id={}",
        "/access/explain?client_id={}",
    ),
    "case": ("/cases/{}", "/cases/{}/notes", "/cases/{}/diagnoses", "/cases/{}/treatment-plans"),
    "note": ("/notes/{}",),
    "draft": ("/notes/{}",),
    "appointment": ("/appointments/{}", "/invoices?appointment_id={}"),
    "invoice": ("/invoices/{}",),
    "payment": ("/payments/{}",),
    "staff": ("/staff/{}", "/staff/{}/licences", "/staff/{}/access-history"),
    "service": ("/service-types/{}",),
}
LISTS = (
    "/clients",
    "/staff",
    "/locations",
    "/service-types",
    "/invoices",
    "/payments",
    "/unbilled-sessions",
    "/break-glass",
)
PLAIN = (
    "/me",
    "/organization",
    "/cancellation-policies",
    "/organization/billing-profile",
    "/orphan-drafts",
    "/worklist",
)
NAMES = ("a", "b", "elsewhere", "nobody")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request before it is of a world: `name` stands for an id; `continued`: where the last page ended."""

    method: str
    path: str
    name: str | None = None
    body: dict[str, Any] | None = None
    continued: bool = False


def script(seed: int) -> list[Asked]:
    """So many requests, drawn by chance."""
    chance = random.Random(seed)
    return [_drawn(chance) for _ in range(REQUESTS)]


def _drawn(chance: random.Random) -> Asked:
    kind = chance.randrange(10)
    if kind < 4:
        thing = chance.choice(sorted(ONE_OF))
        name = chance.choice(NAMES)
        key = "nobody" if name == "nobody" else f"{thing}_{name}"
        return Asked("GET", chance.choice(ONE_OF[thing]), key)
    if kind < 6:
        limit = chance.choice((1, 2, 50))
        return Asked("GET", f"{chance.choice(LISTS)}?limit={limit}", continued=chance.random() < 0.4)
    if kind == 6:
        first = chance.randrange(1, 20)
        days = f"/agenda?from=2026-09-{first:02d}&to=2026-09-{first + chance.randrange(7):02d}"
        return Asked("GET", days + chance.choice(("", "&staff_id={}")), chance.choice(("colleague", "owner")))
    if kind == 7:
        return Asked("GET", chance.choice(PLAIN))
    if kind == 8:
        word = chance.choice((*WORDS, "cl", "a", "c", "%", "_"))
        return Asked("POST", "/clients/search", body={"query": word, "limit": chance.choice((1, 20))})
    return _refused(chance, chance.choice(("b", "elsewhere")))


def _refused(chance: random.Random, name: str) -> Asked:
    """A write that reaches for what is hidden."""
    return chance.choice(
        (
            Asked("PATCH", "/notes/{}", f"note_{name}", {"minutes": 5}),
            Asked("POST", "/notes/{}/sign", f"draft_{name}"),
            Asked("POST", "/notes/{}/take-over", f"draft_{name}"),
            Asked("POST", "/notes/{}/addenda", f"note_{name}", {"text": "mine"}),
            Asked("PATCH", "/cases/{}", f"case_{name}", {"name": "Mine"}),
            Asked("POST", "/clients/{}/break-glass", f"client_{name}", {"reason": "I would like to know more."}),
            Asked("PATCH", "/clients/{}", "client_elsewhere", {"preferred_name": "Mine"}),
        )
    )


@dataclass
class Replay:
    """One person in one world, and what they were told."""

    twin: Twin
    person: str
    names: dict[str, str] = field(default_factory=dict)
    cursor: str | None = None

    def told(self, asked: Asked) -> str:
        """Status and body of the answer, in words that hold in every world."""
        records, path = self.twin.records, asked.path
        if asked.name is not None:
            path = path.format(records.get(asked.name, records["nobody"]))
        if asked.continued and self.cursor:
            path += f"&cursor={self.cursor}"
        answer = self.twin.person(self.person).call(asked.method, path, json=asked.body)
        assert answer.status_code < 500 and answer.status_code != 429, (asked, answer.text)
        found = CURSOR.search(answer.text)
        self.cursor = found.group(1) if found else None
        return f"{answer.status_code} {self.in_common_words(answer.text)}"

    def in_common_words(self, text: str) -> str:
        """Ids by the order of their appearance; no place in a list, no time of day, no address of this world."""
        text = CURSOR.sub('"next_cursor":"somewhere"', text).replace(self.twin.suffix, "suffix")
        text = ID.sub(lambda found: self.names.setdefault(found.group(0), f"id {len(self.names) + 1}"), text)
        text = NOW.sub("now", text)
        return OF_THE_DAY.sub('""', text)


def differences(one: Twin, other: Twin, person: str, seed: int) -> list[str]:
    """The requests that were answered differently, with both answers."""
    replays = [Replay(twin, person) for twin in (one, other)]
    asked = script(seed)
    with ThreadPoolExecutor(2) as pool:  # each world in its own order, both at once
        said = list(pool.map(lambda replay: [replay.told(one) for one in asked], replays))
    answers = zip(asked, *said, strict=True)
    return [f"{question}\n  {here}\n  {there}" for question, here, there in answers if here != there]


@pytest.fixture(scope="module")
def plain(embedded_stack: Stack) -> Twin:
    """The world that the others are compared with."""
    return build(embedded_stack, Hidden())


@pytest.fixture(scope="module")
def others(embedded_stack: Stack) -> list[tuple[int, Twin, Twin]]:
    """Per round its seed, a world with other texts and neighbours, and one with other unassigned clients besides."""
    return [
        (
            seed,
            build(embedded_stack, Hidden(texts=seed, elsewhere=1 + seed % 3)),
            build(embedded_stack, Hidden(texts=seed, elsewhere=1 + seed % 3, unassigned=1 + seed % 3)),
        )
        for seed in range(1, ROUNDS + 1)
    ]


@pytest.mark.abuse("A-TEN-non-interference")
@pytest.mark.timeout(120 * (ROUNDS + 1))
@pytest.mark.parametrize("person", ["therapist", "biller", "desk"])
def test_others_notes_and_neighbours_make_no_difference(
    plain: Twin, others: list[tuple[int, Twin, Twin]], person: str
) -> None:
    for seed, texts, _clients in others:
        assert differences(plain, texts, person, seed) == [], f"seed {seed}"


@pytest.mark.abuse("A-TEN-non-interference")
@pytest.mark.timeout(120 * (ROUNDS + 1))
def test_unassigned_clients_make_no_difference_to_who_sees_assigned_ones_only(
    plain: Twin, others: list[tuple[int, Twin, Twin]]
) -> None:
    for seed, _texts, clients in others:
        assert differences(plain, clients, "narrowed", seed) == [], f"seed {seed}"


@pytest.mark.alone
@pytest.mark.abuse("A-IDOR-existence-by-time")
@pytest.mark.parametrize("path", ONE_OF["client"])
def test_a_hidden_client_takes_no_longer_than_one_whom_nobody_knows(plain: Twin, path: str) -> None:
    """Waiting for an assignment that may be under way must not tell whether there is anybody to be assigned to."""

    def seconds(name: str) -> float:
        return plain.person("narrowed").call("GET", path.format(plain.records[name])).elapsed.total_seconds()

    with ThreadPoolExecutor(3) as pool:
        hidden, elsewhere, nobody = pool.map(seconds, ("client_b", "client_elsewhere", "nobody"))
    assert abs(hidden - nobody) < 0.5 and abs(elsewhere - nobody) < 0.5, (hidden, elsewhere, nobody)


def test_whoever_may_see_it_is_told_the_difference(plain: Twin, others: list[tuple[int, Twin, Twin]]) -> None:
    """Else the worlds would not differ, or the comparison would not see it."""
    seed, texts, clients = others[0]
    assert differences(plain, texts, "colleague", seed), "the author of the notes reads other notes"
    for person in ("owner", "biller", "desk"):
        assert differences(plain, clients, person, seed), "other clients are there for everybody who is not narrowed"
