"""A signature keeps the name and the credentials it was given with, whatever its signer is called later."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.clinical.tests.conftest import Clinic
from services.clinical.tests.test_clinical_worklist import PLAN
from shared.contracts.identity import Licence, StaffChanged
from shared.testing.web import ServiceClient

LICENCES = (Licence("L", "NY", date(2035, 1, 1)),)


def is_called(
    clinic: Clinic,
    staff: ServiceClient,
    version: int,
    name: str,
    *credentials: str,
    untold: bool = False,
    supervisor: ServiceClient | None = None,
) -> None:
    """Identity tells how a member of staff is called from now on; `untold`: it says nothing of credentials."""
    clinic.emit(
        StaffChanged(
            organization_id=clinic.organization_id,
            staff_id=staff.staff_id,
            version=version,
            display_name=name,
            active=True,
            levels=("therapist",),
            licences=LICENCES,
            supervisor_id=supervisor.staff_id if supervisor else None,
            supervision_mode="co_sign" if supervisor else None,
            credentials=None if untold else credentials,
        )
    )


def signer(signed: dict[str, Any], who: str = "signed_by") -> tuple[str | None, list[str] | None]:
    """The name and the credentials that a signature shows."""
    return signed[f"{who}_name"], signed[f"{who}_credentials"]


def draft(clinic: Clinic, author: ServiceClient, start: str) -> str:
    """The path of a complete draft."""
    appointment = clinic.book(start, staff_id=str(author.staff_id))
    body = {"client_id": clinic.client_id, "template": "narrative", "content": {"text": "x"}, "minutes": 55}
    response = author.post(f"/appointments/{appointment['id']}/notes", body)
    assert response.status_code == 201, response.text
    return f"/notes/{response.json['id']}"


def done(response: Any) -> dict[str, Any]:
    """The answer to a request that was done."""
    assert response.status_code in (200, 201), response.text
    return dict(response.json)


def test_each_version_and_addendum_shows_who_signed_it_as_they_were_called_then(clinic: Clinic) -> None:
    therapist = clinic.therapist
    is_called(clinic, therapist, 2, "Dana Whitfield", "LMSW")
    path = draft(clinic, therapist, "2026-10-06T09:00")
    unsigned = done(therapist.get(path))
    assert signer(unsigned) == (None, None)
    signed = done(therapist.post(f"{path}/sign"))
    assert signer(signed) == signer(signed["versions"][0]) == ("Dana Whitfield", ["LMSW"])
    assert signer(signed["versions"][0], "countersigned_by") == (None, None)
    is_called(clinic, therapist, 3, "Dana Whitfield-Cole", "LCSW", "CADC")
    added = done(therapist.post(f"{path}/addenda", {"text": "The client called."}))
    assert signer(added) == ("Dana Whitfield-Cole", ["LCSW", "CADC"])
    done(therapist.post(f"{path}/amendments", {"reason": "minutes", "minutes": 45}))
    is_called(clinic, therapist, 4, "Dana Cole")
    shown = done(therapist.get(path))
    assert [signer(version) for version in shown["versions"]] == [
        ("Dana Whitfield", ["LMSW"]),
        ("Dana Whitfield-Cole", ["LCSW", "CADC"]),
    ]
    assert signer(shown) == signer(shown["versions"][1])
    assert [signer(addendum) for addendum in shown["addenda"]] == [("Dana Whitfield-Cole", ["LCSW", "CADC"])]
    assert done(therapist.get(f"{path}/addenda/{added['id']}")) == added
    again = done(therapist.post(f"{path}/addenda", {"text": "And once more."}))
    assert signer(again) == ("Dana Cole", []), "known to have none"


def test_a_supervised_signature_is_that_of_the_day_it_was_handed_in(clinic: Clinic) -> None:
    supervisor, intern = clinic.staff("therapist"), clinic.staff("therapist")
    clinic.assign(clinic.client_id, intern)
    is_called(clinic, supervisor, 2, "Tom Reyes", "PhD")
    is_called(clinic, intern, 2, "Ines Ito", "MHC-LP", supervisor=supervisor)
    path = draft(clinic, intern, "2026-10-06T09:00")
    assert signer(done(intern.post(f"{path}/submit"))) == (None, None), "nothing is sealed yet"
    is_called(clinic, intern, 3, "Ines Ito", "LMHC", supervisor=supervisor)
    (version,) = done(supervisor.post(f"{path}/co-sign"))["versions"]
    assert signer(version) == ("Ines Ito", ["MHC-LP"])
    assert signer(version, "countersigned_by") == ("Tom Reyes", ["PhD"])
    is_called(clinic, supervisor, 3, "Tom Reyes-Marin", "PhD", "ABPP")
    (version,) = done(intern.get(path))["versions"]
    assert signer(version, "countersigned_by") == ("Tom Reyes", ["PhD"])

    taken_back = draft(clinic, intern, "2026-10-06T11:00")
    done(intern.post(f"{taken_back}/submit"))
    done(intern.post(f"{taken_back}/withdraw"))
    is_called(clinic, intern, 4, "Ines Ito", "LMHC", "CASAC", supervisor=supervisor)
    done(intern.post(f"{taken_back}/submit"))
    (version,) = done(supervisor.post(f"{taken_back}/co-sign"))["versions"]
    assert signer(version) == ("Ines Ito", ["LMHC", "CASAC"]), "the last signature counts"


def test_what_was_signed_before_names_were_kept_shows_the_name_of_today(clinic: Clinic) -> None:
    supervisor, intern = clinic.staff("therapist"), clinic.staff("therapist")
    clinic.assign(clinic.client_id, intern)
    is_called(clinic, intern, 2, "Ines Ito", "LMHC", supervisor=supervisor)
    path = draft(clinic, intern, "2026-10-06T09:00")
    done(intern.post(f"{path}/submit"))
    done(supervisor.post(f"{path}/co-sign"))
    done(supervisor.post(f"{path}/addenda", {"text": "x"}))
    forget = "UPDATE {} SET signer_name = NULL, signer_credentials = NULL{} WHERE organization_id = %s RETURNING 1"
    besides = ", countersigner_name = NULL, countersigner_credentials = NULL"
    clinic.database.rows(forget.format("note_versions", besides), clinic.organization_id)
    clinic.database.rows(forget.format("addenda", ""), clinic.organization_id)
    is_called(clinic, intern, 3, "Ines Moreau", "LMHC", supervisor=supervisor)
    is_called(clinic, supervisor, 2, "Tom Reyes", "PhD")
    shown = done(intern.get(path))
    assert signer(shown) == signer(shown["versions"][0]) == ("Ines Moreau", None), "what stood behind it is not known"
    assert signer(shown["versions"][0], "countersigned_by") == ("Tom Reyes", None)
    assert signer(shown["addenda"][0]) == ("Tom Reyes", None)


def test_a_plan_keeps_the_name_and_the_credentials_it_was_signed_with(clinic: Clinic) -> None:
    therapist = clinic.therapist
    is_called(clinic, therapist, 2, "Dana Whitfield", "LCSW")
    paths = []
    for day in ("2026-01-01", "2026-02-01"):
        plan = done(therapist.post(f"/cases/{clinic.case_id}/treatment-plans", {**PLAN, "effective_from": day}))
        assert signer(plan) == (None, None), "a draft"
        paths.append(f"/treatment-plans/{plan['id']}")
        assert signer(done(therapist.post(f"{paths[-1]}/sign"))) == ("Dana Whitfield", ["LCSW"])
    is_called(clinic, therapist, 3, "Dana Cole", "PhD")
    for path in paths:
        assert signer(done(therapist.get(path))) == ("Dana Whitfield", ["LCSW"])
    listed = done(therapist.get(f"/cases/{clinic.case_id}/treatment-plans"))["items"]
    assert [signer(plan)[0] for plan in listed] == ["Dana Whitfield"] * 2


def test_an_event_that_says_nothing_of_credentials_takes_none_away(clinic: Clinic) -> None:
    therapist = clinic.therapist
    is_called(clinic, therapist, 2, "Dana Whitfield", untold=True)
    signed = done(therapist.post(f"{draft(clinic, therapist, '2026-10-06T09:00')}/sign"))
    assert signer(signed) == ("Dana Whitfield", None), "not known yet"
    is_called(clinic, therapist, 3, "Dana Whitfield", "LCSW")
    is_called(clinic, therapist, 4, "Dana Cole", untold=True)
    signed = done(therapist.post(f"{draft(clinic, therapist, '2026-10-06T11:00')}/sign"))
    assert signer(signed) == ("Dana Cole", ["LCSW"])
