"""A diagnosis that is corrected for a documented date: billing is told of the session anew, under the next version."""

from __future__ import annotations

from datetime import date

import pytest

from services.clinical.diagnoses.rules import InForce, Period, codes_on
from shared.ids import new_id


def diagnose(clinic, code, rank, first, last=None):
    body = {"code": code, "rank": rank, "effective_from": first, "effective_to": last}
    response = clinic.therapist.post(f"/cases/{clinic.case_id}/diagnoses", body)
    assert response.status_code == 201, response.text
    return f"/cases/{clinic.case_id}/diagnoses/{response.json['id']}"


def change(clinic, diagnosis, **changes):
    response = clinic.therapist.patch(diagnosis, changes)
    assert response.status_code == 200, response.text


def sign(clinic, day):
    appointment = clinic.book(f"{day}T10:00")["id"]
    note = clinic.note(appointment)["id"]
    assert clinic.therapist.post(f"/notes/{note}/sign").status_code == 200
    return appointment, note


def told(clinic, appointment):
    """(version, codes) of what billing was told of an appointment."""
    rows = [data for (data,) in clinic.documented() if data["appointment_id"] == appointment]
    return [(data["version"], data["diagnosis_codes"]) for data in rows]


def test_another_diagnosis_for_the_day_is_told(clinic):
    first = diagnose(clinic, "F41.1", 1, "2026-09-01")
    appointment, note = sign(clinic, "2026-10-05")
    before = clinic.therapist.get(f"/appointments/{appointment}").json["version"]
    change(clinic, first, effective_to="2026-10-04")
    diagnose(clinic, "F33.1", 1, "2026-10-05")
    assert told(clinic, appointment) == [(1, ["F41.1"]), (2, []), (3, ["F33.1"])]
    sent = [data for (data,) in clinic.documented()]
    same = [{name: value for name, value in row.items() if name not in ("version", "diagnosis_codes")} for row in sent]
    assert same[0] == same[1] == same[2], "nothing else of it has changed"
    assert clinic.therapist.get(f"/appointments/{appointment}").json["version"] == before
    assert len(clinic.therapist.get(f"/notes/{note}").json["versions"]) == 1, "what was signed stays as it was"


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"rank": 3}, ["F33.1", "F41.1"]),
        ({"effective_to": "2026-10-04"}, ["F33.1"]),
        ({"effective_to": "2026-10-05"}, None),
    ],
)
def test_each_change_is_told_where_it_changes_what_is_in_force(clinic, changes, codes):
    first = diagnose(clinic, "F41.1", 1, "2026-09-01")
    diagnose(clinic, "F33.1", 2, "2026-09-01")
    appointment, _ = sign(clinic, "2026-10-05")
    change(clinic, first, **changes)
    assert told(clinic, appointment)[1:] == ([(2, codes)] if codes else [])


def test_an_error_and_swapped_ranks_are_told(clinic):
    first = diagnose(clinic, "F41.1", 1, "2026-09-01")
    second = diagnose(clinic, "F33.1", 2, "2026-09-01")
    appointment, _ = sign(clinic, "2026-10-05")
    change(clinic, first, swap_with=second.rpartition("/")[2])
    change(clinic, second, entered_in_error={"reason": "another client's"})
    assert told(clinic, appointment) == [(1, ["F41.1", "F33.1"]), (2, ["F33.1", "F41.1"]), (3, ["F41.1"])]


def test_only_sessions_of_the_days_that_it_corrects_are_told(clinic):
    early, _ = sign(clinic, "2026-09-07")
    late, _ = sign(clinic, "2026-10-05")
    open_draft = clinic.book("2026-10-06T10:00")["id"]
    clinic.note(open_draft)
    diagnose(clinic, "F41.1", 1, "2026-10-01")
    assert (told(clinic, early), told(clinic, late)) == ([(1, [])], [(1, []), (2, ["F41.1"])])
    assert told(clinic, open_draft) == [], "what is not signed is not told"


def test_a_note_whose_next_version_is_being_written_is_told_as_it_was_signed(clinic):
    appointment, note = sign(clinic, "2026-10-05")
    assert clinic.therapist.post(f"/notes/{note}/reopen", {"reason": "minutes"}).status_code == 200
    assert clinic.therapist.patch(f"/notes/{note}", {"minutes": 58}).status_code == 200
    diagnose(clinic, "F41.1", 1, "2026-09-01")
    minutes = [data["minutes"] for (data,) in clinic.documented()]
    assert (told(clinic, appointment), minutes) == ([(1, []), (2, ["F41.1"])], [55, 55])
    assert clinic.therapist.post(f"/notes/{note}/sign").status_code == 200
    assert told(clinic, appointment)[-1] == (3, ["F41.1"])


def test_the_codes_of_a_day():
    def rank(n, code, first, last):
        return InForce(n, new_id(), code, Period(date(2026, 1, first), last and date(2026, 1, last)))

    diagnoses = [rank(1, "F41.1", 1, 10), rank(1, "F33.1", 11, None), rank(2, "F10.20", 5, 20)]
    assert codes_on(diagnoses, date(2026, 1, 4)) == ("F41.1",)
    assert codes_on(diagnoses, date(2026, 1, 10)) == ("F41.1", "F10.20")
    assert codes_on(diagnoses, date(2026, 1, 11)) == ("F33.1", "F10.20")
