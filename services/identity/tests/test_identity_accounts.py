"""Ways to somebody else's account that must not exist: by another address, an older mail, an old password, a key."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from services.identity.account_changes.commands import ResetMailer
from services.identity.login_throttling.rules import FROM_EVERYWHERE
from services.identity.staff.models import Staff
from services.identity.tests.people import PASSWORD, Practice, founding, fresh_email
from shared.database.purge import Purge
from shared.testing.databases import load

OTHER = "quarry lantern heron 57"
HOME, ELSEWHERE = "192.0.2.0/24", "198.51.100.0/24"


def tokens_of(database, practice, template):
    """The tokens in the mails of a kind that a practice's people were sent, oldest first."""
    rows = database.rows(
        'SELECT "values" FROM mail WHERE organization_id = %s AND template = %s ORDER BY id', practice.id, template
    )
    return [values["path"].partition("#token=")[2] for (values,) in rows]


@pytest.mark.abuse("A-AUTH-takeover-by-address")
def test_nobody_gives_a_member_who_has_joined_another_address(practice):
    """A reset of the password goes to the address."""
    administrator, therapist = practice.member("administration"), practice.member("therapist")
    new = {"email": fresh_email()}
    for web, whose in ((administrator.web, therapist), (practice.owner.web, administrator)):
        assert web.patch(whose.path, new).json["code"] == "email_is_theirs"
    assert practice.owner.web.patch(practice.owner.path, new).json["code"] == "email_is_theirs"
    assert practice.owner.web.patch(therapist.path, {"email": therapist.email.upper()}).status_code == 200


@pytest.mark.abuse("A-ROLE-invitation-to-a-stranger")
def test_an_invitation_works_for_the_address_that_it_went_to(practice):
    """The stranger at the mistyped address does not join."""
    invited = practice.invite("therapist")
    assert practice.owner.web.patch(invited.path, {"email": fresh_email()}).status_code == 200
    assert practice.owner.web.get("/invitations").json["items"] == []
    assert practice.accept(invited.invitation).json["code"] == "invitation_not_usable"
    again = practice.owner.web.post(f"{invited.path}/invitation").json["token"]
    assert practice.accept(again).status_code == 200


@pytest.mark.abuse("A-AUTH-older-mail")
@pytest.mark.parametrize("taken_back_by", ["change", "reset"])
def test_an_older_mail_moves_no_account_that_was_taken_back(practice, public, database, worker, taken_back_by):
    """Who knew the password asked for another address; then the owner set a new password."""
    owner = practice.owner
    owner.web.post("/me/email", {"new_email": fresh_email(), "password": PASSWORD})
    public.post("/passwords/reset-request", {"email": owner.email})
    while ResetMailer(worker).answer_some():  # other tests asked too, and a batch has an end
        pass
    (move,), (reset,) = (tokens_of(database, practice, kind) for kind in ("email_change", "password_reset"))
    if taken_back_by == "change":
        done = owner.web.post("/passwords/change", {"current_password": PASSWORD, "new_password": OTHER})
    else:
        done = public.post("/passwords/reset", {"token": reset, "new_password": OTHER})
    assert done.status_code in (200, 204), done.text
    assert public.post("/email-changes/confirm", {"token": move}).json["code"] == "token_not_usable"
    again = public.post("/passwords/reset", {"token": reset, "new_password": PASSWORD})
    assert again.json["code"] == "token_not_usable"


@pytest.mark.abuse("A-AUTH-older-mail")
def test_a_second_change_of_address_voids_the_first(practice, public, database):
    """The first address may have been mistyped: its reader does not get the account."""
    addresses = fresh_email(), fresh_email()
    for address in addresses:
        assert practice.owner.web.post("/me/email", {"new_email": address, "password": PASSWORD}).status_code < 300
    first, second = tokens_of(database, practice, "email_change")
    assert public.post("/email-changes/confirm", {"token": first}).json["code"] == "token_not_usable"
    assert public.post("/email-changes/confirm", {"token": second}).json["email"] == addresses[1]


@pytest.mark.abuse("A-SES-old-password-race")
def test_no_sign_in_with_the_old_password_slips_behind_its_change(practice):
    """Whichever comes first, no session that began with the old password is left."""
    for _ in range(4):
        person = practice.member("billing")
        with ThreadPoolExecutor(5) as pool:
            change = pool.submit(
                person.web.post, "/passwords/change", {"current_password": PASSWORD, "new_password": OTHER}
            )
            signed_in = [pool.submit(practice.sign_in, person) for _ in range(4)]
        assert change.result().status_code == 200
        for response in (future.result() for future in signed_in):
            if response.status_code == 201:
                assert practice.resolve(response.json["access_token"]).status_code == 401


def test_what_changed_while_it_was_waited_for_is_seen(practice, database, worker):
    """A row that was read before it was locked is read anew: a deactivation does not undo what came in between."""
    person, waiting = practice.member("therapist"), threading.Event()

    def look_then_lock(session):
        seen = session.get_one(Staff, (practice.id, person.id)).version
        waiting.set()
        changed.result(10)
        locked = session.scalars(
            select(Staff).where(Staff.organization_id == practice.id, Staff.id == person.id).with_for_update()
        ).one()
        return seen, locked.version, session.get_one(Staff, (practice.id, person.id), with_for_update=True).version

    with ThreadPoolExecutor(1) as pool:
        changed = pool.submit(
            lambda: waiting.wait(10) and practice.owner.web.patch(person.path, {"levels": ["billing"]})
        )
        seen, locked, again = worker.run(look_then_lock, practice.id)
    assert (locked, again) == (seen + 1, seen + 1)


@pytest.mark.abuse("A-AUTH-strangers-account")
def test_a_strangers_practice_under_my_address_opens_and_closes_nothing(public, database):
    """Neither does it lift my limit, nor does it crowd me out where I work."""
    email = fresh_email()
    at_home, away = replace(public, network=HOME), replace(public, network=ELSEWHERE)
    mine = Practice(at_home, email)
    assert mine.sign_in(mine.owner).status_code == 201
    for _ in range(6):  # more than are tried, and each was used lately
        theirs = Practice(away, email)
        assert theirs.public.post("/sessions", {"email": email, "password": PASSWORD}).status_code in (201, 409)
    chosen = at_home.post("/sessions", {"email": email, "password": PASSWORD})
    assert chosen.json["code"] == "choose_organization"
    assert str(mine.id) in [error["value"] for error in chosen.json["errors"]], "at home, mine is tried first"
    database.rows(
        "UPDATE sign_in_failures SET failures = %s, since = %s RETURNING bucket",
        FROM_EVERYWHERE.failures_max,
        datetime.now(UTC) - timedelta(seconds=120),
    )
    guessed = away.post("/sessions", {"email": email, "password": OTHER, "organization_id": str(mine.id)})
    assert guessed.json["code"] == "too_many_failures"
    owned = at_home.post("/sessions", {"email": email, "password": PASSWORD, "organization_id": str(mine.id)})
    assert owned.status_code == 201, "where they work they are let in"


@pytest.mark.abuse("A-AUTH-key-replay")
def test_what_opens_a_session_is_never_answered_from_memory(practice):
    """Somebody who learned a key, and what was sent with it, gets no tokens, and no word about the password."""
    body = {"email": practice.owner.email, "password": PASSWORD}
    first, again = (practice.public.post("/sessions", body, Idempotency_Key="1") for _ in range(2))
    assert first.status_code == again.status_code == 201 and first.json["access_token"] != again.json["access_token"]
    assert "Idempotency-Replayed" not in again.headers
    wrong = practice.public.post("/sessions", {**body, "password": OTHER}, Idempotency_Key="1")
    assert (wrong.status_code, wrong.json["code"]) == (401, "bad_credentials")
    renewal = {"refresh_token": first.json["refresh_token"]}
    assert practice.public.post("/sessions/refresh", renewal, Idempotency_Key="2").status_code == 201
    assert practice.public.post("/sessions/refresh", renewal, Idempotency_Key="2").json["code"] == "refresh_reused"
    web = practice.session_of(again.json["access_token"])
    changed = web.post("/passwords/change", {"current_password": PASSWORD, "new_password": OTHER})
    assert changed.status_code == 200, changed.json
    assert practice.public.post("/sessions", body, Idempotency_Key="1").status_code == 401


@pytest.mark.abuse("A-AUTH-key-guessed")
def test_a_strangers_key_before_sign_in_is_another_key(public):
    """Neither is a request in another's way, nor does it tell that somebody has used the key."""
    mine, theirs = (founding(fresh_email()) for _ in range(2))
    first, second = (public.post("/organizations", body, Idempotency_Key="the-same") for body in (mine, theirs))
    assert (
        first.status_code == second.status_code == 201
        and first.json["organization"]["id"] != second.json["organization"]["id"]
    )
    again = public.post("/organizations", mine, Idempotency_Key="the-same")
    assert again.headers["Idempotency-Replayed"] == "true" and again.json == first.json


@pytest.mark.abuse("A-AUTH-lockout-neighbour")
def test_a_neighbour_who_guesses_keeps_nobody_out_of_the_address_they_sign_in_from(public):
    """The same network is an office, a campus, a telephone company."""
    desk, neighbour = (replace(public, network=HOME, address=address) for address in ("192.0.2.7", "192.0.2.8"))
    mine = Practice(desk)
    body = {"email": mine.owner.email, "password": PASSWORD}
    wrong = {**body, "password": OTHER}
    assert [neighbour.post("/sessions", wrong).status_code for _ in range(6)] == [401] * 5 + [429]
    assert neighbour.post("/sessions", body).status_code == 429, "right or wrong, from there nobody is let in"
    assert desk.post("/sessions", body).status_code == 201
    assert desk.post("/sessions", {**body, "email": fresh_email()}).status_code == 401, "another address, other counts"
    assert [desk.post("/sessions", wrong).status_code for _ in range(6)] == [401] * 5 + [429], "attempts of their own"


def test_what_fails_at_ones_own_address_waits_a_minute_and_is_purged_later(public, database, worker, later):
    desk = replace(public, network=HOME, address="192.0.2.7")
    mine = Practice(desk)
    wrong = {"email": mine.owner.email, "password": OTHER}
    assert [desk.post("/sessions", wrong).status_code for _ in range(6)] == [401] * 5 + [429]
    later(minutes=1, seconds=1)
    assert desk.post("/sessions", {**wrong, "password": PASSWORD}).status_code == 201
    counted = database.rows("UPDATE sign_in_failures SET since = now() - interval '25 hours' RETURNING bucket")
    assert Purge("identity", worker, load("identity").expired).all()["sign_in_failures"] == len(counted)


@pytest.mark.abuse("A-AUTH-lockout-reset")
def test_a_reset_lets_the_owner_in_wherever_they_are(practice, public, database, worker):
    """The reader of the mailbox is not kept out by what strangers guess."""
    abroad = replace(public, network=ELSEWHERE)
    abroad.post("/passwords/reset-request", {"email": practice.owner.email})
    while ResetMailer(worker).answer_some():  # other tests asked too, and a batch has an end
        pass
    (token,) = tokens_of(database, practice, "password_reset")
    assert abroad.post("/passwords/reset", {"token": token, "new_password": OTHER}).status_code == 200
    for number in range(FROM_EVERYWHERE.failures_max // 4 + 1):
        stranger = replace(public, network=f"203.0.{number}.0/24")
        for _ in range(4):
            stranger.post("/sessions", {"email": practice.owner.email, "password": "wrong"})
    assert abroad.post("/sessions", {"email": practice.owner.email, "password": OTHER}).status_code == 201
    unknown = replace(public, network="203.1.0.0/24")
    assert unknown.post("/sessions", {"email": practice.owner.email, "password": OTHER}).status_code == 429


@pytest.mark.abuse("A-ROLE-program-of-a-leaver")
def test_whoever_leaves_takes_no_key_along(practice):
    """A program works on once somebody who is here has its secret."""
    leaver = practice.member("organization_administration")
    tomorrow = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    made = leaver.web.post(
        "/api-clients", {"name": "Sync", "permissions": ["clients:read"], "expires_at": tomorrow}
    ).json
    key = {"client_id": made["id"], "client_secret": made["client_secret"]}
    token = practice.public.post("/tokens", key).json["access_token"]
    assert practice.resolve(token).status_code == 200 and made["secret_works"]
    assert practice.owner.web.post(f"{leaver.path}/deactivate", {}).status_code == 200
    assert practice.resolve(token).status_code == 401
    assert practice.public.post("/tokens", key).status_code == 401
    assert practice.owner.web.get(f"/api-clients/{made['id']}").json["secret_works"] is False
    assert practice.owner.web.post(f"{leaver.path}/reactivate", {}).status_code == 200
    assert practice.public.post("/tokens", key).status_code == 401, "coming back revives nothing"
    fresh = practice.owner.web.post(f"/api-clients/{made['id']}/rotate", {}).json
    assert fresh["secret_works"]
    key["client_secret"] = fresh["client_secret"]
    assert practice.public.post("/tokens", key).status_code == 200


@pytest.mark.abuse("A-ROLE-own-licence")
def test_nobody_but_the_owner_qualifies_themselves(practice):
    """Who may sign what is said by a colleague; in a practice of one there is nobody else."""
    administrator = practice.member("administration", "therapist")
    licence = {"number": "L1", "state": "NY", "expires_on": "2035-01-01"}
    web = administrator.web
    assert web.post(f"{administrator.path}/licences", licence).json["code"] == "own_qualification"
    assert web.patch(administrator.path, {"licence": licence}).json["code"] == "own_qualification"
    assert web.patch(administrator.path, {"supervisor_id": None}).json["code"] == "own_qualification"
    assert web.patch(administrator.path, {"job_title": "Manager"}).status_code == 200
    assert practice.owner.web.post(f"{administrator.path}/licences", licence).status_code == 201
    (kept,) = web.get(f"{administrator.path}/licences").json["items"]
    assert web.delete(f"{administrator.path}/licences/{kept['id']}").json["code"] == "own_qualification"
    assert practice.owner.web.post(f"{practice.owner.path}/licences", licence).status_code == 201


@pytest.mark.abuse("A-AUTH-cover-account")
def test_an_account_of_ones_own_under_the_address_covers_no_guesses(practice, public, database):
    """Each candidate becomes the password of the attacker's own account, so that one account always fits."""
    mine = Practice(public, practice.owner.email)
    answers, held = [], PASSWORD
    for number in range(7):
        candidate = f"candidate lantern quarry {number}"
        mine.owner.web.post("/passwords/change", {"current_password": held, "new_password": candidate})
        held = candidate
        answers.append(public.post("/sessions", {"email": practice.owner.email, "password": candidate}).status_code)
    assert answers == [201] * 5 + [429] * 2
    rule = "SELECT count(*) FROM audit_entries WHERE organization_id = %s AND rule = 'bad_credentials'"
    assert database.rows(rule, practice.id) == [(5,)], "the victim's practice sees each"


@pytest.mark.abuse("A-ROLE-program-of-a-demoted")
def test_whoever_may_not_make_programs_any_more_keeps_no_key(practice):
    demoted = practice.member("organization_administration")
    soon = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    made = demoted.web.post("/api-clients", {"name": "Sync", "permissions": ["clients:read"], "expires_at": soon}).json
    key = {"client_id": made["id"], "client_secret": made["client_secret"]}
    token = practice.public.post("/tokens", key).json["access_token"]
    assert practice.owner.web.patch(demoted.path, {"levels": ["default"]}).status_code == 200
    assert practice.resolve(token).status_code == 401
    assert practice.public.post("/tokens", key).status_code == 401


@pytest.mark.abuse("A-AUTH-mail-bomb")
def test_nobody_has_mail_sent_to_strangers_without_end(practice):
    body = {"new_email": fresh_email(), "password": PASSWORD}
    answers = [practice.owner.web.post("/me/email", body).status_code for _ in range(7)]
    assert answers == [202] * 5 + [429] * 2


@pytest.mark.abuse("A-DOS-idempotency-keys")
def test_strangers_keys_fill_no_table(public, database):
    count = "SELECT count(*) FROM idempotency_keys WHERE organization_id = '00000000-0000-0000-0000-000000000000'"
    before = database.rows(count)
    for number in range(3):
        public.post("/sessions/passkey-options", Idempotency_Key=f"one {number}")
        public.post("/passwords/reset-request", {"email": fresh_email()}, Idempotency_Key=f"two {number}")
    assert database.rows(count) == before


@pytest.mark.abuse("A-AUTH-squatted-address")
def test_whoever_joins_is_let_in_where_they_joined(public):
    """Practices that strangers founded under the address before do not crowd the new member out."""
    email = fresh_email()
    for _ in range(6):
        Practice(replace(public, network=ELSEWHERE), email)
    home = Practice(replace(public, network=HOME))
    joined = home.invite("therapist", email=email)
    assert home.accept(joined.invitation, OTHER).status_code == 200
    assert home.sign_in(joined, OTHER).status_code == 201
