"""Whether a signed treatment plan was in force at a date of service, as billing is told, whatever is written later."""

from __future__ import annotations

from typing import Any

from services.clinical.tests.conftest import SOAP, Clinic

PROBLEMS = [{"description": "Worry", "goals": [{"description": "Sleep", "objectives": [{"description": "7 hours"}]}]}]


def done(response: Any) -> dict[str, Any]:
    """The answer to a request that was done."""
    assert response.status_code in (200, 201), response.text
    return dict(response.json)


def plan(clinic: Clinic, effective_from: str, case_id: str | None = None, *, signed: bool = True) -> str:
    """The path of a plan of the case."""
    body = {"effective_from": effective_from, "problems": PROBLEMS}
    made = done(clinic.therapist.post(f"/cases/{case_id or clinic.case_id}/treatment-plans", body))
    path = f"/treatment-plans/{made['id']}"
    if signed:
        done(clinic.therapist.post(f"{path}/sign"))
    return path


def document(clinic: Clinic, day: str, case_id: str | None = None) -> str:
    """The id of an appointment with a signed note in the case."""
    appointment = clinic.book(f"{day}T10:00")["id"]
    body = {"client_id": clinic.client_id, "template": "soap", "content": SOAP, "case_id": case_id or clinic.case_id}
    note = done(clinic.therapist.post(f"/appointments/{appointment}/notes", body))
    done(clinic.therapist.post(f"/notes/{note['id']}/sign"))
    return str(appointment)


def published(clinic: Clinic, appointment_id: str) -> list[tuple[int, bool]]:
    """(version, whether there was a signed plan), as billing was told of an appointment."""
    rows: list[Any] = [data for (data,) in clinic.documented()]
    return [(row["version"], row["has_signed_plan"]) for row in rows if row["appointment_id"] == appointment_id]


def test_a_later_draft_or_a_discarded_one_takes_no_signed_plan_away(clinic: Clinic) -> None:
    plan(clinic, "2026-10-01")
    draft = plan(clinic, "2026-10-05", signed=False)
    assert published(clinic, document(clinic, "2026-10-06")) == [(1, True)]
    done(clinic.therapist.post(f"{draft}/discard", {"reason": "Not needed."}))
    assert published(clinic, document(clinic, "2026-10-07")) == [(1, True)]


def test_a_draft_or_a_discarded_plan_alone_is_none(clinic: Clinic) -> None:
    draft = plan(clinic, "2026-10-01", signed=False)
    assert published(clinic, document(clinic, "2026-10-06")) == [(1, False)]
    done(clinic.therapist.post(f"{draft}/discard", {"reason": "Not needed."}))
    assert published(clinic, document(clinic, "2026-10-07")) == [(1, False)]


def test_a_plan_counts_from_its_day_on_and_a_later_one_follows_it(clinic: Clinic) -> None:
    plan(clinic, "2026-10-06")
    plan(clinic, "2026-10-08")
    by_day = {
        day: published(clinic, document(clinic, day))
        for day in ("2026-10-05", "2026-10-06", "2026-10-07", "2026-10-08")
    }
    assert by_day == {
        "2026-10-05": [(1, False)],
        "2026-10-06": [(1, True)],
        "2026-10-07": [(1, True)],
        "2026-10-08": [(1, True)],
    }


def test_a_plan_is_its_own_cases_open_or_closed(clinic: Clinic) -> None:
    other = clinic.open_case(clinic.therapist, clinic.client_id)
    plan(clinic, "2026-10-01")
    assert published(clinic, document(clinic, "2026-10-06", other)) == [(1, False)]
    assert published(clinic, document(clinic, "2026-10-07")) == [(1, True)]
    begun = done(
        clinic.therapist.post(
            f"/appointments/{clinic.book('2026-10-08T10:00')['id']}/notes",
            {"client_id": clinic.client_id, "template": "soap", "content": SOAP, "case_id": clinic.case_id},
        )
    )
    done(clinic.therapist.patch(f"/cases/{clinic.case_id}", {"status": "closed"}))
    assert published(clinic, document(clinic, "2026-10-09", other)) == [(1, False)], "of a closed case"
    done(clinic.therapist.post(f"/notes/{begun['id']}/sign"))
    assert published(clinic, begun["appointment_id"]) == [(1, True)], "what was begun is finished under its plan"
    plan(clinic, "2026-10-01", other)
    assert published(clinic, begun["appointment_id"]) == [(1, True)]


def test_a_plan_that_is_signed_later_is_told_of_the_sessions_that_had_none(clinic: Clinic) -> None:
    other = clinic.open_case(clinic.therapist, clinic.client_id)
    before, after = document(clinic, "2026-10-05"), document(clinic, "2026-10-07")
    elsewhere = document(clinic, "2026-10-08", other)
    draft = plan(clinic, "2026-10-06", signed=False)
    assert published(clinic, after) == [(1, False)]
    done(clinic.therapist.post(f"{draft}/sign"))
    assert published(clinic, before) == [(1, False)], "it was not in force yet"
    assert published(clinic, after) == [(1, False), (2, True)]
    assert published(clinic, elsewhere) == [(1, False)]
    plan(clinic, "2026-10-07")
    assert published(clinic, after) == [(1, False), (2, True)], "nothing is new of it"
    plan(clinic, "2026-10-01")
    assert published(clinic, before) == [(1, False), (2, True)]
    assert published(clinic, after) == [(1, False), (2, True)]


def test_a_signature_that_is_refused_tells_nothing(clinic: Clinic) -> None:
    appointment = document(clinic, "2026-10-07")
    body = {"effective_from": "2026-10-01", "problems": [{"description": "Worry"}]}
    path = (
        f"/treatment-plans/{done(clinic.therapist.post(f'/cases/{clinic.case_id}/treatment-plans', body))['id']}/sign"
    )
    assert clinic.therapist.post(path).json["code"] == "plan_without_objective"
    stranger = clinic.staff("therapist", grants=("assigned_only",))
    assert stranger.post(path).status_code == 404
    assert published(clinic, appointment) == [(1, False)]
