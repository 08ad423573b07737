"""Why a case was closed and opened again is kept, with who and when."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from services.clinical.cases.rules import CLOSING_REASONS
from services.clinical.tests.conftest import Clinic
from shared.ids import new_id

WHY = {"closing_reason": "goals_met", "reason": "Six weeks without an attack."}


def change(clinic: Clinic, **changes: Any) -> Any:
    return clinic.therapist.patch(f"/cases/{clinic.case_id}", changes)


def history(clinic: Clinic) -> list[dict[str, Any]]:
    response = clinic.therapist.get(f"/cases/{clinic.case_id}/status/history")
    assert response.status_code == 200, response.text
    return list(response.json["items"])


def test_a_reason_is_kept_with_who_and_when_the_newest_first(clinic: Clinic) -> None:
    assert history(clinic) == []
    assert change(clinic, status="closed", **WHY).status_code == 200
    assert change(clinic, status="open", reason="Attacks came back.").status_code == 200
    opened, closed = history(clinic)
    assert (closed["status"], closed["closing_reason"], closed["reason"]) == ("closed", *WHY.values())
    assert (opened["status"], opened["closing_reason"], opened["reason"]) == ("open", None, "Attacks came back.")
    for line in (opened, closed):
        assert line["by"] == str(clinic.therapist.staff_id)
        assert line["at"].endswith("Z")
    first = clinic.therapist.get(f"/cases/{clinic.case_id}/status/history", limit=1).json
    assert [line["status"] for line in first["items"]] == ["open"]
    rest = clinic.therapist.get(f"/cases/{clinic.case_id}/status/history", limit=1, cursor=first["next_cursor"]).json
    assert [line["status"] for line in rest["items"]] == ["closed"]


def test_a_program_that_knows_no_reasons_closes_cases_without_one(clinic: Clinic) -> None:
    assert change(clinic, status="closed").json["status"] == "closed"
    (line,) = history(clinic)
    assert (line["closing_reason"], line["reason"]) == (None, None)


def test_what_changes_no_status_leaves_no_line(clinic: Clinic) -> None:
    assert change(clinic, name="Couples").status_code == 200
    assert change(clinic, status="closed", **WHY).json["version"] == 3
    again = change(clinic, status="closed", closing_reason="referred")
    assert (again.status_code, again.json["version"]) == (200, 3)
    assert [line["closing_reason"] for line in history(clinic)] == ["goals_met"]


@pytest.mark.parametrize("reason", CLOSING_REASONS)
def test_each_reason_is_taken(clinic: Clinic, reason: str) -> None:
    assert change(clinic, status="closed", closing_reason=reason, reason="So it is.").status_code == 200
    assert history(clinic)[0]["closing_reason"] == reason


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"closing_reason": "goals_met"}, "closing_reason"),
        ({"status": "open", "closing_reason": "goals_met"}, "closing_reason"),
        ({"name": "Couples", "reason": "Why."}, "reason"),
        ({"status": "closed", "closing_reason": "other"}, "reason"),
        ({"status": "closed", "closing_reason": "bored"}, "closing_reason"),
        ({"status": "closed", "closing_reason": None}, "closing_reason"),
        ({"status": "closed", "reason": "   "}, "reason"),
        ({"status": "closed", "reason": "w" * 501}, "reason"),
    ],
)
def test_a_reason_that_fits_no_change_is_refused(clinic: Clinic, changes: dict[str, Any], field: str) -> None:
    refused = change(clinic, **changes)
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, field)
    assert history(clinic) == []
    assert clinic.therapist.get(f"/cases/{clinic.case_id}").json["status"] == "open"


def test_who_may_not_see_the_case_reads_no_history_of_it(clinic: Clinic) -> None:
    change(clinic, status="closed", **WHY)
    path = f"/cases/{clinic.case_id}/status/history"
    assert clinic.staff("therapist").get(path).status_code == 404
    assert clinic.desk.get(path).status_code == 403
    assert clinic.staff("billing").get(path).status_code == 403
    elsewhere = clinic.web.as_actor("organization_administration", organization_id=new_id())
    assert elsewhere.get(path).status_code == 404
    assert clinic.administrator.get(path).status_code == 200


def test_a_line_never_changes(clinic: Clinic) -> None:
    change(clinic, status="closed", **WHY)
    with psycopg.connect(clinic.database.url("app"), autocommit=True) as connection:
        for statement in ("UPDATE case_status_changes SET reason = 'x'", "DELETE FROM case_status_changes"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
