"""Finding clients by phone, birth date and number, mixed with words of their names."""

from __future__ import annotations

import string
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.clients.profiles import search
from services.clients.profiles.models import Client
from services.clients.profiles.rules import Digits, Typed
from services.clients.tests.conftest import Desk
from shared.testing.plans import plan_of
from shared.testing.web import ServiceClient

MANY = 20_000
ROSA = {"given": "Rosa", "family": "Quint", "born": "1990-05-02", "phone": "+15185550142"}


def found(asker: ServiceClient, query: str, **more: Any) -> list[str]:
    """Given names of the clients that a search finds."""
    response = asker.post("/clients/search", {"query": query, **more})
    assert response.status_code == 200, response.text
    return [client["given_name"] for client in response.json["items"]]


@pytest.fixture
def three(desk: Desk) -> Desk:
    """Three clients, each unlike the others."""
    desk.add(**ROSA)
    desk.add("Ida", "Quint", "1990-05-03", phone="(518) 555-0199 ext. 7")
    desk.add("Eva", "Zorn", "1990-02-05", phone="+442079460142")
    return desk


@pytest.mark.parametrize(
    "query",
    [
        *("5185550142", "(518) 555-0142", "518-555-0142", "518.555.0142", "+1 518 555 0142", "1 518 555 0142"),
        *("5550142", "555-0142", "0142 quint", "rosa 518", "ro 0142 qui", "quint, rosa 0142"),
        *("1990-05-02", "5/2/1990", "05/02/1990", "1990-5-2", "rosa 5/2/1990", "5/2/1990 0142", "quint, 1990-05-02"),
        *("1001", "rosa 1001", "1001 0142"),
    ],
)
def test_a_client_is_found_by_everything_that_one_is_told_on_the_phone(three: Desk, query: str) -> None:
    if query in ("rosa 518", "1001 0142"):  # three digits are a word; digits beside digits are one phone
        assert found(three.desk, query) == []
    else:
        assert found(three.desk, query) == ["Rosa"], query


def test_either_end_of_a_phone_finds_everybody_who_has_it_and_its_middle_nobody(three: Desk) -> None:
    assert found(three.desk, "0142") == ["Rosa", "Eva"], "in the order of names"
    assert found(three.desk, "518555") == found(three.desk, "+1518") == ["Ida", "Rosa"]
    assert found(three.desk, "0199") == ["Ida"], "the extension is not its end"
    assert found(three.desk, "+44 20") == found(three.desk, "4420") == ["Eva"]
    for query in ("8555", "+518555", "5/3/1991", "1990-13-40", "2/30/1990", "rosa 5/3/1990", "zorn 0199", "142"):
        assert found(three.desk, query) == [], query


def test_a_changed_phone_is_found_and_the_earlier_one_no_longer(three: Desk) -> None:
    client = three.desk.post("/clients/search", {"query": "0142 rosa"}).json["items"][0]
    three.desk.patch(f"/clients/{client['id']}", {"phone": "+12125550177"})
    assert (found(three.desk, "0177"), found(three.desk, "rosa 0142")) == (["Rosa"], [])
    three.desk.patch(f"/clients/{client['id']}", {"phone": None})
    assert found(three.desk, "0177") == []


def test_who_has_the_number_comes_before_those_whose_phone_has_the_digits(desk: Desk) -> None:
    desk.add("Ada", "Ames", phone="+15185551003")
    desk.add("Bea", "Byron", phone="+15185551003")
    desk.add("Zoe", "Zorn")
    seen, body = [], {"query": "1003", "limit": 1}
    while True:
        page = desk.desk.post("/clients/search", body).json
        seen += [client["given_name"] for client in page["items"]]
        if page["next_cursor"] is None:
            break
        body["cursor"] = page["next_cursor"]
    assert seen == ["Zoe", "Ada", "Bea"]
    assert desk.desk.post("/clients/search", {**body, "query": "1004"}).json["errors"][0]["field"] == "cursor"


def test_phones_and_birthdays_find_nobody_whom_one_may_not_see(three: Desk) -> None:
    narrowed = three.staff("therapist", grants=("assigned_only",))
    stranger = Desk(three.web, three.database, three.worker)
    for asker in (narrowed, stranger.desk):
        for query in ("0142", "5/2/1990", "1001", "rosa 0142"):
            assert found(asker, query) == []


def test_own_clients_are_found_by_everything_that_finds_them_among_all(three: Desk) -> None:
    """Who sees only assigned clients searches another way: it finds the same of them, page by page."""
    further = {"channel": "phone", "value": "+13125550188", "label": None}
    narrowed = three.staff("therapist", grants=("assigned_only",))
    for name, born, phone in (("Rosalind", "1990-05-02", "+15185551001"), ("Roy", "1990-05-04", "+15185550142")):
        body = {"given_name": name, "family_name": "Quint-Ames", "date_of_birth": born}
        contacts = [{"channel": "phone", "value": phone, "label": None}, further]
        assert narrowed.post("/clients", {**body, "contacts": contacts}).status_code == 201
    queries = ["ro", "rosalind", "quint", "quintames", "ames ro", "ro ames quint", "0142", "518555", "+1518", "0188"]
    queries += ["3125550188", "1001", "1004", "1005", "rosa 1001", "5/2/1990", "1990-05-04", "roy 0142", "ida", "0199"]
    own = {"Rosalind", "Roy"}
    for query in queries:
        among_all = [name for name in found(three.desk, query) if name in own]
        assert sorted(found(narrowed, query)) == sorted(among_all), query
    assert found(narrowed, "1001") == ["Rosalind"]
    assert found(narrowed, "1005")[0] == "Roy"
    for query in ("quint", "0188"):
        first = narrowed.post("/clients/search", {"query": query, "limit": 1}).json
        second = narrowed.post("/clients/search", {"query": query, "limit": 1, "cursor": first["next_cursor"]}).json
        assert [page["items"][0]["given_name"] for page in (first, second)] == ["Rosalind", "Roy"]
        assert second["next_cursor"] is None


@given(
    area=st.integers(200, 999),
    line=st.integers(2_000_000, 9_999_999),
    taken=st.integers(4, 10),
    shape=st.sampled_from(["{}", "({}", "+1{}", "1 {}", "ada {}", "{} ada", "{}, ada"]),
)
@settings(max_examples=300)
def test_digits_from_either_end_are_read_as_those_of_the_phone(area: int, line: int, taken: int, shape: str) -> None:
    """Pure: what the index of beginnings and the index of ends are asked for begins what they hold."""
    phone = f"1{area}{line}"
    for digits, kept, ends in ((phone[1:][:taken], phone, False), (phone[-taken:], phone[::-1], True)):
        typed = Typed.of(shape.format(digits))
        if ends and shape in ("+1{}", "1 {}") and taken < 10:
            continue  # the country's digit is no part of that end
        (read,) = typed.digits
        beginnings = (read.backwards[: len(digits)],) if ends else read.phone_beginnings
        assert any(kept.startswith(beginning) for beginning in beginnings)
        assert typed.words.spellings == ((("ada",) if "ada" in shape else ()),)


@given(born=st.dates(), wide=st.booleans(), words=st.lists(st.text(string.ascii_letters, min_size=1), max_size=3))
@settings(max_examples=300)
def test_a_birthday_is_read_in_both_ways_of_writing_among_words(born: Any, wide: bool, words: list[str]) -> None:
    month, day = (f"{born.month:02}", f"{born.day:02}") if wide else (str(born.month), str(born.day))
    for written in (f"{born.year:04}-{month}-{day}", f"{month}/{day}/{born.year:04}"):
        for typed in (Typed.of(" ".join([*words, written])), Typed.of(" ".join([written, *words]))):
            assert (typed.days, typed.digits) == ((born,), ())
            assert typed.words.count == len(words)


@given(st.text(max_size=100))
@settings(max_examples=300)
def test_whatever_is_typed_is_read(query: str) -> None:
    typed = Typed.of(query)
    assert all(len(digits.text) >= 4 and digits.text.isascii() for digits in typed.digits)


def test_phones_and_birthdays_come_from_their_indexes_under_row_level_security(desk: Desk) -> None:
    """Asked as the web process asks, not as a superuser, for whom the policy is no obstacle."""
    with psycopg.connect(desk.database.admin_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO clients (organization_id, id, version, given_name, family_name, date_of_birth, sex, status,"
            " phone, created_at) SELECT %s, gen_random_uuid(), 1, 'Given', 'Family', date '1950-01-01' + n, 'unknown',"
            " 'active', '+1518' || (1000000 + n * 37), now() FROM generate_series(1, %s) n",
            [desk.organization_id, MANY],
        )
        connection.execute("ANALYZE clients, client_tokens")
    own = Client.organization_id == desk.organization_id
    wanted = {
        "ix_clients_date_of_birth": Client.date_of_birth == Typed.of("5/2/1990").days[0],
        "ix_clients_phone_digits": search.found_by_digits(desk.organization_id, Digits("5181370037")),
        "ix_clients_phone_reversed": search.found_by_digits(desk.organization_id, Digits("0037")),
    }
    for index, condition in wanted.items():
        plan = plan_of(desk.database, desk.organization_id, select(Client.id).where(own, condition))
        assert index in plan, plan
        assert "Seq Scan" not in plan, plan
