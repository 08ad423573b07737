"""Finding members of staff: by the beginnings of their names and addresses, from an index at any size."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import and_, select

from services.identity.staff import queries
from services.identity.staff.models import Staff
from shared.ids import new_id
from shared.testing.plans import plan_of

MANY = 3_000


def found(person, query, **more):
    response = person.web.get("/staff", query=query, **more)
    assert response.status_code == 200, response.json
    return [member["id"] for member in response.json["items"]]


def test_somebody_is_found_by_the_beginnings_of_names_and_address(practice):
    maria = practice.invite("therapist", given_name="María-José", family_name="De la Cruz", email="mj.cruz@x.test")
    jorg = practice.invite("default", given_name="Jörg", family_name="Müller", email="office@y.test")
    for query in ("mar", "jose de", "cruz", "DELACRUZ", "mj.c", "MJ.Cruz@x.test", "mj"):
        assert found(practice.owner, query) == [str(maria.id)], query
    for query in ("muller", "Mueller jo", "joerg", "office@"):
        assert found(practice.owner, query) == [str(jorg.id)], query
    for query in ("ruz", "%", "_", "mar mueller", "office cruz", "@y.test"):
        assert found(practice.owner, query) == [], query
    assert practice.owner.web.get("/staff", query=" ").status_code == 422


def test_a_new_name_and_a_new_address_count_at_once_and_the_old_ones_no_longer(practice):
    person = practice.invite("default", given_name="Ann", family_name="Before", email="ann.before@x.test")
    change = {"family_name": "After", "email": "ann.after@x.test"}
    assert practice.owner.web.patch(person.path, change).status_code == 200
    assert found(practice.owner, "after") == found(practice.owner, "ann.a") == [str(person.id)]
    assert found(practice.owner, "before") == found(practice.owner, "ann.b") == []
    practice.owner.web.patch(person.path, {"job_title": "Director"})
    assert found(practice.owner, "after") == [str(person.id)]


def test_a_search_goes_with_the_other_filters_and_for_every_colleague(practice):
    gone = practice.member("therapist", given_name="Zed", family_name="Gone")
    here = practice.member("therapist", given_name="Zed", family_name="Here")
    assert practice.owner.web.patch(gone.path, {"active": False}).status_code == 200
    assert found(practice.owner, "zed", active=True) == [str(here.id)]
    assert found(practice.owner, "zed", active=False) == [str(gone.id)]
    assert found(here, "zed") == [str(gone.id), str(here.id)]


def test_members_are_had_by_their_ids(practice):
    first, second = practice.invite("default"), practice.invite("default")
    practice.invite("default")
    shown = practice.owner.web.get("/staff", ids=f"{second.id},{first.id},{uuid4()}").json["items"]
    assert {member["id"] for member in shown} == {str(first.id), str(second.id)}
    assert practice.owner.web.get("/staff", ids="x").status_code == 422
    assert practice.owner.web.get("/staff", ids=",".join(str(uuid4()) for _ in range(101))).status_code == 422


@pytest.mark.abuse("A-TEN-staff-search")
def test_nobody_of_another_practice_is_found(practice, new_practice):
    other_practice = new_practice()
    theirs = other_practice.invite("default", given_name="Quentin", family_name="Elsewhere")
    assert found(practice.owner, "quentin") == []
    assert practice.owner.web.get("/staff", ids=str(theirs.id)).json["items"] == []
    assert found(other_practice.owner, "quentin") == [str(theirs.id)]


def test_pages_of_a_search_hold_everybody_once(practice):
    wanted = {str(practice.invite("default", given_name=f"Pat{n}", family_name="Page").id) for n in range(5)}
    seen, cursor = [], None
    while True:
        page = practice.owner.web.get("/staff", query="pat", limit=2, **({"cursor": cursor} if cursor else {})).json
        seen += [member["id"] for member in page["items"]]
        if not (cursor := page["next_cursor"]):
            break
    assert sorted(seen) == sorted(wanted)


def test_a_search_reads_a_range_of_its_index_under_row_level_security(practice, database):
    """Asked as the web process asks, not as a superuser, for whom the policy is no obstacle."""
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        rows = [
            (practice.id, new_id(), f"given{n}", f"family{n}", f"p{n}-{practice.id.hex}@x.test") for n in range(MANY)
        ]
        cursor = connection.cursor()
        cursor.executemany(
            "INSERT INTO staff (organization_id, id, version, given_name, family_name, email, email_key, sort_key,"
            " levels, grants, active, created_at)"
            " VALUES (%s, %s, 1, %s, %s, %s, %s, %s, '{default}', '{}', true, now())",
            [(here, member, given, family, email, email, family) for here, member, given, family, email in rows],
        )
        cursor.executemany(
            "INSERT INTO staff_tokens (organization_id, staff_id, token) VALUES (%s, %s, %s)",
            [(here, member, token) for here, member, *tokens in rows for token in tokens],
        )
    here = and_(Staff.organization_id == practice.id, queries.begun_by(["family299"]))
    plan = plan_of(database, practice.id, select(Staff.id).where(here).order_by(Staff.sort_key, Staff.id).limit(51))
    assert "ix_staff_tokens_prefix" in plan, plan
    assert "token >= 'family299'" in plan, plan
    assert len(found(practice.owner, "family299")) == 11
