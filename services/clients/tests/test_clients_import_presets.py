"""Client lists of other programs are recognized by their headers, whatever their order, delimiter and encoding."""

from __future__ import annotations

from typing import Any

import pytest

from services.clients.client_import.columns import FIELDS, mapped
from services.clients.client_import.presets import MARKS_MIN, PRESETS, recognized
from services.clients.tests.conftest import Desk
from services.clients.tests.test_clients_import import few_rows, imported, rows_of  # noqa: F401 - autouse

# Invented lists: program -> encoding, header, rows.
LISTS: dict[str, tuple[str, str, list[str]]] = {
    "simplepractice": (
        "utf-8-sig",
        "Primary Clinician,Client Status,Legal Last Name,Billing Type,Date of Birth,Legal First Name,"
        "What name do they go by?,Client Balance Due,Phone (Mobile)",
        [
            "Nobody Known,Inactive,Müller,Self-pay,12/31/1985,Zoë,Zo,$12.50,(212) 555-0141",
            ",Active,Ruiz,Insurance,2/3/1990,José,,,",
        ],
    ),
    "therapynotes": (
        "utf-16",
        "Assigned Clinician(s)\tPatient Account #\tDOB\tPatient Name\tPatient Status\tPatient Amount Due\t"
        "Patient Since",
        [
            "Nobody Known\t1001\t31-Dec-1985\tMüller, Zoë\tInactive\t12.50\t05-Jan-2024",
            "\t1002\t03-Feb-1990\tRuiz, José\tActive\t\t",
        ],
    ),
    "theranest": (
        "cp1252",
        "Client ID Number;Legal Gender;Default Service Type;Last Name;Assigned Staff;Birthdate;First Name;"
        "Outstanding Client Balance;Client Status",
        [
            "C-1;F;Individual;Müller;Nobody Known;31.12.1985;Zoë;12.50;Inactive",
            "C-2;M;Individual;Ruiz;;03.02.1990;José;;Active",
        ],
    ),
}


@pytest.mark.parametrize("program", sorted(LISTS))
def test_a_list_of_another_program_is_recognized_and_read(desk: Desk, program: str) -> None:
    encoding, header, lines = LISTS[program]
    file = "\r\n".join([header, *lines, ""]).encode(encoding)
    ended = imported(desk, file, dry_run="false")
    assert (ended["preset"], ended["counts"]["errors"]) == (program, 0), rows_of(desk, ended)
    assert (ended["counts"]["created"], ended["counts"]["created_with_problem"]) == (1, 1), "one without a therapist"
    first, second = rows_of(desk, ended)
    assert (first["date_of_birth"], second["date_of_birth"]) == ("1985-12-31", "1990-02-03")
    assert (first["opening_balance_cents"], second["opening_balance_cents"]) == (1_250, None)
    client: dict[str, Any] = desk.desk.get(f"/clients/{first['client_id']}").json
    assert (client["given_name"], client["family_name"], client["status"]) == ("Zoë", "Müller", "archived")


def test_each_preset_says_facts_there_are_in_words_of_its_own() -> None:
    for slug, preset in PRESETS.items():
        assert set(preset.facts.values()) <= set(FIELDS), slug
        assert len(preset.marks) > MARKS_MIN and all(preset.marks | set(preset.facts))
        others = [other for other in PRESETS.values() if other is not preset]
        assert not any(set(preset.facts) & set(other.facts) for other in others), slug


def test_a_list_of_no_program_and_one_with_the_words_of_two_are_nobodys() -> None:
    assert recognized(["First name", "Last name", "Birthdate", "Intake date"]) is None
    assert recognized([]) is None
    two = "Legal first name,Billing type,Primary clinician,Client ID number,Default service type,Legal gender"
    assert recognized(two.split(",")) is None
    header = LISTS["theranest"][1].split(";")
    assert recognized(list(reversed(header))) == "theranest"
    assert mapped(header, {"Assigned Staff": None}).fields.get("therapist") is None, "what somebody says comes first"
