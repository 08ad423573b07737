"""Mail to strangers: none while nobody knows the founder, little to one address, and no words but ours in a subject."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.identity.app import resources_of
from services.identity.mail.commands import send_later
from services.identity.mail.rules import TEMPLATES
from services.identity.tests.mailbox import token_in
from services.identity.tests.people import PASSWORD, Practice, fresh_email, new_member
from shared.mail import limits
from shared.mail.composing import rendered
from shared.mail.limits import PER_HOUR_MAX, bucket_of, mail_may_go
from shared.settings import Environment
from shared.testing.databases import database_of

NEW_PASSWORD = "seven-otters-on-the-weir"
HOSTILE = (
    "Win $500 at https://evil.test/x",
    "You\r\nBcc: c@d.test\r\n\r\nhave won",
    "{link} {0} %(link)s",
    "Claim your prize now, " * 20,
    "pay\u2028me\u202e@evil.test",
)


@pytest.fixture
def unconfirmed(public, mailbox) -> Practice:
    """A practice whose founder has not opened the link."""
    return Practice(public)


def confirm(practice: Practice, token: str):
    return practice.public.post("/organizations/confirm", {"token": token})


def to(email: str, mails: list[str]) -> list[str]:
    return [mail for mail in mails if mail.startswith(f"To: {email}\n")]


@pytest.mark.abuse("A-AUTH-open-mailer", "A-DOS-invitation-flood")
def test_a_fresh_practice_mails_its_founder_alone(unconfirmed, mailbox):
    strangers = [unconfirmed.invite("default") for _ in range(3)]
    table = f"First name;Last name;E-mail;Role\nThea;One;{fresh_email()};default\n".encode()
    imported = unconfirmed.owner.web.upload("POST", "/staff/import", table)
    assert imported.json["counts"] == {"invited": 1} and all(stranger.invitation for stranger in strangers)
    unconfirmed.owner.web.post(f"{strangers[0].path}/invitation")
    (mail,) = mailbox.deliver()
    assert mail.startswith(f"To: {unconfirmed.owner.email}\n") and "Ames" not in mail
    assert "https://caseload.test/confirm#token=" in mail
    assert unconfirmed.accept(strangers[1].invitation).status_code == 200, "the token works as ever"


def test_what_waits_goes_out_once_where_it_is_still_good(unconfirmed, mailbox, database):
    kept, again, revoked, lapsed = (unconfirmed.invite("default") for _ in range(4))
    unconfirmed.owner.web.post(f"{again.path}/invitation")
    open_ones = unconfirmed.owner.web.get("/invitations").json["items"]
    gone = next(invitation["id"] for invitation in open_ones if invitation["staff_id"] == str(revoked.id))
    assert unconfirmed.owner.web.delete(f"/invitations/{gone}").status_code == 204
    database.rows(
        "UPDATE invitations SET expires_at = now() - interval '1 minute' WHERE staff_id = %s RETURNING 1", lapsed.id
    )
    (mail,) = mailbox.deliver()
    response = confirm(unconfirmed, token_in(mail))
    assert response.status_code == 200 and response.json["email"] == unconfirmed.owner.email
    mails = mailbox.deliver()
    assert sorted(mail.splitlines()[0] for mail in mails) == sorted(f"To: {member.email}" for member in (kept, again))
    assert unconfirmed.accept(token_in(to(again.email, mails)[0])).status_code == 200
    new = unconfirmed.invite("default")
    assert len(to(new.email, mailbox.deliver())) == 1, "from now on at once"


def test_waiting_mail_that_lapses_is_given_up(unconfirmed, mailbox, database, later):
    stranger = unconfirmed.invite("default")
    mailbox.deliver()
    later(hours=73)
    assert mailbox.deliver() == []
    facts = "SELECT attempts, given_up_at IS NOT NULL, held, values FROM mail WHERE recipient = %s"
    assert database.rows(facts, stranger.email) == [(0, True, False, {})]


@pytest.mark.abuse("A-AUTH-open-mailer")
@pytest.mark.parametrize("template", TEMPLATES)
def test_of_all_mail_only_what_shows_the_founders_address_goes(unconfirmed, database, template):
    web = database_of(database, "app")
    for recipient, asked_by in (("stranger@b.test", None), ("member@b.test", UUID(int=1)), ("founder@b.test", "owner")):
        by = unconfirmed.owner.id if asked_by == "owner" else asked_by
        web.run(
            lambda s, to=recipient, by=by: send_later(
                s, unconfirmed.id, to, template, {}, timedelta(hours=1), asked_by=by
            ),
            unconfirmed.id,
        )
    web.dispose()
    held = "SELECT split_part(recipient, '@', 1), held FROM mail WHERE organization_id = %s AND recipient LIKE %s"
    found = dict(database.rows(held, unconfirmed.id, "%@b.test"))
    assert found == {"stranger": True, "member": True, "founder": False}


@pytest.mark.abuse("A-AUTH-open-mailer")
def test_members_of_an_unconfirmed_practice_have_nothing_mailed_either(unconfirmed, mailbox):
    puppet = unconfirmed.member("therapist")
    mailbox.deliver()
    web = unconfirmed.session_of(unconfirmed.sign_in(puppet).json["access_token"])
    assert web.post("/me/email", {"new_email": fresh_email(), "password": PASSWORD}).status_code == 202
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert web.post("/passwords/change", change).status_code == 200
    unconfirmed.public.post("/passwords/reset-request", {"email": puppet.email})
    assert mailbox.deliver() == []


def test_a_reset_by_mail_confirms_the_founder(unconfirmed, mailbox):
    stranger = unconfirmed.invite("default")
    mailbox.deliver()
    unconfirmed.public.post("/passwords/reset-request", {"email": unconfirmed.owner.email})
    (mail,) = mailbox.deliver()
    reset = {"token": token_in(mail), "new_password": NEW_PASSWORD}
    assert unconfirmed.public.post("/passwords/reset", reset).status_code == 200
    assert len(to(stranger.email, mailbox.deliver())) == 1


def test_moving_to_an_address_confirms_the_founder_and_ends_the_first_link(unconfirmed, mailbox):
    stranger, address = unconfirmed.invite("default"), fresh_email()
    (first,) = mailbox.deliver()
    web = unconfirmed.session_of(unconfirmed.sign_in(unconfirmed.owner).json["access_token"])
    assert web.post("/me/email", {"new_email": address, "password": PASSWORD}).status_code == 202
    (mail,) = mailbox.deliver()  # the notice to the former address waits: nobody knows whose it is
    assert unconfirmed.public.post("/email-changes/confirm", {"token": token_in(mail)}).status_code == 200
    assert len(to(stranger.email, mailbox.deliver())) == 1
    assert confirm(unconfirmed, token_in(first)).json["code"] == "link_used"


def test_another_way_of_a_member_confirms_nobody(unconfirmed, mailbox, database):
    puppet, stranger = unconfirmed.member("default"), unconfirmed.invite("default")
    unconfirmed.public.post("/passwords/reset-request", {"email": puppet.email})
    mailbox.deliver()
    query = "SELECT values FROM mail WHERE recipient = %s AND template = 'password_reset'"
    ((values,),) = database.rows(query, puppet.email)
    reset = {"token": values["path"].partition("#token=")[2], "new_password": NEW_PASSWORD}
    assert unconfirmed.public.post("/passwords/reset", reset).status_code == 200
    assert to(stranger.email, mailbox.deliver()) == []


def test_a_link_works_once_within_a_day_and_is_mailed_again(unconfirmed, mailbox, later):
    ask = unconfirmed.owner.web
    assert ask.get("/me").json["confirmation_awaited"]
    first = token_in(mailbox.deliver()[0])
    assert confirm(unconfirmed, first[:-3] + "xyz").json["code"] == "token_not_usable"
    assert confirm(unconfirmed, "nothing").json["code"] == "token_not_usable"
    later(hours=25)
    expired = confirm(unconfirmed, first)
    assert (expired.status_code, expired.json["code"]) == (409, "link_expired")
    assert [ask.post("/organization/confirmation").status_code for _ in range(4)] == [202] * 3 + [429]
    *_, last = mailbox.deliver()
    assert confirm(unconfirmed, token_in(last)).status_code == 200
    assert not ask.get("/me").json["confirmation_awaited"]
    used = confirm(unconfirmed, token_in(last))
    assert (used.status_code, used.json["code"]) == (409, "link_used")
    assert ask.post("/organization/confirmation").json["code"] == "nothing_to_confirm"


def test_only_the_founder_has_something_to_confirm(unconfirmed):
    colleague = unconfirmed.member("organization_administration")
    assert not colleague.web.get("/me").json["confirmation_awaited"]
    response = colleague.web.post("/organization/confirmation")
    assert (response.status_code, response.json["code"]) == (409, "nothing_to_confirm")


@pytest.mark.abuse("A-AUTH-open-mailer", "A-DOS-invitation-flood")
def test_one_address_gets_little_mail_from_all_practices_together(practice, new_practice, mailbox, later):
    email = fresh_email()
    for each_practice in (practice, new_practice()):
        invited = each_practice.owner.web.post("/staff", new_member("default", email=email)).json["id"]
        for _ in range(PER_HOUR_MAX // 2):
            assert each_practice.owner.web.post(f"/staff/{invited}/invitation").status_code == 201
    other = practice.invite("default")
    mails = mailbox.deliver()
    assert len(to(email, mails)) == PER_HOUR_MAX and len(to(other.email, mails)) == 1
    later(minutes=61)
    assert len(to(email, mailbox.deliver())) == 2, "the rest waited"


def test_spellings_of_an_address_count_as_one_and_kinds_apart():
    count = resources_of(Environment({})).sealer.fingerprint

    def bucket(name: str, email_key: str = "a@b.test") -> int | None:
        return bucket_of(count, TEMPLATES[name], email_key)

    assert bucket("invitation") == bucket("organization_confirmation")
    assert bucket("invitation") != bucket("password_changed")
    assert bucket("invitation") != bucket("invitation", "c@b.test")
    assert [name for name in TEMPLATES if bucket(name) is None] == ["password_reset"]


def test_the_next_message_goes_when_the_hour_or_the_day_is_over():
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    half, morning = now - timedelta(minutes=30), now - timedelta(hours=5)
    assert mail_may_go(limits.PER_HOUR_MAX - 1, half, limits.PER_DAY_MAX - 1, morning, now) == now
    assert mail_may_go(limits.PER_HOUR_MAX, half, 1, morning, now) == half + limits.HOUR
    assert mail_may_go(limits.PER_HOUR_MAX, half, limits.PER_DAY_MAX, morning, now) == morning + limits.DAY
    assert mail_may_go(limits.PER_HOUR_MAX, morning, 1, morning, now) == now


@pytest.mark.abuse("A-AUTH-open-mailer", "A-INJ-mail-header")
@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_subject_is_ours_and_a_name_in_a_body_is_short_and_plain(template, name):
    link = "https://caseload.test/join#token=x"
    values = dict.fromkeys(("organization", "invited_by", "staff", "what"), name) | {"link": link}
    message = rendered(TEMPLATES[template], values, "to@example.test", "Caseload <from@example.test>")
    assert message["Subject"] == TEMPLATES[template].subject and "{" not in message["Subject"]
    body = message.get_content().replace(link, "")
    assert "://" not in body and "@" not in body and "Claim your prize now, " * 4 not in body
    assert len(body.splitlines()) == len(TEMPLATES[template].body.splitlines())
