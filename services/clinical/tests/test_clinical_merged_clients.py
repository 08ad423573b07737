"""Clinical's part in merging two clients: what it says to it, the hold, the map, and what the old id means."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from services.clinical.agenda.models import Attendee
from services.clinical.cases.models import Case
from services.clinical.copies.models import ClientCopy
from services.clinical.copies.queries import of_family
from services.clinical.tests.conftest import Clinic
from services.clinical.tests.merging import agree, decide, merge, propose, unmerge
from services.clinical.tests.test_clinical_hand_over import in_days
from shared.client_changes import NotHereYet
from shared.client_families import FAMILY_MAX, TooManyMerged, ensure_room, family, survivors
from shared.contracts.clients import ChangeDecided, ClientChanged
from shared.database.session import Database
from shared.ids import new_id
from shared.testing.plans import plan_of


@pytest.fixture
def two(clinic: Clinic) -> tuple[str, str]:
    """The client who ends, and the one who stays; the therapist sees both."""
    return clinic.client(clinic.therapist), clinic.client(clinic.therapist)


def test_both_are_held_while_it_is_decided_and_the_map_is_set(clinic: Clinic, two: tuple[str, str]) -> None:
    ends, stays = two
    change, answers = propose(clinic, "merge", ends, stays)
    assert answers == ["ready"]
    for client_id in two:
        refused = clinic.administrator.post("/cases", {"client_id": client_id, "name": "Individual"})
        assert (refused.status_code, refused.json["code"]) == (409, "client_held")
    _, others = propose(clinic, "merge", stays, clinic.client())
    assert others == ["being_changed"]
    for _ in range(2):
        decide(clinic, change)
    rows = "SELECT merged_into, held_by FROM client_copies WHERE id = ANY(%s) ORDER BY merged_into NULLS LAST"
    both = [UUID(client_id) for client_id in two]
    assert clinic.database.rows(rows, both) == [(UUID(stays), None), (None, None)]
    clinic.emit(ClientChanged(clinic.organization_id, UUID(ends), 5, "Ada Stays", "active"))
    assert clinic.database.rows(rows, both)[0] == (UUID(stays), None), "an event of the client leaves it"
    assert clinic.open_case(clinic.administrator, ends), "nobody is held any longer"
    unmerge(clinic, ends, stays)
    assert clinic.database.rows(rows, both) == [(None, None)] * 2


def test_a_merge_that_is_dropped_changes_nothing(clinic: Clinic, two: tuple[str, str]) -> None:
    change, _ = propose(clinic, "merge", *two)
    decide(clinic, change, applies=False)
    assert clinic.therapist.get(f"/clients/{two[0]}/cases").status_code == 200
    assert clinic.open_case(clinic.administrator, two[0])


def test_two_who_were_booked_together_are_not_merged(clinic: Clinic, two: tuple[str, str]) -> None:
    ends, stays = two
    clinic.book(in_days(9, 9), client_ids=[ends, stays])
    assert propose(clinic, "merge", ends, stays)[1] == ["same_appointment"]
    other = clinic.client()
    clinic.book(in_days(10, 9), client_ids=[other, ends])
    agree(clinic, "merge", ends, clinic.client_id)
    assert propose(clinic, "merge", other, clinic.client_id)[1] == ["same_appointment"], "with one of the family"


def test_two_in_one_group_at_one_time_are_not_merged(clinic: Clinic, two: tuple[str, str]) -> None:
    body = {"name": "Mondays", "staff": [str(clinic.therapist.staff_id)], "members": list(two)}
    group = clinic.administrator.post("/groups", body)
    assert group.status_code == 201, group.text
    assert propose(clinic, "merge", *two)[1] == ["same_appointment"]


def test_nobody_of_a_family_is_deleted(clinic: Clinic, two: tuple[str, str]) -> None:
    merge(clinic, *two)
    for client_id in two:
        assert propose(clinic, "delete", client_id)[1] == ["used"]
    unmerge(clinic, *two)
    assert propose(clinic, "delete", two[0])[1] == ["ready"]


def test_the_end_of_a_merge_waits_for_the_merge_and_a_merge_for_its_client(
    clinic: Clinic, two: tuple[str, str]
) -> None:
    with pytest.raises(NotHereYet):
        propose(clinic, "unmerge", *two)
    gone = ChangeDecided(clinic.organization_id, new_id(), 2, "merge", (new_id(), UUID(two[1])), applies=True)
    with pytest.raises(NotHereYet):
        clinic.emit(gone)


def test_who_belongs_together_is_read_from_an_index(
    clinic: Clinic, two: tuple[str, str], clinical_worker: Database
) -> None:
    ends, stays = map(UUID, two)
    third = UUID(clinic.client())
    merge(clinic, *two)
    merge(clinic, str(third), str(stays))
    here = clinic.organization_id
    with clinical_worker.transaction(here) as session:
        members = (stays, *sorted([ends, third]))
        assert family(session, ClientCopy, here, stays) == members
        assert family(session, ClientCopy, here, ends) == (ends,)
        copy = session.get(ClientCopy, (here, stays))
        assert copy is not None and copy.family == members
        assert survivors(session, ClientCopy, here, {stays}) == {}
        assert survivors(session, ClientCopy, here, {ends, stays, new_id()}) == {ends: stays}
    plan = plan_of(clinic.database, here, "SELECT id FROM client_copies WHERE merged_into = %s", stays)
    assert "ix_client_copies_merged" in plan and "Sort" not in plan
    for column, index in ((Attendee.client_id, "ix_attendees_client_start"), (Case.client_id, "ix_cases_client")):
        theirs = select(column).where(column.class_.organization_id == here, of_family(column, here, [stays]))
        plan = plan_of(clinic.database, here, theirs)
        assert index in plan and "Sort" not in plan and "Seq Scan" not in plan, plan
    ensure_room(tuple(new_id() for _ in range(FAMILY_MAX - 1)))
    with pytest.raises(TooManyMerged):
        ensure_room(tuple(new_id() for _ in range(FAMILY_MAX)))


def test_the_old_address_leads_to_the_new_one_for_who_may_see_it(clinic: Clinic, two: tuple[str, str]) -> None:
    ends, stays = two
    merge(clinic, ends, stays)
    moved = clinic.therapist.get(f"/clients/{ends}/appointments", limit=5)
    assert moved.status_code == 308
    assert moved.headers["Location"] == f"/api/v1/clients/{stays}/appointments?limit=5"
    assert moved.headers["Cache-Control"] == "no-store"
    assert (moved.json["code"], moved.json["errors"][0]["value"]) == ("client_merged", stays)
    stranger = clinic.staff("therapist", grants=("assigned_only",))
    assert stranger.get(f"/clients/{ends}/appointments").status_code == 404
    hidden = stranger.post("/cases", {"client_id": ends, "name": "Individual"})
    assert hidden.status_code in (403, 422), hidden.text
    unmerge(clinic, ends, stays)
    assert clinic.therapist.get(f"/clients/{ends}/appointments").status_code == 200


def test_an_old_id_in_a_body_means_who_stays_and_a_first_answer_is_given_again(
    clinic: Clinic, two: tuple[str, str]
) -> None:
    ends, stays = two
    body, key = {"client_id": ends, "name": "Individual"}, str(new_id())
    first = clinic.administrator.post("/cases", body, Idempotency_Key=key)
    merge(clinic, ends, stays)
    again = clinic.administrator.post("/cases", body, Idempotency_Key=key)
    assert (again.status_code, again.json) == (201, first.json)
    later = clinic.administrator.post("/cases", {**body, "name": "Couple"})
    assert (first.json["client_id"], later.json["client_id"]) == (ends, stays)
