"""Taking an account over: with old links, borrowed links, other spellings, half a sign-in, a password cut short."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest

from services.identity.tests.mailbox import token_in
from services.identity.tests.people import PASSWORD, fresh_email, new_member
from shared import clock

NEW_PASSWORD = "otter piano gravel 58"


def ask_for_reset(practice, email, **headers):
    return practice.public.post("/passwords/reset-request", {"email": email}, **headers)


def reset(practice, token, password=NEW_PASSWORD):
    return practice.public.post("/passwords/reset", {"token": token, "new_password": password})


def signed_in(practice, person, password=PASSWORD):
    return practice.session_of(practice.sign_in(person, password).json["access_token"])


@pytest.mark.abuse("A-AUTH-reset-host")
@pytest.mark.parametrize("name", ["Host", "X_Forwarded_Host", "X_Forwarded_Proto", "Forwarded", "Origin", "Referer"])
def test_a_link_leads_to_us_whatever_the_request_says(practice, mailbox, name):
    evil = "host=evil.test" if name == "Forwarded" else "evil.test"
    assert ask_for_reset(practice, practice.owner.email, **{name: evil}).status_code == 202
    (mail,) = mailbox.deliver()
    assert "https://caseload.test/password-reset#token=" in mail and "evil" not in mail


@pytest.mark.abuse("A-AUTH-reset-other-organization")
def test_a_link_opens_the_account_of_its_own_practice_alone(practice, new_practice, mailbox):
    other = new_practice(practice.owner.email)  # the same person's address, in a practice of the attacker's
    ask_for_reset(practice, practice.owner.email)
    tokens = [token_in(mail) for mail in mailbox.deliver()]
    assert len({token.partition(".")[0] for token in tokens}) == 2
    heads, tails = [t.partition(".")[0] for t in tokens], [t.partition(".")[2] for t in tokens]
    for crossed in (f"{heads[0]}.{tails[1]}", f"{heads[1]}.{tails[0]}"):
        assert reset(practice, crossed).json["code"] == "token_not_usable"
    named = {"token": tokens[0], "new_password": NEW_PASSWORD, "organization_id": str(other.id)}
    assert practice.public.post("/passwords/reset", named).status_code == 422
    assert all(
        each_practice.sign_in(each_practice.owner, organization_id=str(each_practice.id)).status_code == 201
        for each_practice in (practice, other)
    )


@pytest.mark.abuse("A-AUTH-pending-links")
def test_a_new_password_ends_what_an_intruder_has_under_way(practice, mailbox):
    """Who knew the password asked for another address. The owner resets; the intruder's link must be worth nothing."""
    intruder = signed_in(practice, practice.owner)
    theirs = fresh_email()
    intruder.post("/me/email", {"new_email": theirs, "password": PASSWORD})
    moving = next(token_in(mail) for mail in mailbox.deliver() if f"To: {theirs}" in mail)
    ask_for_reset(practice, practice.owner.email)
    ask_for_reset(practice, practice.owner.email)
    mailbox.resets.answer_some()
    ask_for_reset(practice, practice.owner.email)
    token, spare = [token_in(mail) for mail in mailbox.deliver()]
    assert reset(practice, token).status_code == 200
    assert practice.public.post("/email-changes/confirm", {"token": moving}).json["code"] == "token_not_usable"
    assert reset(practice, spare, "another heron gravel 9").json["code"] == "token_not_usable"
    assert practice.sign_in(practice.owner, NEW_PASSWORD).status_code == 201
    # The same when the password is changed, not reset.
    web = signed_in(practice, practice.owner, NEW_PASSWORD)
    ask_for_reset(practice, practice.owner.email)
    pending = token_in(mailbox.deliver()[-1])
    web.post("/passwords/change", {"current_password": NEW_PASSWORD, "new_password": PASSWORD})
    assert reset(practice, pending).json["code"] == "token_not_usable"


@pytest.mark.abuse("A-AUTH-pending-links")
@pytest.mark.parametrize("keep_current", ["true", "false"])
def test_signing_out_everywhere_ends_a_change_of_address_under_way(practice, mailbox, keep_current):
    """An intruder asked for another address. The owner signs out everywhere; only the link to it is void."""
    theirs = fresh_email()
    signed_in(practice, practice.owner).post("/me/email", {"new_email": theirs, "password": PASSWORD})
    ask_for_reset(practice, practice.owner.email)
    mails = mailbox.deliver()
    moving = next(token_in(mail) for mail in mails if f"To: {theirs}" in mail)
    (resetting,) = [token_in(mail) for mail in mails if "/password-reset#" in mail]
    owner = signed_in(practice, practice.owner)
    assert owner.send("DELETE", "/me/sessions", query={"keep_current": keep_current}).status_code == 200
    assert practice.public.post("/email-changes/confirm", {"token": moving}).json["code"] == "token_not_usable"
    assert reset(practice, resetting).status_code == 200, "it went to the owner's own address"


@pytest.mark.abuse("A-AUTH-link-of-before-leaving")
def test_a_link_of_before_somebody_left_stays_void_when_they_come_back(practice, mailbox):
    clerk = practice.member("default")
    mailbox.deliver()
    ask_for_reset(practice, clerk.email)
    token = token_in(mailbox.deliver()[-1])
    practice.owner.web.post(f"{clerk.path}/deactivate", {})
    practice.owner.web.post(f"{clerk.path}/reactivate", {})
    assert reset(practice, token).json["code"] == "token_not_usable"


@pytest.mark.abuse("A-INJ-unicode-e-mail")
@pytest.mark.parametrize(
    ("theirs", "lookalike"),
    [("sam", "ſam"), ("kate", "\u212aate"), ("strasse", "straße"), ("nils", "NILS"), ("file", "\ufb01le")],
)
def test_mail_goes_to_the_address_on_record_not_to_the_one_that_was_typed(practice, mailbox, theirs, lookalike):
    """Spellings that a database takes for the same: the link must not go to who owns the other spelling."""
    host = fresh_email().partition("@")[0] + ".test"
    person = practice.member("default", email=f"{theirs}@{host}")
    mailbox.deliver()
    ask_for_reset(practice, f"{lookalike}@{host}")
    for mail in mailbox.deliver():
        assert mail.splitlines()[0] == f"To: {person.email}"
    twice = practice.owner.web.post("/staff", new_member("default", email=f"{lookalike}@{host}"))
    if twice.status_code == 201:  # then it is another account, and stays one
        assert practice.sign_in(person).status_code == 201
        assert twice.json["id"] != str(person.id)
    else:
        assert twice.status_code in (409, 422)


@pytest.mark.abuse("A-AUTH-second-factor-skip")
def test_half_a_sign_in_is_none(practice, later):
    """The password alone opens nothing: no token comes with the refusal, and nothing empty passes for a code."""
    web = signed_in(practice, practice.owner)
    secret = web.post("/me/totp", {"password": PASSWORD}).json["secret"]
    web.post("/me/totp/confirm", {"code": pyotp.TOTP(secret).at(clock.now())})
    later(minutes=1)
    for empty in ({}, {"totp_code": ""}, {"totp_code": None}, {"recovery_code": ""}, {"recovery_code": None}):
        response = practice.sign_in(practice.owner, **empty)
        assert (response.status_code, response.json["code"]) == (401, "second_factor_required"), empty
        assert "token" not in response.text
    for wrong in ({"totp_code": " "}, {"recovery_code": " "}, {"recovery_code": "----"}, {"totp_code": "000000"}):
        assert practice.sign_in(practice.owner, **wrong).json["code"] == "bad_second_factor", wrong
    for pretended in ({"factors": ["totp"]}, {"second_factor": True}, {"skip_second_factor": True}, {"totp_code": []}):
        assert practice.sign_in(practice.owner, **pretended).status_code == 422, pretended


@pytest.mark.abuse("A-AUTH-second-factor-demanded")
def test_who_has_only_the_password_does_nothing_else_where_two_are_demanded(practice):
    """Also in an earlier session, and however it is renewed."""
    clerk = practice.member("billing")
    tokens = practice.sign_in(clerk).json
    owners = signed_in(practice, practice.owner)
    owners.patch("/organization", {"requires_second_factor": True})
    renewed = practice.public.post("/sessions/refresh", {"refresh_token": tokens["refresh_token"]}).json
    assert practice.resolve(renewed["access_token"]).json["levels"] == ["enrolling"]
    enrolling = practice.session_of(renewed["access_token"])
    refused = [
        enrolling.get("/staff"),
        enrolling.patch("/me", {"colour": "#123456"}),
        enrolling.post("/me/email", {"new_email": fresh_email(), "password": PASSWORD}),
        enrolling.get("/me/sessions"),
    ]
    assert {response.status_code for response in refused} == {403}


@pytest.mark.abuse("A-AUTH-long-password")
def test_every_letter_of_a_long_password_counts(practice):
    """Hashes that cut at 72 bytes would take any ending."""
    person = practice.invite("default")
    head = "heron lantern quarry piano gravel otter meadow copper violin thistle 41 x"
    assert len(head) == 73
    assert practice.accept(person.invitation, f"{head} ends so").status_code == 200
    for cut in (head, head[:72], f"{head} ends otherwise", f"{head} ends so "):
        assert practice.sign_in(person, cut).status_code == 401
    assert practice.sign_in(person, f"{head} ends so").status_code == 201


@pytest.mark.abuse("A-AUTH-huge-password", "A-DOS-hash-flood")
@pytest.mark.parametrize("length", [129, 5_000, 1_000_000])
def test_a_huge_password_costs_no_hash(practice, length):
    huge, began = "x" * length, time.perf_counter()
    token = practice.invite("default").invitation
    web = practice.owner.web
    answers = [
        practice.sign_in(practice.owner, huge),
        practice.accept(token, huge),
        reset(practice, token, huge),
        web.post("/passwords/change", {"current_password": huge, "new_password": NEW_PASSWORD}),
        web.post("/me/totp", {"password": huge}),
    ]
    assert {response.status_code for response in answers} <= {413, 422}
    assert time.perf_counter() - began < 2


@pytest.mark.abuse("A-SES-idle-polling")
def test_polling_keeps_nobody_in_beyond_the_limits(practice, later):
    """A page that asks every minute lives twelve hours at most; one that lay idle is not asked back to life."""
    polled, idle = practice.sign_in(practice.owner).json, practice.sign_in(practice.owner).json
    refresh = {"refresh_token": polled["refresh_token"]}
    for _ in range(13 * 6):
        later(minutes=10)
        if practice.resolve(polled["access_token"]).status_code == 401:
            renewed = practice.public.post("/sessions/refresh", refresh)
            if renewed.status_code != 201:
                break
            polled = renewed.json
            refresh = {"refresh_token": polled["refresh_token"]}
    else:
        pytest.fail("still signed in after thirteen hours")
    for _ in range(5):
        assert practice.resolve(idle["access_token"]).status_code == 401
    assert practice.public.post("/sessions/refresh", {"refresh_token": idle["refresh_token"]}).status_code == 401


@pytest.mark.abuse("A-SES-idle-background")
def test_a_page_that_refreshes_itself_keeps_nobody_signed_in(practice, later):
    """What is asked in the background counts as no use, and neither does renewing the tokens."""
    watched, worked = practice.sign_in(practice.owner).json, practice.sign_in(practice.owner).json
    for _ in range(4):
        later(minutes=4)
        body = {"access_token": watched["access_token"], "in_use": False}
        background = practice.public.send("POST", "/internal/sessions/resolve", body).status_code
        assert practice.resolve(worked["access_token"]).status_code == 200
        if background == 200:
            watched = practice.public.post("/sessions/refresh", {"refresh_token": watched["refresh_token"]}).json
    assert background == 401


@pytest.mark.abuse("A-SES-idle-parameter")
def test_no_parameter_skips_the_time_out(practice, later):
    tokens = practice.sign_in(practice.owner).json
    later(minutes=16)
    for more in ({}, {"skip_timeout_reset": 1}, {"keep_alive": True}, {"idle_minutes": 30}, {"now": 0}):
        resolved = practice.public.send(
            "POST", "/internal/sessions/resolve", {"access_token": tokens["access_token"], **more}
        )
        assert resolved.status_code == (422 if more else 401)
        renewed = practice.public.post("/sessions/refresh", {"refresh_token": tokens["refresh_token"], **more})
        assert renewed.status_code == (422 if more else 401)


@pytest.mark.abuse("A-SES-refresh-race")
def test_of_many_renewals_at_once_one_succeeds_and_the_session_ends(practice):
    tokens = practice.sign_in(practice.owner).json
    renewal = {"refresh_token": tokens["refresh_token"]}
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: practice.public.post("/sessions/refresh", renewal), range(12)))
    assert sorted(response.status_code for response in answers) == [201] + [401] * 11
    (winner,) = [response.json for response in answers if response.status_code == 201]
    assert practice.resolve(winner["access_token"]).status_code == 401
