"""Story 3: staff is invited, managed by those who may, and nobody lifts themselves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from services.identity.tests.people import PASSWORD, fresh_email, new_member
from shared.ids import new_id

OWNER = "organization_administration"
LICENCE = {"number": "NY-1", "state": "NY", "issued_on": "2024-01-01", "expires_on": "2027-12-31"}


def test_the_owner_invites_everybody_and_the_token_is_shown_once(practice, database):
    body = new_member(
        "therapist", licence=LICENCE, npi="1234567893", grants=["assigned_only"], credentials=["LCSW", "CADC"]
    )
    invited = practice.owner.web.post("/staff", body)
    assert invited.status_code == 201
    assert invited.json["levels"] == ["default", "therapist"] and invited.json["grants"] == ["assigned_only"]
    assert invited.json["licence"] == LICENCE and not invited.json["joined"]
    token = invited.json["invitation"]["token"]
    shown = practice.owner.web.get(f"/staff/{invited.json['id']}")
    assert "invitation" not in shown.json and token not in shown.text
    assert database.rows("SELECT count(*) FROM invitations WHERE token_hash = %s", token.encode()) == [(0,)]
    (published,) = database.rows(
        "SELECT data->'levels', data->'licences'->0->>'expires_on', data->'credentials', aggregate_version FROM outbox "
        "WHERE aggregate_id = %s AND type LIKE %s",
        invited.json["id"],
        "identity.staff%",
    )
    assert published == (["default", "therapist"], "2027-12-31", ["LCSW", "CADC"], 1)


@pytest.mark.abuse("A-ROLE-invitation-twice")
def test_an_invitation_is_used_once(practice):
    person = practice.invite("billing")
    assert practice.sign_in(person).status_code == 401
    assert practice.accept(person.invitation, "password12345").json["code"] == "guessable_password"
    joined = practice.accept(person.invitation)
    assert (joined.status_code, joined.json["id"]) == (200, str(person.id))
    assert practice.sign_in(person).status_code == 201
    again = practice.accept(person.invitation, "another heron lantern 7")
    assert (again.status_code, again.json["code"]) == (422, "invitation_not_usable")
    assert practice.sign_in(person).status_code == 201


@pytest.mark.abuse("A-ROLE-invitation-twice")
def test_of_many_acceptances_at_once_one_succeeds(practice):
    person = practice.invite("billing")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: practice.accept(person.invitation, f"{PASSWORD} {n}"), range(4)))
    assert sorted(response.status_code for response in answers) == [200, 422, 422, 422]


def test_an_invitation_expires_after_72_hours(practice, later):
    in_time, late = practice.invite("billing"), practice.invite("billing")
    later(hours=71, minutes=59)
    assert practice.accept(in_time.invitation).status_code == 200
    later(minutes=2)
    assert practice.accept(late.invitation).json["code"] == "invitation_not_usable"


@pytest.mark.parametrize("token", ["x", "a.b", "é.é", "AAAAAAAAAAAAAAAAAAAAAA." + "x" * 43, "." * 200])
def test_what_is_no_invitation_is_refused_alike(practice, token):
    response = practice.accept(token)
    assert (response.status_code, response.json["code"]) == (422, "invitation_not_usable")


def test_the_invitation_of_somebody_deactivated_is_void(practice):
    person = practice.invite("billing")
    practice.owner.web.patch(person.path, {"active": False})
    assert practice.accept(person.invitation).status_code == 422


def test_the_same_email_twice_is_refused_in_any_spelling(practice, new_practice):
    email = fresh_email()
    assert practice.owner.web.post("/staff", new_member("default", email=email)).status_code == 201
    for spelling in (email, email.upper(), f" {email} "):
        twice = practice.owner.web.post("/staff", new_member("default", email=spelling))
        assert (twice.status_code, twice.json["code"]) == (409, "email_taken")
    other = practice.invite("default")
    assert practice.owner.web.patch(other.path, {"email": email}).json["code"] == "email_taken"
    assert new_practice().owner.web.post("/staff", new_member("default", email=email)).status_code == 201


def test_one_email_invited_at_once_is_taken_once(practice):
    body = new_member("default")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: practice.owner.web.post("/staff", body), range(4)))
    assert sorted(response.status_code for response in answers) == [201, 409, 409, 409]


def test_a_repeated_invitation_answers_the_same(practice):
    body = new_member("therapist")
    first, again = (practice.owner.web.post("/staff", body, Idempotency_Key="one invitation") for _ in range(2))
    assert first.json == again.json and again.headers["Idempotency-Replayed"] == "true"


@pytest.mark.abuse("A-ROLE-grant-up")
def test_administration_manages_those_below_and_gives_no_more(practice, database):
    administrator = practice.member("administration")
    invited = administrator.web.post("/staff", new_member("therapist", "billing"))
    assert invited.status_code == 201
    path = f"/staff/{invited.json['id']}"
    assert administrator.web.patch(path, {"levels": ["billing"], "grants": ["refunds"]}).status_code == 200
    for level in ("administration", OWNER):
        for refused in (
            administrator.web.post("/staff", new_member(level)),
            administrator.web.patch(path, {"levels": [level]}),
        ):
            assert (refused.status_code, refused.json["code"]) == (403, "more_than_own")
    colleague = practice.member("administration")
    for path in (practice.owner.path, colleague.path):
        for changes in ({"levels": ["default"]}, {"active": False}, {"given_name": "X"}, {"grants": []}):
            refused = administrator.web.patch(path, changes)
            assert (refused.status_code, refused.json["code"]) == (403, "not_yours_to_manage")
    assert practice.owner.web.get(colleague.path).json["version"] == 2, "they have joined since, and nothing else"
    denied = database.rows(
        "SELECT count(*) FROM audit_entries WHERE actor_id = %s AND outcome = 'denied'", administrator.id
    )
    assert denied == [(12,)]


@pytest.mark.abuse("A-ROLE-self-grant")
@pytest.mark.parametrize("level", ["administration", OWNER])
def test_nobody_changes_their_own_permissions(practice, level):
    person = practice.member(level)
    for changes in (
        {"levels": ["billing"]},
        {"levels": [level, "therapist"]},
        {"grants": ["refunds"]},
        {"active": False},
    ):
        refused = person.web.patch(person.path, changes)
        assert (refused.status_code, refused.json["code"]) == (403, "own_permissions")
    profile = person.web.patch(person.path, {"phone": "212 555 0100", "levels": [level], "active": True})
    assert (profile.status_code, profile.json["phone"]) == (200, "+12125550100")


@pytest.mark.parametrize("levels", [("default",), ("billing",), ("therapist",), ("billing", "therapist")])
def test_others_manage_nobody_and_see_colleagues_only_from_outside(practice, levels):
    person, other = practice.member(*levels), practice.member("therapist", licence=LICENCE)
    assert person.web.post("/staff", new_member("default")).status_code == 403
    assert person.web.patch(other.path, {"given_name": "X"}).status_code == 403
    assert person.web.patch(person.path, {"given_name": "X"}).status_code == 403
    seen = person.web.get(other.path).json
    assert seen["family_name"] == "One" and not {"licence", "grants", "npi"} & seen.keys()
    assert other.web.get(other.path).json["licence"] == LICENCE
    assert all("grants" not in item for item in person.web.get("/staff").json["items"] if item["id"] != str(person.id))


@pytest.mark.abuse("A-ROLE-last-admin-demoted", "A-ROLE-last-admin-deactivated")
@pytest.mark.parametrize("changes", [{"levels": ["therapist"]}, {"levels": []}, {"active": False}])
def test_the_last_organization_administration_stays(practice, changes):
    practice.invite(OWNER)  # invited is not joined: nobody else could sign in and give it back
    refused = practice.owner.web.patch(practice.owner.path, changes)
    assert (refused.status_code, refused.json["code"]) == (409, "last_organization_administration")
    assert practice.owner.web.get(practice.owner.path).json["version"] == 1


def test_an_owner_hands_over_and_leaves(practice):
    successor = practice.member(OWNER)
    left = successor.web.patch(practice.owner.path, {"levels": ["default"], "active": False})
    assert (left.status_code, left.json["levels"], left.json["active"]) == (200, ["default"], False)
    assert successor.web.patch(successor.path, {"active": False}).json["code"] == "last_organization_administration"


@pytest.mark.abuse("A-ROLE-last-admin-race")
def test_two_owners_demoting_each_other_leave_one(practice, database):
    other = practice.member(OWNER)
    pairs = [(practice.owner, other), (other, practice.owner)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda pair: pair[0].web.patch(pair[1].path, {"levels": ["default"]}), pairs))
    assert sorted(response.status_code for response in answers) == [200, 409]
    left = "SELECT count(*) FROM staff WHERE organization_id = %s AND active AND %s = ANY (levels)"
    assert database.rows(left, practice.id, OWNER) == [(1,)]


def test_licences_are_renewed_added_and_removed(practice, database):
    path = practice.member("therapist", licence=LICENCE).path
    renewed = practice.owner.web.patch(path, {"licence": {**LICENCE, "expires_on": "2029-12-31"}}).json
    assert (renewed["licence"]["expires_on"], len(renewed["licences"])) == ("2029-12-31", 1)
    elsewhere = {"number": "NJ-9", "state": "NJ", "expires_on": "2031-06-30"}
    added = practice.owner.web.patch(path, {"licence": elsewhere}).json
    assert (added["licence"]["state"], len(added["licences"])) == ("NJ", 2)
    assert practice.owner.web.get(path).json["licence"] == added["licence"]
    assert practice.owner.web.patch(path, {"licence": None}).json["licences"] == []
    published = database.rows(
        "SELECT jsonb_array_length(data->'licences') FROM outbox WHERE aggregate_id = %s AND type LIKE %s ORDER BY id",
        path.removeprefix("/staff/"),
        "identity.staff%",
    )
    assert published == [(1,), (1,), (1,), (2,), (0,)], "added, joined, and the three changes"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"levels": ["root"]}, "levels.0"),
        ({"levels": "therapist"}, "levels"),
        ({"levels": None}, "levels"),
        ({"grants": ["everything"]}, "grants.0"),
        ({"email": "x@"}, "email"),
        ({"npi": "1234567890"}, "npi"),
        ({"licence": {**LICENCE, "expires_on": "2020-01-01"}}, "licence.expires_on"),
        ({"licence": {**LICENCE, "state": "New York"}}, "licence.state"),
        ({"licence": {"state": "NY"}}, "licence"),
        ({"supervisor_id": "nobody"}, "supervisor_id"),
        ({"given_name": "x" * 101}, "given_name"),
        ({"password_hash": "x"}, "password_hash"),
        ({"organization_id": str(new_id())}, "organization_id"),
    ],
)
def test_wrong_staff_is_refused_by_field(practice, wrong, field):
    path = practice.invite("therapist").path
    for response in (
        practice.owner.web.post("/staff", {**new_member("therapist"), **wrong}),
        practice.owner.web.patch(path, wrong),
    ):
        assert response.status_code == 422, response.json
        assert all(error["field"].startswith(field) for error in response.json["errors"])
    assert practice.owner.web.get(path).json["version"] == 1


def test_supervisors_are_colleagues(practice, new_practice):
    supervisor, intern = practice.member("therapist"), practice.invite("therapist")
    changed = practice.owner.web.patch(intern.path, {"supervisor_id": str(supervisor.id)})
    assert changed.json["supervisor_id"] == str(supervisor.id)
    for wrong in (new_practice().owner.id, new_id(), intern.id):
        refused = practice.owner.web.patch(intern.path, {"supervisor_id": str(wrong)})
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "supervisor_id")
    assert practice.owner.web.patch(intern.path, {"supervisor_id": None}).json["supervisor_id"] is None


def test_staff_is_its_organizations_alone(practice, new_practice):
    stranger = new_practice().owner.web
    assert stranger.get(practice.owner.path).status_code == 404
    assert stranger.patch(practice.owner.path, {"active": False}).status_code == 404
    assert [item["email"] for item in stranger.get("/staff").json["items"]] != [practice.owner.email]


def test_two_editors_do_not_overwrite_each_other(practice):
    person = practice.invite("therapist")
    assert practice.owner.web.patch(person.path, {"phone": "2125550100"}, If_Match='"1"').headers["ETag"] == '"2"'
    assert practice.owner.web.patch(person.path, {"levels": ["billing"]}, If_Match='"1"').status_code == 412


def test_staff_is_listed_in_pages_and_by_activity(practice):
    gone = practice.invite("default", family_name="Zeta")
    practice.owner.web.patch(gone.path, {"active": False})
    page = practice.owner.web.get("/staff", limit=1).json
    rest = practice.owner.web.get("/staff", cursor=page["next_cursor"]).json
    assert [item["family_name"] for item in page["items"] + rest["items"]] == ["Ames", "Zeta"]
    assert [item["id"] for item in practice.owner.web.get("/staff", active="false").json["items"]] == [str(gone.id)]
    assert practice.owner.web.get("/staff", cursor="nonsense").status_code == 422
    assert practice.owner.web.get("/staff", limit=201).status_code == 422


@pytest.mark.parametrize(
    ("sort", "wanted"),
    [
        ("name", ["Ames", "Brook", "Zimmer"]),
        ("-name", ["Zimmer", "Brook", "Ames"]),
        ("created_at", ["Ames", "Zimmer", "Brook"]),
        ("-created_at", ["Brook", "Zimmer", "Ames"]),
    ],
)
def test_staff_come_in_the_order_asked_for(practice, sort, wanted):
    for family in ("Zimmer", "Brook"):
        practice.invite("default", family_name=family)
    first = practice.owner.web.get("/staff", limit=2, sort=sort).json
    rest = practice.owner.web.get("/staff", limit=2, sort=sort, cursor=first["next_cursor"]).json
    assert [member["family_name"] for member in first["items"] + rest["items"]] == wanted
    assert practice.owner.web.get("/staff", sort="email").status_code == 422


def test_staff_and_locations_come_as_a_person_sorts_them(practice):
    for family in ("Zimmer", "adams", "Ångström", "Łuczak", "O'Neil", "Oneill", "Lund"):
        practice.invite("default", family_name=family)
    families = [member["family_name"] for member in practice.owner.web.get("/staff").json["items"]]
    assert families == ["adams", "Ames", "Ångström", "Łuczak", "Lund", "O'Neil", "Oneill", "Zimmer"]
    for name in ("west", "Ämtervik", "Room 10", "Room 9", "Zoo", "Annex"):
        practice.owner.web.post("/locations", {"name": name})
    shown = [location["name"] for location in practice.owner.web.get("/locations").json["items"]]
    assert shown == ["Ämtervik", "Annex", "Room 9", "Room 10", "west", "Zoo"]
    path = f"/locations/{practice.owner.web.get('/locations').json['items'][0]['id']}"
    practice.owner.web.patch(path, {"name": "Xanadu"})
    assert [location["name"] for location in practice.owner.web.get("/locations").json["items"]][-2:] == [
        "Xanadu",
        "Zoo",
    ]
