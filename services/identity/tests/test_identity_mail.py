"""Mail against servers that are slow, silent or not to be trusted, and names that want to be links."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.app import SERVICE
from services.identity.mail.commands import send_later
from services.identity.mail.rules import TEMPLATES
from shared.database.waiting_metrics import WaitingCollector
from shared.ids import new_id
from shared.mail import delivery
from shared.mail.composing import name_in_mail, rendered
from shared.mail.delivery import must_encrypt
from shared.mail.limits import TRIES_MAX
from shared.mail.sender import QUEUE, Sender
from shared.settings import Environment
from shared.testing.databases import database_of
from shared.testing.mail import smtp_server

HERE = new_id()
SENDER = "Caseload <from@example.test>"
ROOT = Path(__file__).parents[3]
SEND_ONE = """
import os
from services.identity.app import SERVICE
from services.identity.mail.rules import TEMPLATES
from shared.mail.sender import Sender
from shared.settings import Environment
print(Sender("identity", SERVICE.database(os.environ["URL"]), Environment.of_process(), TEMPLATES).send_due())
"""


def sending(database, **settings: str) -> Sender:
    return Sender("identity", database, Environment(settings), TEMPLATES)


@pytest.fixture
def smtp():
    with smtp_server() as server:
        yield server


@pytest.fixture
def written(database):
    """Writes mail down, one to each recipient; what others left is forgotten."""
    database.rows("DELETE FROM mail RETURNING 1")
    web = database_of(database, "app")

    def write(*recipients: str, template: str = "password_changed", useful: timedelta = timedelta(days=2)) -> None:
        values = {"organization": "Ames Practice"}
        for recipient in recipients:
            web.run(lambda s, to=recipient: send_later(s, HERE, to, template, values, useful), HERE)

    yield write
    web.dispose()


@pytest.fixture
def sender(database, smtp):
    worker = SERVICE.database(database.url("worker"))
    yield sending(worker, SMTP_URL=smtp.url)
    worker.dispose()


def states(database) -> list[tuple[str, int, bool, bool]]:
    return database.rows(
        "SELECT recipient, attempts, sent_at IS NOT NULL, given_up_at IS NOT NULL FROM mail ORDER BY recipient"
    )


def test_a_slow_server_costs_time_and_nothing_else(database, smtp, written, monkeypatch):
    """Three messages take longer than a transaction may lie idle; each goes out once."""
    monkeypatch.setattr("shared.database.engine.IDLE_IN_TRANSACTION_TIMEOUT_MS", 250)
    slow = sending(SERVICE.database(database.url("worker")), SMTP_URL=smtp.url)
    smtp.seconds_to_keep = 0.4
    written("a@b.test", "c@d.test", "e@f.test")
    while slow.send_due():
        pass
    assert sorted(message["To"] for message in smtp.received) == ["a@b.test", "c@d.test", "e@f.test"]
    assert states(database) == [(to, 1, True, False) for to in ("a@b.test", "c@d.test", "e@f.test")]


def test_while_a_message_is_delivered_no_transaction_is_open(database, sender, written, monkeypatch):
    written("a@b.test")
    deliver, seen = sender._post.deliver, []
    question = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'identity_worker'"
        " AND xact_start IS NOT NULL"
    )

    def looking(message):
        seen.append((database.rows(question), database.rows("SELECT attempts FROM mail")))
        deliver(message)

    object.__setattr__(sender._post, "deliver", looking)
    sender.send_due()
    assert seen == [([(0,)], [(1,)])], "the try was counted before it was made"


def test_a_server_that_says_nothing_is_tried_a_bounded_number_of_times(
    database, smtp, sender, written, later, monkeypatch
):
    monkeypatch.setattr(delivery, "SMTP_SECONDS", 0.1)
    smtp.silent = True
    written("a@b.test", "c@d.test")
    for _ in range(TRIES_MAX + 3):
        while sender.send_due():
            pass
        later(minutes=40)
    assert states(database) == [(to, TRIES_MAX, False, True) for to in ("a@b.test", "c@d.test")]
    assert database.rows("SELECT DISTINCT values FROM mail") == [({},)]


def test_killed_between_delivery_and_record_it_goes_out_again_and_no_oftener_than_allowed(
    database, smtp, sender, written, later, tmp_path
):
    written("a@b.test")
    environment = {
        "PATH": "/usr/bin:/bin",
        "URL": database.url("worker"),
        "SMTP_URL": smtp.url,
        "FAILPOINT": str(tmp_path / "armed"),
    }
    (tmp_path / "armed").write_text("mail.delivered", encoding="utf-8")
    killed = subprocess.run([sys.executable, "-c", SEND_ONE], cwd=ROOT, env=environment, timeout=60, check=False)
    assert killed.returncode == -9
    assert states(database) == [("a@b.test", 1, False, False)] and len(smtp.received) == 1
    assert sender.send_due() == 0, "it may still be under way"
    later(minutes=6)
    assert sender.send_due() == 1
    assert states(database) == [("a@b.test", 2, True, False)] and len(smtp.received) == 2
    first, again = smtp.received
    assert first["Message-ID"] == again["Message-ID"] and first["Message-ID"].endswith("@localhost>")
    assert first["Date"] == again["Date"] and first["Date"]
    written("c@d.test")
    database.rows("UPDATE mail SET attempts = %s WHERE recipient = 'c@d.test' RETURNING 1", TRIES_MAX)
    sender.send_due()
    assert states(database)[-1] == ("c@d.test", TRIES_MAX, False, True), "its last try was never heard of"


def test_what_can_not_be_written_holds_up_nothing(database, smtp, sender, written):
    written("a@b.test", template="from_the_future")
    written("c@d.test, x@y.test")
    written("e@f.test")
    while sender.send_due():
        pass
    assert [message["To"] for message in smtp.received] == ["e@f.test"]


def test_without_a_server_what_has_lapsed_is_given_up(database, written, later):
    written("a@b.test", useful=timedelta(minutes=30))
    nowhere = sending(SERVICE.database(database.url("worker")))
    assert nowhere.send_due() == 0
    later(minutes=31)
    assert nowhere.send_due() == 1
    assert states(database) == [("a@b.test", 0, False, True)]


@pytest.mark.parametrize(
    ("scheme", "host", "must"),
    [
        ("smtp", "mail.example.test", True),
        ("smtp", "192.0.2.1", True),
        ("smtp", "localhost.example.test", True),
        ("smtp", "localhost", False),
        ("smtp", "127.0.0.1", False),
        ("smtp", "::1", False),
        ("smtp+plain", "mail.example.test", False),
    ],
)
def test_which_hosts_must_encrypt(scheme, host, must):
    assert must_encrypt(scheme, host) is must


def test_a_server_that_offers_no_encryption_gets_nothing(database, smtp, sender, written, monkeypatch):
    """Somebody in between takes the offer of STARTTLS out of the greeting."""
    written("a@b.test")
    monkeypatch.setattr(delivery, "is_loopback", lambda _host: False)
    sender.send_due()
    assert smtp.received == [] and states(database) == [("a@b.test", 1, False, False)]
    database.rows("UPDATE mail SET next_try_at = created_at RETURNING 1")
    plain = smtp.url.replace("smtp://", "smtp+plain://")
    sending(SERVICE.database(database.url("worker")), SMTP_URL=plain).send_due()
    assert len(smtp.received) == 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("St. Mary's, J. R. Smith & Sons", "St. Mary's, J. R. Smith & Sons"),
        ("Smith/Jones", "Smith/Jones"),
        ("Log in at https://evil.test/x", "Log in at https: evil. test/x"),
        ("http://3232235777/", "http: 3232235777/"),
        ("www.evil.test", "www. evil. test"),
        ("evil\uff0etest evil\u3002test", "evil\uff0e test evil\u3002 test"),
        ("write to me@evil.test", "write to me at evil. test"),
        ("a\r\nb\u2028c\u202ed\u200be\x00f", "a b c d e f"),
    ],
)
def test_a_name_in_a_mail_is_no_link(name, shown):
    assert name_in_mail(name) == shown


@given(st.text(max_size=60))
def test_no_name_brings_a_line_a_link_or_a_header(name):
    values = dict.fromkeys(("organization", "invited_by", "staff", "what"), name) | {
        "link": "https://caseload.test/join#token=x"
    }
    for template in TEMPLATES.values():
        message = rendered(template, values, "to@example.test", SENDER)
        assert set(message.keys()) <= {
            *("From", "To", "Subject", "Auto-Submitted"),
            *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
        }
        assert len(message["Subject"].splitlines()) == 1
        content = message.get_content()
        assert content.replace(values["link"], "").count("://") == 0
        assert len(content.splitlines()) == len(template.body.splitlines())


MANY = ("a@b.test, c@d.test", "a@b.test;c@d.test", "Name <a@b.test>", "a@b.test\r\nBcc: c@d.test", "a@b.test\nX: y")


@pytest.mark.parametrize("recipient", MANY)
def test_a_recipient_is_one_address(recipient):
    with pytest.raises(Exception, match=r"."):
        rendered(TEMPLATES["password_changed"], {"organization": "Ames"}, recipient, SENDER)


def test_mail_that_waits_is_measured_and_held_mail_does_not_wait(database, written, sender):
    collector = WaitingCollector("identity", sender._database, QUEUE)

    def measured() -> dict[str, float]:
        return {family.name: family.samples[0].value for family in collector.collect()}

    written("a@example.test", "b@example.test", "c@example.test")
    database.rows("UPDATE mail SET created_at = now() - interval '1 hour' WHERE recipient LIKE 'a@%' RETURNING 1")
    database.rows("UPDATE mail SET held = true WHERE recipient LIKE 'c@%' RETURNING 1")
    shown = measured()
    assert shown["caseload_mail_waiting"] == 2 and 3600 <= shown["caseload_mail_oldest_seconds"] < 3700
    database.rows("UPDATE mail SET sent_at = now() RETURNING 1")
    assert measured() == {"caseload_mail_waiting": 0, "caseload_mail_oldest_seconds": 0}
