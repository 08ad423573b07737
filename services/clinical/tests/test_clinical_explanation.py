"""The explanation of who sees what says what happens."""

from __future__ import annotations

import itertools
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clinical.access import rules
from services.clinical.tests.conftest import Clinic
from services.clinical.tests.emergency import break_glass, decide
from shared import permissions
from shared.actor import Person
from shared.contracts.identity import StaffChanged
from shared.ids import new_id
from shared.testing.web import ServiceClient


def explained(asker: ServiceClient, client_id: str, staff: ServiceClient | None = None) -> dict[str, dict[str, Any]]:
    response = asker.get(
        "/access/explain", client_id=client_id, limit=200, **({"staff_id": str(staff.staff_id)} if staff else {})
    )
    assert response.status_code == 200, response.text
    return {item["staff_id"]: item for item in response.json["items"]}


LEVEL_SETS = [
    levels
    for size in (1, 2)
    for levels in itertools.combinations(("default", "billing", "therapist", "administration"), size)
] + [("organization_administration",)]


@pytest.mark.parametrize("restricts", [False, True])
@pytest.mark.parametrize("assigned", [False, True])
def test_the_explanation_is_what_happens(open_clinic: Clinic, *, restricts: bool, assigned: bool) -> None:
    clinic = open_clinic
    decide(clinic, 3, break_glass_enabled=True, restricts_administration=restricts)
    everybody = []
    for levels in LEVEL_SETS:
        for grants in ((), ("assigned_only",)):
            member = clinic.staff(*levels, grants=grants)
            clinic.emit(
                StaffChanged(
                    organization_id=clinic.organization_id,
                    staff_id=member.staff_id,
                    version=2,
                    display_name="Somebody",
                    active=True,
                    levels=levels,
                    grants=grants,
                )
            )
            if assigned:
                clinic.assign(clinic.client_id, member)
            everybody.append(
                clinic.web.as_actor(
                    *levels,
                    organization_id=clinic.organization_id,
                    staff_id=member.staff_id,
                    grants=grants,
                    restricts_administration=restricts,
                    emergency_access=True,
                )
            )
    verdicts = explained(clinic.administrator, clinic.client_id)
    for person in everybody:
        verdict = verdicts[str(person.staff_id)]
        opened = person.get(f"/cases/{clinic.case_id}").status_code == 200
        assert verdict["clinical"]["allowed"] == opened, (person.staff_id, verdict)
        booked = person.post("/appointments", clinic.booking("2031-03-04T10:00", staff_id=str(new_id())))
        assert verdict["record"]["allowed"] == ("client_ids" not in booked.text), verdict
        own = person.get("/access/explain", client_id=clinic.client_id, staff_id=str(person.staff_id))
        if verdict["record"]["allowed"]:
            (mine,) = own.json["items"]
            assert mine["clinical"] == verdict["clinical"]
            assert bool(mine["cases"]) == opened
        else:
            assert own.status_code == 404


def test_the_explanation_names_broken_glass_and_the_deactivated(open_clinic: Clinic) -> None:
    clinic, colleague = open_clinic, open_clinic.staff("therapist")
    left = clinic.staff("therapist", active=False)
    assert explained(clinic.administrator, clinic.client_id)[str(colleague.staff_id)]["clinical"] == {
        "allowed": False,
        "rule": "not_on_case",
        "because": "Not on this case.",
    }
    break_glass(clinic, colleague)
    found = explained(clinic.administrator, clinic.client_id)
    assert found[str(colleague.staff_id)]["clinical"]["rule"] == "break_glass"
    assert found[str(left.staff_id)]["record"]["rule"] == "inactive"
    assert found[str(clinic.administrator.staff_id)]["clinical"]["rule"] == "administrator"
    assert found[str(clinic.therapist.staff_id)]["cases"][0]["verdict"]["rule"] == "on_case"


def test_others_are_explained_to_whoever_manages_the_staff(clinic: Clinic) -> None:
    (own,) = explained(clinic.desk, clinic.client_id, clinic.desk).values()
    assert (own["clinical"]["rule"], own["record"]["rule"], own["cases"]) == ("no_level", "everybody", [])
    client = {"client_id": clinic.client_id}
    assert clinic.desk.get("/access/explain", **client).status_code == 403
    assert clinic.desk.get("/access/explain", **client, staff_id=str(clinic.therapist.staff_id)).status_code == 403
    unknown = str(UUID(int=7))
    assert clinic.administrator.get("/access/explain", **client, staff_id=unknown).status_code == 404
    assert clinic.administrator.get("/access/explain", client_id=unknown).status_code == 404
    assert clinic.administrator.get("/access/explain").status_code == 422


PEOPLE = st.builds(
    Person,
    organization_id=st.just(UUID(int=1)),
    staff_id=st.just(UUID(int=2)),
    levels=st.frozensets(st.sampled_from(sorted(permissions.LEVELS))),
    grants=st.frozensets(st.sampled_from(sorted(permissions.GRANTS))),
    restrictions=st.frozensets(st.sampled_from(permissions.Restriction)),
)
STANDINGS = st.builds(
    rules.Standing, person=PEOPLE, active=st.booleans(), assigned=st.booleans(), broke_glass=st.booleans()
)


@given(STANDINGS, st.lists(st.booleans(), max_size=4))
def test_an_explanation_holds_together(standing: rules.Standing, memberships: list[bool]) -> None:
    cases = [rules.case(standing, on_case=membership) for membership in memberships]
    whole = rules.clinical(cases, rules.case(standing, on_case=False))
    every = [rules.record(standing), rules.ledger(standing), whole, *cases]
    assert all(verdict.because for verdict in every)
    assert standing.active or not any(verdict.allowed for verdict in every)
    assert not rules.ledger(standing).allowed or rules.record(standing).allowed
    if cases:
        assert whole.allowed == any(verdict.allowed for verdict in cases)
    if not standing.person.may("cases:read"):
        assert not whole.allowed
