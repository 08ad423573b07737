"""What a table means does not hang on how a program writes it. Proved by properties."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.clients.client_import.columns import FIELDS, mapped
from services.clients.client_import.values import body_of, day_comes_first, day_of
from services.clients.matching.rules import candidates_of, result_of
from services.clients.profiles.rules import known_as
from shared.ids import new_id
from shared.spreadsheets import table_file
from shared.spreadsheets.table_file import read_apart

TODAY = date(2026, 11, 28)
PERSON = {"given_name": "Zoë", "family_name": "Müller", "date_of_birth": "1985-12-31", "city": "Albany, NY"}
WAYS = {
    "%Y-%m-%d": False,
    "%m/%d/%Y": False,
    "%d.%m.%Y": True,
    "%d/%m/%Y": True,
    "%b %d, %Y": False,
    "%d %B %Y": False,
    "%m-%d-%y": False,
}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.permutations(list(PERSON)),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "windows-1252", "utf-16"]),
    way=st.sampled_from(list(WAYS)),
    data=st.data(),
)
def test_a_row_means_the_same_however_it_is_written(
    order: list[str], delimiter: str, encoding: str, way: str, data: Any
) -> None:
    header = [data.draw(st.sampled_from((name, *FIELDS[name]))).upper() for name in order]
    cells = {**PERSON, "date_of_birth": date.fromisoformat(PERSON["date_of_birth"]).strftime(way)}
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([header, [cells[name] for name in order]])
    read, row = read_apart(io.BytesIO(text.getvalue().encode(encoding)), 10).rows()
    columns = mapped(read, {})
    days = [row[columns.fields["date_of_birth"]]]
    body = body_of(columns.fields, row, ["date_of_birth"] if day_comes_first(days) else [], TODAY)
    assert body.pop("address") == {"city": PERSON["city"]}
    assert body == {name: value for name, value in PERSON.items() if name != "city"}
    assert columns.ignored == ()


@given(day=st.dates(date(1927, 1, 1), TODAY), way=st.sampled_from(list(WAYS)))
def test_a_day_is_read_as_it_was_written(day: date, way: str) -> None:
    assert day_of(day.strftime(way), day_first=WAYS[way], today=TODAY) == day.isoformat()


@given(st.text(max_size=30))
def test_what_is_no_day_stays_what_it_is(text: str) -> None:
    read = day_of(text, day_first=False, today=TODAY)
    assert read == text or len(read) == len("2026-01-01")


@given(st.lists(st.sampled_from(["1/2/1990", "31/1/1990", "1/31/1990", "none"])))
def test_a_column_is_day_first_only_without_evidence_of_the_other(cells: list[str]) -> None:
    assert day_comes_first(cells) == ("31/1/1990" in cells and "1/31/1990" not in cells)


@pytest.mark.parametrize(
    ("names", "phone", "result"),
    [
        (("Ada", "Quint"), None, "duplicate"),
        (("ADA", "quint"), "+12125550142", "duplicate"),
        (("Adele", "Quint"), None, "needs_decision"),
        (("Mina", "Rask"), "+12125550142", "needs_decision"),
        (("Mina", "Rask"), None, "would_create"),
    ],
)
def test_who_may_be_somebody_else(names: tuple[str, str], phone: str | None, result: str) -> None:
    born = date(1990, 1, 2)
    others = [(new_id(), known_as(("Ada", "Quint"), born, ("+12125550142", None)))]
    assert result_of(candidates_of(known_as(names, born, (phone, None)), others)) == result


def test_a_name_in_one_column_is_taken_apart() -> None:
    for full in ("Ada Maria Quint", "Quint, Ada Maria"):
        body = body_of({"full_name": 0}, [full], [], TODAY)
        assert body == {"given_name": "Ada", "middle_name": "Maria", "family_name": "Quint"}, full


def test_a_file_that_uses_up_the_readers_processor_time_is_too_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells in quotes without anything in them: much to read, and little to keep, or memory would end first."""
    monkeypatch.setattr(table_file, "SECONDS", 1)
    crowded = (",".join(['""'] * 50) + "\n").encode() * 299_000
    assert read_apart(io.BytesIO(crowded), 300_000).problem == "too_slow"


@pytest.mark.parametrize(
    ("header", "facts"),
    [
        # By the kinds of lists that other programs write: columns with numbers, brackets, no spaces, or two in one.
        (
            "Client ID|First Name|Middle Name|Last Name|Preferred Name|Date of Birth|Sex|Client Type|Status|Email 1"
            "|Phone (Mobile)|Phone (Home)|Phone (Work)|Street Address 1|Street Address 2|City|State|Zip Code",
            "-|given_name|middle_name|family_name|preferred_name|date_of_birth|sex|client_type|status|email"
            "|mobile_phone|home_phone|work_phone|address_line1|address_line2|city|state|postal_code",
        ),
        (
            "Chart #|Last Name, First Name|D.O.B. (MM/DD/YYYY)|Phone - Mobile|E-mail Address|City/Town|State/Province"
            "|Zip/Postal Code|Date of First Visit",
            "-|full_name|date_of_birth|mobile_phone|email|city|state|postal_code|intake_date",
        ),
        (
            "LegalFirstName|LegalLastName|DateOfBirth|MobilePhone|HomeAddress|HomeCity|HomeState|HomeZip|AccountStatus",
            "given_name|family_name|date_of_birth|mobile_phone|address_line1|city|state|postal_code|status",
        ),
    ],
)
def test_columns_are_known_by_the_headers_of_other_programs(header: str, facts: str) -> None:
    read = header.split("|")
    columns = mapped(read, {})
    found = {position: fact for fact, position in columns.fields.items()}
    assert [found.get(position, "-") for position in range(len(read))] == facts.split("|")


def test_a_type_that_says_nothing_is_left_to_the_age() -> None:
    types = {"Individual": None, "Child": "minor", "COUPLE": "couple", "robot": "robot"}
    assert {cell: body_of({"client_type": 0}, [cell], [], TODAY).get("client_type") for cell in types} == types
