"""When a service began: on the appointment's day or a day beside it, by clocks that showed it; to be corrected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.clinical.tests.conftest import SOAP, Clinic

GAP = "2026-03-08T02:30"  # New York's clocks skipped it


def begin(clinic: Clinic, appointment: dict[str, Any], at: str) -> Any:
    body = {"client_id": clinic.client_id, "template": "soap", "content": SOAP, "started_at_local": at}
    return clinic.therapist.post(f"/appointments/{appointment['id']}/notes", body)


def correct(clinic: Clinic, appointment: dict[str, Any], at: str) -> Any:
    return clinic.therapist.patch(f"/notes/{clinic.note(appointment['id'])['id']}", {"started_at_local": at})


def amend(clinic: Clinic, appointment: dict[str, Any], at: str) -> Any:
    path = f"/notes/{clinic.note(appointment['id'])['id']}"
    assert clinic.therapist.post(f"{path}/sign").status_code == 200
    return clinic.therapist.post(f"{path}/amendments", {"reason": "stop time", "started_at_local": at})


WAYS = [begin, correct, amend]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("at", "code"),
    [
        (GAP, "time_does_not_exist"),
        ("2199-01-01T10:00", "other_day"),
        ("2026-03-06T23:59", "other_day"),
        ("2026-03-10T00:00", "other_day"),
        ("1970-01-01T10:00", "other_day"),
    ],
)
def test_what_is_wrong_with_the_beginning_is_said_of_it(
    clinic: Clinic, way: Callable[..., Any], at: str, code: str
) -> None:
    refused = way(clinic, clinic.book("2026-03-08T10:00"), at)
    assert refused.status_code == 422, refused.text
    assert [(error["field"], error["code"]) for error in refused.json["errors"]] == [("started_at_local", code)]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("at", "instant"),
    [("2026-03-07T23:30", "2026-03-08T04:30:00Z"), ("2026-03-09T00:10", "2026-03-09T04:10:00Z")],
)
def test_a_day_earlier_or_later_is_taken(clinic: Clinic, way: Callable[..., Any], at: str, instant: str) -> None:
    taken = way(clinic, clinic.book("2026-03-08T10:00"), at)
    assert taken.status_code in (200, 201), taken.text
    shown = taken.json["versions"][-1] if taken.json["versions"] else taken.json
    assert shown["started_at"] == instant


def test_a_draft_goes_back_to_the_start_of_the_appointment(clinic: Clinic) -> None:
    note = begin(clinic, clinic.book("2026-03-09T10:00"), "2026-03-09T10:20").json
    path = f"/notes/{note['id']}"
    assert clinic.therapist.patch(path, {"minutes": 40}).json["started_at"] == "2026-03-09T14:20:00Z"
    back = clinic.therapist.patch(path, {"started_at_local": None}).json
    assert back["started_at"] is None and back["version"] == note["version"] + 2
    assert clinic.therapist.patch(path, {"started_at_local": None}).json["version"] == back["version"]
    signed = clinic.therapist.post(f"{path}/sign").json
    assert signed["versions"][0]["started_at"] == "2026-03-09T14:00:00Z"
