"""Story 1: a practice signs up, sets its profile and adds where it works."""

from __future__ import annotations

import pytest

from services.identity.tests.people import PASSWORD, fresh_email, sign_up

ADDRESS = {"line1": "1 Main St", "city": "New York", "state": "NY", "postal_code": "10001-1234"}
PROFILE = {
    "name": "Ames & Partners",
    "legal_name": "Ames Psychotherapy PLLC",
    "npi": "1234567893",
    "tax_id": "12-3456789",
    "phone": "(212) 555-0123",
    "address": ADDRESS,
    "time_zone": "America/New_York",
    "invoice_prefix": "AP-",
    "taxonomy": "101YM0800X",
}


def test_sign_up_creates_an_organization_and_its_first_administrator(practice, database):
    organization, staff = practice.signed_up.json["organization"], practice.signed_up.json["staff"]
    assert (organization["name"], organization["time_zone"], organization["version"]) == (
        "Ames Practice",
        "America/New_York",
        1,
    )
    assert staff["levels"] == ["default", "organization_administration"] and staff["active"] and staff["joined"]
    assert "password" not in practice.signed_up.text and PASSWORD not in practice.signed_up.text
    assert practice.sign_in(practice.owner).status_code == 201
    published = database.rows("SELECT type FROM outbox WHERE organization_id = %s ORDER BY id", practice.id)
    profile = ("identity.billing_profile_recorded.v1",)
    assert published == [profile, ("identity.organization_changed.v1",), profile, ("identity.staff_changed.v1",)]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"password": "short"}, "administrator.password"),
        ({"password": "x" * 129}, "administrator.password"),
        ({"email": "no at sign"}, "administrator.email"),
        ({"given_name": " "}, "administrator.given_name"),
        ({"family_name": None}, "administrator.family_name"),
        ({"levels": ["billing"]}, "administrator.levels"),
    ],
)
def test_wrong_administrators_are_refused_by_field(public, wrong, field):
    administrator = {"given_name": "O", "family_name": "A", "email": fresh_email(), "password": PASSWORD, **wrong}
    response = sign_up(public, "", administrator=administrator)
    assert (response.status_code, [error["field"] for error in response.json["errors"]]) == (422, [field])


@pytest.mark.parametrize(
    "guessable", ["password12345", "Olive Ames 2026", "OLIVEAMES@practice.test", "aaaaaaaaaaaaaaaaaaaa", "qwertyuiop[]"]
)
def test_guessable_passwords_found_nothing(public, database, guessable):
    email = fresh_email()
    administrator = {"given_name": "Olive", "family_name": "Ames", "email": email, "password": guessable}
    response = sign_up(public, "", administrator=administrator)
    assert (response.status_code, response.json["code"]) == (422, "guessable_password")
    assert database.rows("SELECT 1 FROM staff WHERE email = %s", email) == []


def test_a_password_may_be_as_long_as_allowed(public):
    words = ("heron lantern quarry 41 " * 6)[:128]
    administrator = {"given_name": "O", "family_name": "A", "email": fresh_email(), "password": words}
    assert sign_up(public, "", administrator=administrator).status_code == 201
    signing_in = {"email": administrator["email"], "password": words}
    assert public.post("/sessions", signing_in).status_code == 201


@pytest.mark.abuse("A-INJ-path")
@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "EST5EDT\u0000", 5])
def test_wrong_time_zones_are_refused(public, zone):
    assert sign_up(public, fresh_email(), time_zone=zone).status_code in (400, 422)


def test_the_owner_sets_the_profile_and_it_is_audited_by_field_name(practice, database):
    changed = practice.owner.web.patch("/organization", PROFILE)
    assert (changed.status_code, changed.json["version"], changed.headers["ETag"]) == (200, 2, '"2"')
    assert changed.json["phone"] == "+12125550123" and changed.json["address"]["postal_code"] == "10001-1234"
    (entry,) = database.rows(
        "SELECT action, outcome, actor_id, details->'fields' FROM audit_entries "
        "WHERE organization_id = %s AND action = 'patch_organization'",
        practice.id,
    )
    assert entry == ("patch_organization", "done", practice.owner.id, sorted(set(PROFILE) - {"time_zone"}))
    (published,) = database.rows(
        "SELECT data->>'invoice_prefix', data->>'time_zone' FROM outbox "
        "WHERE organization_id = %s AND type LIKE %s AND aggregate_version = 2",
        practice.id,
        "identity.organization%",
    )
    assert published == ("AP-", "America/New_York")


def test_a_field_is_cleared_with_null_and_kept_when_absent(practice):
    practice.owner.web.patch("/organization", PROFILE)
    cleared = practice.owner.web.patch("/organization", {"npi": None}).json
    assert cleared["npi"] is None and cleared["legal_name"] == PROFILE["legal_name"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"npi": "1234567890"},  # the check digit is 3
        {"npi": "12345"},
        {"tax_id": "123456789"},
        {"address": {**ADDRESS, "postal_code": "1000"}},
        {"address": {**ADDRESS, "state": "New York"}},
        {"invoice_prefix": "lower"},
        {"phone": "call me"},
        {"time_zone": "Nowhere/Else"},
        {"time_zone": None},
        {"name": "  "},
        {"name": None},
        {"taxonomy": "X"},
        {"version": 7},
    ],
)
def test_wrong_settings_are_refused_and_change_nothing(practice, wrong):
    response = practice.owner.web.patch("/organization", wrong)
    assert response.status_code == 422 and response.json["errors"][0]["field"].split(".")[0] in wrong
    assert practice.owner.web.get("/organization").json["version"] == 1


def test_a_stale_edit_is_refused(practice):
    assert practice.owner.web.patch("/organization", {"name": "One"}, If_Match='"1"').status_code == 200
    stale = practice.owner.web.patch("/organization", {"name": "Two"}, If_Match='"1"')
    assert (stale.status_code, stale.json["code"]) == (412, "stale")
    assert practice.owner.web.get("/organization").json["name"] == "One"


def test_others_see_what_is_on_the_door_and_change_nothing(practice, database):
    practice.owner.web.patch("/organization", PROFILE)
    for level in ("default", "billing", "therapist"):
        web = practice.public.as_actor(level, organization_id=practice.id)
        assert web.patch("/organization", {"name": "Mine"}).status_code == 403
        shown = web.get("/organization")
        assert shown.json["name"] == PROFILE["name"] and not {"npi", "tax_id", "legal_name"} & shown.json.keys()
    denied = database.rows(
        "SELECT rule FROM audit_entries WHERE organization_id = %s AND outcome = 'denied'", practice.id
    )
    assert denied == [("forbidden",)] * 3
    assert practice.public.as_actor("administration", organization_id=practice.id).get("/organization").json["npi"]


def test_locations_are_added_listed_changed_and_closed(practice, database):
    web = practice.owner.web
    added = web.post("/locations", {"name": "Downtown", "address": ADDRESS, "time_zone": "America/Chicago"})
    assert (added.status_code, added.json["active"], added.json["version"]) == (201, True, 1)
    path = f"/locations/{added.json['id']}"
    web.post("/locations", {"name": "Annex"})
    first = web.get("/locations", limit=1).json
    second = web.get("/locations", limit=1, cursor=first["next_cursor"]).json
    assert [page["items"][0]["name"] for page in (first, second)] == ["Annex", "Downtown"]
    assert second["next_cursor"] is None
    closed = web.patch(path, {"active": False, "time_zone": None}, If_Match='"1"').json
    assert (closed["active"], closed["time_zone"], closed["version"]) == (False, None, 2)
    assert web.patch(path, {"name": "x"}, If_Match='"1"').status_code == 412
    published = database.rows(
        "SELECT aggregate_version, data->>'active' FROM outbox WHERE aggregate_id = %s AND type LIKE %s ORDER BY id",
        added.json["id"],
        "identity.location%",
    )
    assert published == [(1, "true"), (2, "false")]


def test_locations_are_their_organizations_alone(practice, new_practice):
    path = f"/locations/{practice.owner.web.post('/locations', {'name': 'Downtown'}).json['id']}"
    stranger = new_practice().owner.web
    assert stranger.get(path).status_code == 404
    assert stranger.patch(path, {"name": "Mine"}).status_code == 404
    assert stranger.get("/locations").json["items"] == []
    colleague = practice.public.as_actor("therapist", organization_id=practice.id)
    assert colleague.get(path).status_code == 200
    assert colleague.patch(path, {"name": "Mine"}).status_code == 403
    assert colleague.post("/locations", {"name": "Mine"}).status_code == 403
    assert practice.owner.web.get("/locations/not-an-id").status_code == 404
    assert practice.owner.web.post("/locations", {"name": "x", "npi": "1234567890"}).status_code == 422
