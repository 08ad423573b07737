"""Non-interference: what somebody may not see makes no difference to anything that they are told.

Two worlds differ in nothing but that: the other practice's clients, the texts of others' notes, for a narrowed
therapist the clients that they are not assigned to. The same person sends the same requests to both, drawn by chance
from everything that they could ask, and must get the same answers word for word: list, search, page, order, error.
Between them they plant clients and appointments of their own, whose names and times touch what is hidden: what is
chosen or refused because of hidden rows shows in the order of one's own. Ids count by the order in which they appear;
times of the day of the test are blanked. ROUNDS repeats it with other worlds.
"""

from __future__ import annotations

import os
import random
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from embedded.api_client import ApiClient as Client
from embedded.stack import Stack
from shared.testing.waiting import wait_until
from shared.web.examples import filled
from tests.access.asked_addresses import LISTS, ONE_OF, PLAIN
from tests.access.twin_worlds import NOBODY, WORDS, Hidden, Twin, build
from tests.practice import Practice

ROUNDS = int(os.environ.get("ROUNDS", "1"))
REQUESTS = 120
REQUESTS_THAT_TELL = 50
PLANTED_FIRST = 4
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NOW = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-]\d\d:\d\d)?")
OF_THE_DAY = re.compile(r'"(request_id|content_hash)":"[^"]*"')  # the hash is over ids and times as well
NUMBER = re.compile(r'"number": ?\d+')
CURSOR = re.compile(r'"next_cursor":"([^"]+)"')

NAMES = ("a", "b", "elsewhere", "nobody")
LOOKED_UP = tuple(f"client_{name}" for name in NAMES[:3])
LOOKED_UP_APPOINTMENTS = tuple(f"appointment_{name}" for name in NAMES[:3])
CLIENT_LOOKUPS = (
    ("/clients/lookup", "ids"),
    *((f"/{what}/lookup", "client_ids") for what in ("assignments", "appointments", "balances")),
)
# Names and days of the hidden clients, and of others that share their words.
GIVEN, FAMILY, BORN = ("Ada", "Bea", "Zoe", "Clive"), ("Client", "Clay", "Adams", "O'Bea"), ("1990-01-01", "1990-01-02")
SEARCHED = (*WORDS, "cl", "a", "c", "%", "_", "ada cl", "cl a", "bea cl", "c z", "o bea", "ad be", "zoe client")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request before it is of a world: `name` stands for an id; `continued`: where the last page of it ended.

    In a body `{own}` is the client that was planted last, `{self}` the person, `{colleague}` and `{service}` others.
    """

    method: str
    path: str
    name: str | None = None
    body: dict[str, Any] | None = None
    continued: bool = False


def script(seed: int, requests: int) -> list[Asked]:
    """So many requests, drawn by chance, after a first look that hidden names would turn."""
    chance = random.Random(seed)
    planted = (_new_client(chance) for _ in range(PLANTED_FIRST))
    return [*_balanced(), *planted, *(_drawn(chance) for _ in range(requests))]


def _balanced() -> list[Asked]:
    """A search of two words that equally many of one's own clients have: one more hidden Zoe would turn its order."""
    people = [
        {"given_name": given, "family_name": family} for given, family in (("Zoltan", "Quarry"), ("Quin", "Zola"))
    ]
    planted = [Asked("POST", "/clients", body={**facts, "date_of_birth": BORN[0]}) for facts in people]
    searches = [Asked("POST", "/clients/search", body={"query": query, "limit": 1}) for query in ("zo qu", "qu zo")]
    return [*planted, *(question for search in searches for question in (search, replace(search, continued=True)))]


def _drawn(chance: random.Random) -> Asked:
    kind = chance.randrange(12)
    if kind < 4:
        thing = chance.choice(sorted(ONE_OF))
        name = chance.choice(NAMES)
        key = "nobody" if name == "nobody" else f"{thing}_{name}"
        return Asked("GET", chance.choice(ONE_OF[thing]), key)
    if kind < 6:
        path = chance.choice(LISTS)
        limit = f"{'&' if '?' in path else '?'}limit={chance.choice((1, 2, 50))}"
        return Asked("GET", path + limit, continued=chance.random() < 0.6)
    if kind == 6:
        first = chance.randrange(1, 20)
        days = f"/agenda?from=2026-09-{first:02d}&to=2026-09-{first + chance.randrange(7):02d}"
        return Asked("GET", days + chance.choice(("", "&staff_id={}")), chance.choice(("colleague", "owner")))
    if kind == 7:
        return Asked("GET", chance.choice(PLAIN))
    if kind == 8 and chance.random() < 0.4:
        ids = ["{own}", *(f"{{{place}}}" for place in LOOKED_UP)]
        path, called = chance.choice(CLIENT_LOOKUPS)
        return Asked("POST", path, body={called: ids})
    if kind == 8 and chance.random() < 0.2:
        body = {"appointment_ids": [f"{{{appointment}}}" for appointment in LOOKED_UP_APPOINTMENTS]}
        return Asked("POST", "/invoices/lookup", body=body)
    if kind == 8:
        body = {"query": chance.choice(SEARCHED), "limit": chance.choice((1, 20))}
        return Asked("POST", "/clients/search", body=body, continued=chance.random() < 0.6)
    if kind < 11:
        return _planted(chance)
    return _refused(chance, chance.choice(("b", "elsewhere")))


def _new_client(chance: random.Random) -> Asked:
    names = {"given_name": chance.choice(GIVEN), "family_name": chance.choice(FAMILY)}
    return Asked("POST", "/clients", body={**names, "date_of_birth": chance.choice(BORN)})


def _planted(chance: random.Random) -> Asked:
    """One's own, beside what is hidden: it is told of likely duplicates, of who is busy, and stands in every order."""
    kind = chance.randrange(4)
    if kind == 0:
        return _new_client(chance)
    if kind == 1:
        return Asked("PATCH", "/clients/{}", "own", {"family_name": chance.choice(FAMILY)})
    # The colleague is busy with a hidden client at ten on these days.
    start = f"2026-09-{chance.choice((5, 6)):02d}T10:00" if kind == 2 else f"2026-10-{chance.randrange(1, 9):02d}T10:00"
    whom = "{colleague}" if kind == 2 else "{self}"
    body = {"client_ids": ["{own}"], "staff_id": whom, "service_type_id": "{service}", "starts_at_local": start}
    return Asked("POST", "/appointments", body=body)


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
    cursors: dict[str, str | None] = field(default_factory=dict)
    own: str = NOBODY

    def told(self, question: Asked) -> str:
        """Status and body of the answer, in words that hold in every world."""
        home = self.twin.home
        meant = {
            "own": self.own,
            "self": home.staff_ids[self.person],
            "colleague": home.staff_ids["colleague"],
            "service": home.service_type_id,
            **{place: self.twin.records.get(place, NOBODY) for place in (*LOOKED_UP, *LOOKED_UP_APPOINTMENTS)},
        }
        records, path, body = {**self.twin.records, "own": self.own}, question.path, filled(question.body, meant)
        if question.name is not None:
            path = path.format(records.get(question.name, records["nobody"]))
        list_of = f"{path.partition('limit=')[0]} {(body or {}).get('query')}"
        if question.continued and (cursor := self.cursors.get(list_of)):
            path, body = (path, {**body, "cursor": cursor}) if body else (f"{path}&cursor={cursor}", None)
        response = self.twin.person(self.person).call(question.method, path, json=body)
        assert response.status_code < 500 and response.status_code != 429, (question, response.text)
        found = CURSOR.search(response.text)
        self.cursors[list_of] = found.group(1) if found else None
        if (question.method, question.path, response.status_code) == ("POST", "/clients", 201):
            self.own = response.json()["id"]
            self._arrived()
        return f"{response.status_code} {self.in_common_words(response.text)}"

    def _arrived(self) -> None:
        """From now on the client is known everywhere: else the answers would depend on which service was faster."""
        cases = f"/clients/{self.own}/cases"
        person = self.twin.person(self.person)
        wait_until(lambda: person.call("GET", cases).status_code in (200, 403), 20, "the client in clinical")

    def in_common_words(self, text: str) -> str:
        """Ids by the order of their appearance; no place in a list, no time of day, no address of this world.

        A client's number counts the practice's clients: it tells how many there are, not who.
        """
        text = CURSOR.sub(lambda found: f'"next_cursor":"{len(found.group(1))} characters"', text).replace(
            self.twin.suffix, "suffix"
        )
        text = ID.sub(lambda found: self.names.setdefault(found.group(0), f"id {len(self.names) + 1}"), text)
        text = NUMBER.sub('"number":"a number"', NOW.sub("now", text))
        return OF_THE_DAY.sub('""', text)


def differences(first: Twin, other: Twin, person: str, seed: int, requests: int = REQUESTS) -> list[str]:
    """The requests that were answered differently, with both answers."""
    replays = [Replay(twin, person) for twin in (first, other)]
    questions = script(seed, requests)
    with ThreadPoolExecutor(2) as pool:  # each world in its own order, both at once
        seen = list(pool.map(lambda replay: [replay.told(question) for question in questions], replays))
    answers = zip(questions, *seen, strict=True)
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


@pytest.fixture  # anew for each address: all of them together wait longer than one practice may in a minute
def rested(plain: Twin) -> tuple[Client, str]:
    """Somebody who sees assigned clients only, and a hidden client, at a practice that has not waited for anything."""
    practice = Practice(plain.home.url)
    narrowed = practice.add("narrowed", "therapist", "billing", grants=["assigned_only"])
    return narrowed, practice.new_client()[0]


@pytest.mark.alone
@pytest.mark.abuse("A-IDOR-existence-by-time")
@pytest.mark.parametrize("path", ONE_OF["client"])
def test_a_hidden_client_takes_no_longer_than_one_whom_nobody_knows(
    plain: Twin, rested: tuple[Client, str], path: str
) -> None:
    """Waiting for an assignment that may be under way must not tell whether there is anybody to be assigned to."""

    narrowed, hidden_client = rested
    identifiers = (hidden_client, plain.records["client_elsewhere"], plain.records["nobody"])

    def seconds(client_id: str) -> float:
        return narrowed.call("GET", path.format(client_id)).elapsed.total_seconds()

    with ThreadPoolExecutor(2) as pool:  # no more of a process wait; a third would be told at once
        hidden, elsewhere, nobody = pool.map(seconds, identifiers)
    assert abs(hidden - nobody) < 0.5 and abs(elsewhere - nobody) < 0.5, (hidden, elsewhere, nobody)


def test_whoever_may_see_it_is_told_the_difference(plain: Twin, others: list[tuple[int, Twin, Twin]]) -> None:
    """Else the worlds would not differ, or the comparison would not see it."""
    seed, texts, clients = others[0]
    assert differences(plain, texts, "colleague", seed, REQUESTS_THAT_TELL), "the author of the notes reads other notes"
    for person in ("owner", "biller", "desk"):
        assert differences(plain, clients, person, seed, REQUESTS_THAT_TELL), (
            "other clients are there for everybody who is not narrowed"
        )
