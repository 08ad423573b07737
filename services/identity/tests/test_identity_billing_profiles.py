"""What prints and bills is effective-dated: of the practice, its locations and its staff alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.identity.billing_profiles.rules import PROFILE_FIELDS
from services.identity.tests.people import Practice, new_member
from shared import clock
from shared.contracts.envelope import CONTRACTS, from_data
from shared.ids import new_id
from shared.testing.databases import ServiceDatabase, load
from shared.testing.pictures import png

SINCE_EVER = "1900-01-01"
PNG = png(8, 8)
EVENT = "identity.billing_profile_recorded.v1"
ADDRESS = {"line1": "1 Main St", "line2": None, "city": "New York", "state": "NY", "postal_code": "10001"}
MOVED = {"line1": "9 Elm St", "line2": "Suite 2", "city": "Albany", "state": "NY", "postal_code": "12207-1234"}
OFFICE = {"name": "Downtown", "npi": "1234567893", "phone": "+12125550123", "address": ADDRESS}
CLINICIAN = {"npi": "1234567893", "taxonomy": "101YM0800X", "credentials": ["LCSW"]}


@dataclass(frozen=True, slots=True)
class Subject:
    """Of whom or what something is printed: where it is found, and a change of it."""

    kind: str
    path: str
    first: dict[str, Any]
    change: dict[str, Any]


def practice_itself(_practice: Practice) -> Subject:
    return Subject("organization", "/organization", {"name": "Ames Practice", "npi": None}, {"address": MOVED})


def location(practice: Practice) -> Subject:
    path = f"/locations/{practice.owner.web.post('/locations', OFFICE).json['id']}"
    first = {**OFFICE, "place_of_service": "11"}
    return Subject("location", path, first, {"name": "Elm Street", "address": MOVED})


def clinician(practice: Practice) -> Subject:
    first = {"given_name": "Thea", "family_name": "One", **CLINICIAN}
    change = {"family_name": "Two", "credentials": ["LCSW", "PhD"]}
    return Subject("staff", practice.member("therapist", **CLINICIAN).path, first, change)


@pytest.fixture(params=[practice_itself, location, clinician], ids=["organization", "location", "staff"])
def subject(request, practice) -> Subject:
    return request.param(practice)


@pytest.fixture(params=[location, clinician], ids=["location", "staff"])
def placed(request, practice) -> Subject:
    return request.param(practice)


def today(days: int = 0) -> date:
    return clock.today("America/New_York") + timedelta(days=days)


def printed(practice: Practice, subject: Subject, on: object = None) -> dict[str, Any]:
    query = {"on": str(on)} if on else {}
    response = practice.owner.web.get(f"{subject.path}/billing-profile", **query)
    assert response.status_code == 200, response.json
    return dict(response.json)


def record(practice: Practice, subject: Subject, effective_from: object, **facts: Any) -> dict[str, Any]:
    body = {"effective_from": str(effective_from), **facts}
    response = practice.owner.web.post(f"{subject.path}/billing-profiles", body)
    assert response.status_code == 201, response.json
    return dict(response.json)


def of(facts: dict[str, Any], names: Any) -> dict[str, Any]:
    return {name: facts[name] for name in names}


def told(database: ServiceDatabase, subject: Subject, practice: Practice) -> list[dict[str, Any]]:
    identifier = practice.id if subject.kind == "organization" else subject.path.rsplit("/", 1)[1]
    statement = "SELECT data FROM outbox WHERE type = %s AND aggregate_id = %s ORDER BY aggregate_version"
    return [data for (data,) in database.rows(statement, EVENT, identifier)]


def test_what_is_created_prints_since_ever(practice, subject, database):
    first = printed(practice, subject, SINCE_EVER)
    assert of(first, subject.first) == subject.first
    assert (first["version"], first["effective_from"]) == (1, SINCE_EVER)
    assert set(PROFILE_FIELDS[subject.kind]) < first.keys()
    by = None if subject.kind == "organization" else str(practice.owner.id)
    assert first["recorded_by"] == by
    assert printed(practice, subject) == first
    (event,) = told(database, subject, practice)
    assert (event["subject"], event["version"], event["effective_from"]) == (subject.kind, 1, SINCE_EVER)
    assert of(event[subject.kind], subject.first) == subject.first
    assert [event[kind] for kind in PROFILE_FIELDS if kind != subject.kind] == [None, None]


def test_a_change_prints_from_today_on(practice, subject, database):
    practice.owner.web.patch(subject.path, subject.change)
    assert of(printed(practice, subject, today()), subject.change) == subject.change
    assert of(printed(practice, subject, today(-1)), subject.first) == subject.first
    assert printed(practice, subject)["effective_from"] == str(today())
    assert [event["version"] for event in told(database, subject, practice)] == [1, 2]
    practice.owner.web.patch(subject.path, subject.change)
    assert len(told(database, subject, practice)) == 2, "the same again prints nothing else"


def test_what_is_not_printed_makes_no_version(practice, database):
    office, thea = location(practice), clinician(practice)
    practice.owner.web.patch(office.path, {"time_zone": "America/Chicago", "rooms": [{"name": "Blue"}]})
    practice.owner.web.patch(thea.path, {"job_title": "Director", "grants": ["assigned_only"], **CLINICIAN})
    practice.owner.web.patch("/organization", {"session_minutes": 50})
    for subject in (office, thea, practice_itself(practice)):
        assert len(told(database, subject, practice)) == 1


def test_a_coming_day_takes_effect_by_itself(practice, subject, later):
    before = practice.owner.web.get(subject.path).json
    record(practice, subject, today(3), **subject.change)
    assert practice.owner.web.get(subject.path).json == before
    assert of(printed(practice, subject, today(2)), subject.first) == subject.first
    later(days=3)
    assert of(practice.owner.web.get(subject.path).json, subject.change) == subject.change
    assert of(printed(practice, subject), subject.change) == subject.change


def test_lists_and_later_changes_start_from_what_has_taken_effect(practice, placed, later, database):
    record(practice, placed, today(1), **placed.change)
    later(days=1)
    everything = practice.owner.web.get(placed.path.rsplit("/", 1)[0]).json["items"]
    (shown,) = [row for row in everything if row["id"] == placed.path.rsplit("/", 1)[1]]
    assert of(shown, placed.change) == placed.change
    assert of(practice.owner.web.patch(placed.path, {}).json, placed.change) == placed.change
    changed = practice.owner.web.patch(placed.path, {"npi": None}).json
    assert of(changed, placed.change) == placed.change and changed["npi"] is None
    assert of(printed(practice, placed), ["npi", *placed.change]) == {"npi": None, **placed.change}
    name = "'display_name'" if placed.kind == "staff" else "'name'"
    statement = f"SELECT data->>{name} FROM outbox WHERE aggregate_id = %s AND type <> %s ORDER BY id DESC LIMIT 1"
    ((heard,),) = database.rows(statement, shown["id"], EVENT)
    assert heard == placed.change.get("name", "Thea Two"), "the others hear the name of today"


def test_a_past_day_is_corrected_until_the_next_version_begins(practice, subject):
    practice.owner.web.patch(subject.path, subject.change)
    record(practice, subject, "2020-02-01", npi="1982643516")
    for on, npi in (("2020-01-31", subject.first["npi"]), ("2020-02-01", "1982643516"), (today(-1), "1982643516")):
        assert printed(practice, subject, on)["npi"] == npi
    assert printed(practice, subject)["npi"] == subject.first["npi"], "from today on, what was said today"
    again = record(practice, subject, "2020-02-01", npi=None)
    assert (again["version"], printed(practice, subject, "2020-02-01")["npi"]) == (4, None)


def test_a_past_day_that_holds_today_is_what_the_row_shows_and_the_others_hear(practice, placed, database):
    before = practice.owner.web.get(placed.path).json
    record(practice, placed, "2020-02-01", **placed.change)
    after = practice.owner.web.get(placed.path).json
    assert of(after, placed.change) == placed.change and after["version"] == before["version"] + 1
    record(practice, placed, "2019-02-01", npi=None)
    assert practice.owner.web.get(placed.path).json == after
    statement = "SELECT max(aggregate_version) FROM outbox WHERE aggregate_id = %s AND type <> %s"
    assert database.rows(statement, after["id"], EVENT) == [(after["version"],)]


def test_all_versions_are_listed_in_pages(practice, subject):
    for day in ("2030-01-01", "2020-01-01"):
        record(practice, subject, day, npi=None)
    path = f"{subject.path}/billing-profiles"
    first = practice.owner.web.get(path, limit=2).json
    rest = practice.owner.web.get(path, limit=2, cursor=first["next_cursor"]).json
    days = [(profile["version"], profile["effective_from"]) for page in (first, rest) for profile in page["items"]]
    assert days == [(3, "2020-01-01"), (2, "2030-01-01"), (1, SINCE_EVER)] and rest["next_cursor"] is None


WRONG = {
    "organization": [{"tax_id": "1"}, {"email": "nobody"}, {"place_of_service": "11"}, {"name": None}],
    "location": [{"place_of_service": "77"}, {"phone": "call me"}, {"name": " "}, {"tax_id": "12-3456789"}],
    "staff": [{"taxonomy": "X"}, {"credentials": ["x" * 21]}, {"family_name": None}, {"address": ADDRESS}],
}


def test_wrong_values_are_refused_by_field_and_print_nothing(practice, subject):
    wrong = [{"npi": "1234567890"}, {"effective_from": "1899-12-31"}, {"effective_from": None}, *WRONG[subject.kind]]
    if subject.kind != "staff":
        wrong.append({"address": {**ADDRESS, "postal_code": "1000"}})
    for facts in wrong:
        body = {"effective_from": "2026-01-01", **facts}
        response = practice.owner.web.post(f"{subject.path}/billing-profiles", body)
        assert response.status_code == 422, facts
        assert [error["field"].split(".")[0] for error in response.json["errors"]] == list(facts)
    nothing = practice.owner.web.post(f"{subject.path}/billing-profiles", {"effective_from": "2026-01-01"})
    assert (nothing.status_code, nothing.json["code"]) == (422, "nothing_given")
    assert practice.owner.web.get(f"{subject.path}/billing-profile", on="soon").status_code == 422
    assert printed(practice, subject)["version"] == 1


def ask(web: Any, path: str) -> list[Any]:
    """The answers to recording, listing, reading."""
    body = {"effective_from": "2026-01-01", "npi": None}
    every, single = f"{path}/billing-profiles", f"{path}/billing-profile"
    return [web.post(every, body), web.get(every), web.get(single)]


def test_who_may(practice, subject):
    for level in ("default", "billing", "therapist"):
        web = practice.public.as_actor(level, organization_id=practice.id)
        assert [response.status_code for response in ask(web, subject.path)] == [403] * 3
    manager = practice.member("administration").web
    assert [response.status_code for response in ask(manager, subject.path)] == [201, 200, 200]


def test_administration_says_nothing_for_administrators(practice):
    manager = practice.member("administration")
    for other in (practice.owner, practice.member("administration")):
        codes = [(response.status_code, response.json["code"]) for response in ask(manager.web, other.path)]
        assert codes == [(403, "not_yours_to_manage")] * 3
    assert [response.status_code for response in ask(manager.web, manager.path)] == [201, 200, 200]
    assert [response.status_code for response in ask(practice.owner.web, manager.path)] == [201, 200, 200]


def test_another_organizations_do_not_exist(practice, placed, new_practice):
    stranger = new_practice().owner.web
    assert [response.status_code for response in ask(stranger, placed.path)] == [404] * 3
    nowhere = f"{placed.path.rsplit('/', 1)[0]}/{new_id()}"
    assert [response.status_code for response in ask(practice.owner.web, nowhere)] == [404] * 3


def test_what_is_recorded_is_on_the_audit_trail_by_field_name(practice, placed, database):
    record(practice, placed, "2026-01-01", **placed.change)
    statement = "SELECT object_id, details FROM audit_entries WHERE organization_id = %s AND action = %s"
    ((object_id, details),) = database.rows(statement, practice.id, f"post_{placed.kind}_billing_profile")
    assert str(object_id) == placed.path.rsplit("/", 1)[1]
    assert details == {"effective_from": "2026-01-01", "fields": sorted(placed.change)}


def test_inviting_many_records_the_first_version_of_each(practice, database):
    for _ in range(2):
        practice.owner.web.post("/staff", new_member("default"))
    statement = "SELECT count(*), count(DISTINCT subject_id) FROM billing_profiles WHERE subject = 'staff'"
    assert database.rows(statement + " AND organization_id = %s", practice.id) == [(3, 3)]


def test_versions_recorded_at_once_have_no_gaps(practice, subject, database):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda day: record(practice, subject, f"2026-01-{day:02d}", npi=None), range(1, 9)))
    assert [event["version"] for event in told(database, subject, practice)] == list(range(1, 10))


def test_the_logo_is_of_its_day_and_outlasts_other_changes(practice):
    web, whole = practice.owner.web, practice_itself(practice)
    shown = web.upload("PUT", "/organization/logo", PNG).json
    assert shown["logo_id"] and shown["effective_from"] == str(today())
    web.patch("/organization", whole.change)
    assert of(printed(practice, whole), ["logo_id", *whole.change]) == {"logo_id": shown["logo_id"], **whole.change}
    assert web.get("/organization/logo").data == PNG
    assert web.get("/organization/logo", on=str(today(-1))).status_code == 404
    assert web.delete("/organization/logo").json["logo_id"] is None


FIRST = date(2026, 1, 1)
DAYS = st.integers(0, 6).map(lambda days: FIRST + timedelta(days=days))
FACTS = st.fixed_dictionaries(
    {}, optional={"name": st.sampled_from("AB"), "npi": st.sampled_from([None, "1234567893"])}
).filter(bool)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(DAYS, FACTS), max_size=6))
def test_the_version_in_force_is_the_last_said_of_the_last_day_begun(practice, versions):
    subject = location(practice)
    recorded = [(date(1900, 1, 1), {name: subject.first[name] for name in ("name", "npi")})]

    def naive(day):
        holding = [facts for begun, facts in recorded if begun == max(b for b, _ in recorded if b <= day)]
        return holding[-1]

    for day, facts in versions:
        record(practice, subject, day, **facts)
        recorded.append((day, {**naive(day), **facts}))
    for days in range(-1, 8):
        day = FIRST + timedelta(days=days)
        assert of(printed(practice, subject, day), ("name", "npi")) == naive(day), day
    assert of(practice.owner.web.get(subject.path).json, ("name", "npi")) == naive(today())


def test_what_there_was_before_versions_becomes_the_first_and_is_told(server):
    service, database = load("identity"), server.service_database_at("identity", "identity_0007")
    here, office, thea = new_id(), new_id(), new_id()
    database.rows(
        "INSERT INTO organizations (organization_id, version, name, time_zone, invoice_prefix, requires_second_factor,"
        " address, created_at) VALUES (%s, 4, 'Ames', 'America/New_York', '', false, %s::jsonb, now()) RETURNING 1",
        here,
        '{"line1": "1 Main St", "city": "Albany", "state": "NY", "postal_code": "12207"}',
    )
    database.rows(
        "INSERT INTO locations (organization_id, id, version, name, active, created_at)"
        " VALUES (%s, %s, 2, 'Downtown', true, now()) RETURNING 1",
        *(here, office),
    )
    database.rows(
        "INSERT INTO staff (organization_id, id, version, given_name, family_name, email, email_key, levels, grants,"
        " active, credentials, created_at) VALUES (%s, %s, 3, 'Thea', 'One', 'a@b.test', 'a@b.test', '{default}', '{}',"
        " true, '{LCSW,PhD}', now()) RETURNING 1",
        *(here, thea),
    )
    service.migrate(database.url("owner"))
    found = database.rows("SELECT subject, subject_id, version, effective_from::text, printed FROM billing_profiles")
    assert {(kind, identifier, version, since) for kind, identifier, version, since, _ in found} == {
        ("organization", here, 1, SINCE_EVER),
        ("location", office, 1, SINCE_EVER),
        ("staff", thea, 1, SINCE_EVER),
    }
    assert all(set(facts) == set(PROFILE_FIELDS[kind]) for kind, *_, facts in found)
    events = [
        from_data(CONTRACTS[EVENT].cls, data)
        for (data,) in database.rows("SELECT data FROM outbox WHERE type = %s", EVENT)
    ]
    by_kind = {event.subject: event for event in events}
    assert (by_kind["organization"].organization.address.city, by_kind["organization"].subject_id) == ("Albany", here)
    assert (by_kind["location"].location.place_of_service, by_kind["location"].version) == ("11", 1)
    assert by_kind["staff"].staff.credentials == ("LCSW", "PhD")
    assert database.rows("SELECT DISTINCT awaiting, organization_id FROM outbox WHERE type = %s", EVENT) == [
        (["billing"], here)
    ]
    forced = "SELECT relname FROM pg_class WHERE relname IN ('organizations', 'locations', 'staff', 'outbox')"
    assert len(database.rows(forced + " AND relforcerowsecurity")) == 4
