"""Changing a password, losing one, moving to another address; and the mail that goes with it."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.identity.mail.rules import TEMPLATES
from services.identity.passwords import rules as passwords
from services.identity.passwords.rules import PASSWORDS, password_fits
from services.identity.tests.mailbox import Mailbox, forget_mail, token_in
from services.identity.tests.people import PASSWORD, Practice, fresh_email, sign_up
from shared.ids import NIL, new_id
from shared.mail.composing import rendered
from shared.mail.delivery import Post
from shared.mail.limits import TRIES_MAX
from shared.settings import Environment, MissingSetting
from shared.testing.mail import smtp_server

NEW_PASSWORD = "otter piano gravel 58"
ACCENTED = "h\u00e9ron l\u00e0ntern quarry 41"


def ask_for_reset(practice: Practice, email: str):
    return practice.public.post("/passwords/reset-request", {"email": email})


def test_a_password_is_kept_by_the_profile_of_owasp():
    assert PASSWORDS.hash(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_changing_ones_password_ends_the_other_sessions(practice, mailbox):
    web = practice.session_of(practice.sign_in(practice.owner).json["access_token"])
    other = practice.sign_in(practice.owner).json["access_token"]
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert web.post("/passwords/change", {**change, "current_password": "wrong"}).json["code"] == "wrong_password"
    assert web.post("/passwords/change", {**change, "new_password": PASSWORD}).json["code"] == "same_password"
    assert (
        web.post("/passwords/change", {**change, "new_password": "password1234"}).json["code"] == "guessable_password"
    )
    assert web.post("/passwords/change", change).status_code == 200
    assert practice.resolve(other).status_code == 401
    assert [session["current"] for session in web.get("/me/sessions").json["items"]] == [True]
    assert practice.sign_in(practice.owner).status_code == 401
    assert practice.sign_in(practice.owner, NEW_PASSWORD).status_code == 201
    (mail,) = mailbox.deliver()
    assert f"To: {practice.owner.email}" in mail and "password" in mail and NEW_PASSWORD not in mail


@pytest.mark.parametrize(
    ("signed_up", "signs_in"),
    [
        ("{}@xn--bcher-kva.example", "{}@xn--bcher-kva.example"),
        ("{}@xn--bcher-kva.example", "{}@BÜCHER.example"),
        ("jos\u00e9{}@practice.test", "Jose\u0301{}@practice.test"),
    ],
)
@pytest.mark.parametrize("typed", [unicodedata.normalize("NFC", ACCENTED), unicodedata.normalize("NFD", ACCENTED)])
def test_every_spelling_of_an_address_and_a_password_signs_in(public, signed_up, signs_in, typed):
    mark = new_id().hex
    owner = {"given_name": "Olive", "family_name": "Ames", "email": signed_up.format(mark), "password": ACCENTED}
    assert sign_up(public, owner["email"], administrator=owner).status_code == 201
    signed_in = public.post("/sessions", {"email": signs_in.format(mark), "password": typed})
    assert signed_in.status_code == 201, signed_in.json


def test_a_password_that_was_set_before_spellings_were_composed_still_fits():
    decomposed = unicodedata.normalize("NFD", ACCENTED)
    assert password_fits(PASSWORDS.hash(decomposed), decomposed)
    assert not password_fits(PASSWORDS.hash(decomposed), f"{decomposed}x")


def test_judging_a_password_takes_no_time_that_grows_with_its_length():
    """The worst kind for zxcvbn: 66 characters that each stand for several letters took two seconds."""
    worst = ("a4@8($<0!1|5$7+%2z" * 8)[:66]
    judged = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "zxcvbn", lambda part: judged.append(part) or {"score": 0})
        with pytest.raises(passwords.GuessablePassword):
            passwords.ensure_hard_to_guess(worst, [], frozenset(), "password")
    assert len(judged) == 2 and max(map(len, judged)) == passwords.JUDGED_CHARACTERS


def test_a_password_is_as_good_as_its_better_end():
    for password in ("a" * 20 + "velvet-harbour-41-quill", "velvet-harbour-41-quill" + "a" * 20):
        passwords.ensure_hard_to_guess(password, [], frozenset(), "password")


@pytest.mark.abuse("A-AUTH-brute-force")
def test_a_stolen_token_does_not_find_the_password_out(practice, later):
    web = practice.session_of(practice.sign_in(practice.owner).json["access_token"])
    tried = [
        web.post("/passwords/change", {"current_password": f"guess {number}", "new_password": NEW_PASSWORD}).status_code
        for number in range(7)
    ]
    assert tried == [422] * 5 + [429] * 2
    later(seconds=61)
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert web.post("/passwords/change", change).status_code == 200


@pytest.mark.abuse("A-SES-after-reset", "A-AUTH-reset-reuse")
def test_a_lost_password_is_set_anew_by_mail(practice, mailbox, database):
    before = practice.sign_in(practice.owner).json["access_token"]
    assert ask_for_reset(practice, practice.owner.email.upper()).status_code == 202
    (mail,) = mailbox.deliver()
    assert "https://caseload.test/password-reset#token=" in mail
    token = token_in(mail)
    assert not database.rows(f"SELECT 1 FROM mail WHERE values::text LIKE '%{token[-20:]}%'"), "kept after sending"
    reset = {"token": token, "new_password": NEW_PASSWORD}
    assert practice.public.post("/passwords/reset", {**reset, "new_password": "short"}).status_code == 422
    assert practice.public.post("/passwords/reset", reset).json["email"] == practice.owner.email
    assert practice.public.post("/passwords/reset", reset).json["code"] == "token_not_usable"
    assert practice.resolve(before).status_code == 401
    assert practice.sign_in(practice.owner, NEW_PASSWORD).status_code == 201
    (notice,) = mailbox.deliver()
    assert "was changed" in notice


@pytest.mark.abuse("A-AUTH-enumeration-reset")
def test_nobody_learns_who_has_an_account(practice, mailbox):
    """A-AUTH-enumeration: the same answer, and the request does the same work, for every address."""
    known, unknown = ask_for_reset(practice, practice.owner.email), ask_for_reset(practice, fresh_email())
    assert (known.status_code, known.json) == (unknown.status_code, unknown.json)
    assert len(mailbox.deliver()) == 1


def test_what_strangers_ask_for_fills_no_table_and_no_audit_trail(practice, mailbox, database):
    strangers = [fresh_email() for _ in range(3)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda stranger: ask_for_reset(practice, stranger).status_code, strangers * 6))
    assert answers == [202] * 18
    assert database.rows("SELECT count(*) FROM reset_requests") == [(3,)]
    assert (
        practice.public.post(
            "/passwords/reset-request", {"email": practice.owner.email}, Idempotency_Key="once"
        ).status_code
        == 202
    )
    assert len(mailbox.deliver()) == 1
    assert ask_for_reset(practice, strangers[0]).status_code == 202, "answered, so it may be asked for again"
    for table in ("audit_entries", "audit_pending"):
        assert database.rows(f"SELECT count(*) FROM {table} WHERE organization_id = %s", NIL) == [(0,)], table


@pytest.mark.abuse("A-AUTH-reset-late")
def test_a_reset_token_ends_after_half_an_hour_and_serves_one_purpose(practice, mailbox, later):
    ask_for_reset(practice, practice.owner.email)
    token = token_in(mailbox.deliver()[0])
    assert practice.public.post("/email-changes/confirm", {"token": token}).json["code"] == "token_not_usable"
    assert practice.accept(token, NEW_PASSWORD).json["code"] == "invitation_not_usable"
    later(minutes=31)
    reset = {"token": token, "new_password": NEW_PASSWORD}
    assert practice.public.post("/passwords/reset", reset).json["code"] == "token_not_usable"
    for nonsense in ("x", "a.b", token[:-1], token + "x", "." * 100):
        response = practice.public.post("/passwords/reset", {"token": nonsense, "new_password": NEW_PASSWORD})
        assert (response.status_code, response.json["code"]) == (422, "token_not_usable")


@pytest.mark.abuse("A-AUTH-reset-reuse")
def test_fifty_redemptions_at_once_are_one(practice, mailbox):
    ask_for_reset(practice, practice.owner.email)
    reset = {"token": token_in(mailbox.deliver()[0]), "new_password": NEW_PASSWORD}
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: practice.public.post("/passwords/reset", reset).status_code, range(50)))
    assert sorted(answers) == [200] + [422] * 49


@pytest.mark.abuse("A-DOS-reset-flood")
def test_three_resets_an_hour_and_the_fourth_is_silent(practice, mailbox, later):
    for _ in range(6):
        assert ask_for_reset(practice, practice.owner.email).status_code == 202
        later(seconds=1)
        mailbox.resets.answer_some()
    assert len(mailbox.deliver()) == 3
    later(minutes=61)
    ask_for_reset(practice, practice.owner.email)
    assert len(mailbox.deliver()) == 1


def test_one_address_in_two_practices_gets_a_link_for_each(practice, new_practice, mailbox):
    other = new_practice(practice.owner.email)
    ask_for_reset(practice, practice.owner.email)
    mails = mailbox.deliver()
    assert len(mails) == 2
    reset = {"token": token_in(mails[0]), "new_password": NEW_PASSWORD}
    assert practice.public.post("/passwords/reset", reset).status_code == 200
    signed_in = [
        each_practice.sign_in(each_practice.owner, NEW_PASSWORD, organization_id=str(each_practice.id)).status_code
        for each_practice in (practice, other)
    ]
    assert sorted(signed_in) == [201, 401]


@pytest.mark.abuse("A-AUTH-second-factor-reset")
def test_a_reset_leaves_the_second_factor_on_and_brings_nobody_back(practice, mailbox):
    clerk = practice.member("default")
    ask_for_reset(practice, clerk.email)
    token = token_in(mailbox.deliver()[0])
    practice.owner.web.post(f"{clerk.path}/deactivate", {})
    reset = {"token": token, "new_password": NEW_PASSWORD}
    assert practice.public.post("/passwords/reset", reset).json["code"] == "token_not_usable"
    ask_for_reset(practice, clerk.email)
    assert mailbox.deliver() == []
    web = practice.session_of(practice.sign_in(practice.owner).json["access_token"])
    import pyotp

    secret = web.post("/me/totp", {"password": PASSWORD}).json["secret"]
    assert web.post("/me/totp/confirm", {"code": pyotp.TOTP(secret).now()}).status_code == 200
    (mail,) = mailbox.deliver()
    assert "An authenticator app was set up for your account" in mail and practice.owner.email in mail
    ask_for_reset(practice, practice.owner.email)
    practice.public.post("/passwords/reset", {"token": token_in(mailbox.deliver()[0]), "new_password": NEW_PASSWORD})
    assert practice.sign_in(practice.owner, NEW_PASSWORD).json["code"] == "second_factor_required"


def test_a_guessable_password_is_named_by_the_field_it_came_in(practice):
    weak = practice.owner.web.post("/passwords/change", {"current_password": PASSWORD, "new_password": "password1234"})
    assert weak.json["errors"][0]["field"] == "new_password"


def test_moving_to_another_address(practice, mailbox, new_practice):
    web = practice.session_of(practice.sign_in(practice.owner).json["access_token"])
    address = fresh_email()
    assert web.post("/me/email", {"new_email": address, "password": "wrong"}).json["code"] == "wrong_password"
    assert web.post("/me/email", {"new_email": address, "password": PASSWORD}).status_code == 202
    mails = mailbox.deliver()
    assert sorted(mail.splitlines()[0] for mail in mails) == sorted([f"To: {address}", f"To: {practice.owner.email}"])
    token = next(token_in(mail) for mail in mails if address in mail.splitlines()[0])
    assert practice.sign_in(practice.owner).status_code == 201  # not before it is confirmed
    assert practice.public.post("/email-changes/confirm", {"token": token}).json["email"] == address
    assert practice.public.post("/email-changes/confirm", {"token": token}).status_code == 422
    assert practice.public.post("/sessions", {"email": address, "password": PASSWORD}).status_code == 201
    taken = practice.member("default").email
    web.post("/me/email", {"new_email": taken, "password": PASSWORD})
    token = [token_in(mail) for mail in mailbox.deliver() if f"To: {taken}" in mail][-1]  # after the invitation
    assert practice.public.post("/email-changes/confirm", {"token": token}).json["code"] == "email_taken"


def test_a_change_of_address_that_waits_is_shown_and_can_be_cancelled(practice, mailbox):
    web, nothing = practice.owner.web, {"new_email": None, "created_at": None, "expires_at": None}
    assert web.get("/me/email-change").json == nothing
    first, address = fresh_email(), fresh_email()
    for wanted in (first, address):
        web.post("/me/email", {"new_email": wanted, "password": PASSWORD})
    waits = web.get("/me/email-change").json
    assert waits["new_email"] == address and waits["created_at"] < waits["expires_at"]
    assert practice.member("therapist").web.get("/me/email-change").json == nothing  # nobody else's
    assert web.delete("/me/email-change").status_code == 204
    assert web.get("/me/email-change").json == nothing
    token = next(token_in(mail) for mail in mailbox.deliver() if f"To: {address}" in mail)
    assert practice.public.post("/email-changes/confirm", {"token": token}).json["code"] == "token_not_usable"
    assert web.delete("/me/email-change").status_code == 204  # nothing is left to cancel


def test_mail_waits_for_a_server_that_is_away_and_goes_out_once(practice, database, tmp_path, later):
    with smtp_server() as server:
        forget_mail(database)
        mailbox = Mailbox(database, tmp_path, SMTP_URL=server.url, MAIL_FROM="Practice <p@example.test>")
        server.refuses = True
        ask_for_reset(practice, practice.owner.email)
        mailbox.deliver()
        assert server.received == []
        assert mailbox.sender.send_due() == 0  # not before its time
        server.refuses = False
        later(seconds=20)
        mailbox.deliver()
        (message,) = server.received
        assert message["To"] == practice.owner.email and message["From"] == "Practice <p@example.test>"
        mailbox.deliver()
        assert len(server.received) == 1
    later(seconds=1)
    ask_for_reset(practice, practice.owner.email)
    for _ in range(TRIES_MAX + 2):  # nobody listens there
        mailbox.deliver()
        later(minutes=10)
    ((attempts, given_up, values),) = database.rows(
        f"SELECT attempts, given_up_at IS NOT NULL, values FROM mail WHERE recipient = '{practice.owner.email}'"
        " AND sent_at IS NULL"
    )
    assert given_up and 1 <= int(str(attempts)) <= TRIES_MAX and values == {}


@pytest.mark.abuse("A-INJ-mail-header")
@pytest.mark.parametrize("name", TEMPLATES)
def test_no_value_becomes_a_header(name):
    """A-INJ-mail: a practice's name with a line break in it is a name with a blank in it."""
    values = dict.fromkeys(
        ("organization", "link", "invited_by", "staff", "what"), "Evil\r\nBcc: victim@example.test\r\n\r\nhello"
    )
    message = rendered(TEMPLATES[name], values, "to@example.test", "Caseload <from@example.test>")
    assert message["Bcc"] is None and "\n" not in message["Subject"]
    for address in ("a@example.test\r\nBcc: b@example.test", "a@example.test\nX: y"):
        with pytest.raises(ValueError, match=r"."):
            rendered(TEMPLATES[name], values, address, "Caseload <from@example.test>")


@pytest.mark.abuse("A-INJ-mail-template")
@pytest.mark.parametrize("name", TEMPLATES)
def test_no_value_is_a_template(name):
    """What looks like a place to fill in, in a practice's or a person's name, is sent as it was written."""
    evil = "{link} {organization!r} {0} {{7*7}} ${7*7} %(link)s <b>x</b>"
    values = {
        "organization": evil,
        "invited_by": evil,
        "staff": evil,
        "what": evil,
        "link": "https://caseload.test/#token=secret",
    }
    message = rendered(TEMPLATES[name], values, "to@example.test", "Caseload <from@example.test>")
    written = f"{message['Subject']}\n{message.get_content()}"
    assert (evil in " ".join(written.split())) == any(
        f"{{{field}}}" in TEMPLATES[name].body for field in values if field != "link"
    )
    assert message.get_content_type() == "text/plain"
    assert written.count("token=secret") <= 1 and "49" not in written


def test_where_mail_goes_is_checked_at_the_start(tmp_path):
    with pytest.raises(MissingSetting):
        Post.load(Environment({"SMTP_URL": "http://mail.test"}))
    assert Post.load(Environment({})).deliver is None
    assert Post.load(Environment({"MAILBOX_DIR": str(tmp_path / "box")})).deliver is not None
