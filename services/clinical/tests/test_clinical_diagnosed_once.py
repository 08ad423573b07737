"""The same diagnosis is in force once on any day."""

from __future__ import annotations

from typing import Any

import pytest

from services.clinical.tests.conftest import Clinic


def add(clinic: Clinic, code: str, rank: int, first: str, last: str | None = None) -> Any:
    body = {"code": code, "rank": rank, "effective_from": first, "effective_to": last}
    return clinic.therapist.post(f"/cases/{clinic.case_id}/diagnoses", body)


def twice(response: Any, field: str) -> None:
    assert response.status_code == 422, response.text
    assert [(error["field"], error["code"], error["value"]) for error in response.json["errors"]] == [
        (field, "code_twice", "F41.1")
    ]


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("F41.1", "2026-02-01", None),
        ("f411", "2026-01-01", "2026-01-31"),
        ("F41.1", "2025-12-01", "2026-01-01"),
        ("F411", "2026-01-31", "2026-03-01"),
        ("f41.1", "2025-01-01", None),
    ],
)
def test_a_code_is_not_added_again_for_a_day_that_has_it(clinic: Clinic, code: str, first: str, last: Any) -> None:
    assert add(clinic, "F41.1", 1, "2026-01-01").status_code == 201
    twice(add(clinic, code, 2, first, last), "code")
    assert add(clinic, "F33.1", 2, first, last).status_code == 201


def test_a_code_comes_back_after_it_ended_and_is_not_stretched_over_itself(clinic: Clinic) -> None:
    first = add(clinic, "F41.1", 1, "2026-01-01", "2026-01-31")
    again = add(clinic, "F41.1", 2, "2026-02-01")
    assert again.status_code == 201
    path = f"/cases/{clinic.case_id}/diagnoses/{first.json['id']}"
    for last in (None, "2026-02-01", "2026-12-31"):
        twice(clinic.therapist.patch(path, {"effective_to": last}), "effective_to")
    assert clinic.therapist.patch(path, {"effective_to": "2026-01-15"}).status_code == 200


def test_what_was_entered_twice_before_can_be_ended(clinic: Clinic) -> None:
    add(clinic, "F41.1", 1, "2026-01-01")
    second = add(clinic, "F33.1", 2, "2026-01-01").json["id"]
    clinic.database.rows("UPDATE diagnoses SET code = 'F41.1' WHERE id = %s RETURNING 1", second)
    path = f"/cases/{clinic.case_id}/diagnoses/{second}"
    assert clinic.therapist.patch(path, {"effective_to": "2026-01-01"}).status_code == 200
    assert clinic.therapist.patch(path, {"rank": 1}).json["errors"][0]["code"] == "rank_taken"
