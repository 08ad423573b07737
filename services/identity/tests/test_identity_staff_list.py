"""What those who manage staff see of them beside the profile."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pyotp
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from services.identity.staff_list.rules import SOON, licence_state
from services.identity.tests.people import PASSWORD
from services.identity.tests.test_identity_passkeys import made
from shared import clock
from shared.testing.authenticator import Authenticator

TODAY = date(2026, 11, 27)
DAY = timedelta(days=1)
OF_MANAGERS = {"last_sign_in_at", "second_factor", "licence_state", "supervises"}


def listed(practice):
    return {member["id"]: member for member in practice.owner.web.get("/staff").json["items"]}


def test_managers_see_who_signed_in_when_and_with_what(practice):
    never, once = practice.member("default"), practice.member("therapist")
    before = clock.now()
    assert practice.sign_in(once).status_code == 201
    found = listed(practice)
    assert found[str(never.id)]["last_sign_in_at"] is None
    assert before <= datetime.fromisoformat(found[str(once.id)]["last_sign_in_at"]) <= clock.now()
    assert {member["second_factor"] for member in found.values()} == {False}
    alone = practice.owner.web.get(once.path).json
    assert alone == found[str(once.id)]


def test_an_app_or_a_passkey_is_a_second_factor_once_it_works(practice):
    with_app, with_passkey = practice.member("default"), practice.member("default")
    secret = with_app.web.post("/me/totp", {"password": PASSWORD}).json["secret"]
    assert not practice.owner.web.get(with_app.path).json["second_factor"], "not confirmed yet"
    with_app.web.post("/me/totp/confirm", {"code": pyotp.TOTP(secret).at(clock.now())})
    assert made(with_passkey.web, Authenticator()).status_code == 201
    found = listed(practice)
    assert [found[str(member.id)]["second_factor"] for member in (with_app, with_passkey, practice.owner)] == [
        True,
        True,
        False,
    ]


def test_nobody_else_sees_it_not_even_of_themselves(practice):
    colleague, other = practice.member("therapist"), practice.member("billing")
    for path in ("/staff", colleague.path, other.path):
        shown = colleague.web.get(path).json
        for member in shown.get("items", [shown]):
            assert not OF_MANAGERS & member.keys()
    program = practice.owner.web.as_program("staff:read").get("/staff").json["items"]
    assert all(not OF_MANAGERS & member.keys() for member in program)


def test_managers_find_those_who_have_not_joined(practice):
    joined, invited = practice.member("default"), practice.invite("default")

    def found(**query):
        return {member["id"] for member in practice.owner.web.get("/staff", **query).json["items"]}

    assert found(joined=False) == {str(invited.id)}
    assert found(joined=True) == {str(joined.id), str(practice.owner.id)}
    assert joined.web.get("/staff", joined=False).status_code == 403


def test_a_long_list_asks_as_often_as_a_short_one(practice):
    statements = []

    def count(*_):
        statements.append(1)

    def queries():
        statements.clear()
        assert practice.owner.web.get("/staff").status_code == 200
        return len(statements)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        queries()
        practice.invite("default")
        short = queries()
        for _ in range(5):
            practice.invite("therapist", licence={"number": "NY-1", "state": "NY", "expires_on": "2035-01-01"})
        assert queries() == short
    finally:
        event.remove(Engine, "before_cursor_execute", count)


@pytest.mark.parametrize(
    ("periods", "state"),
    [
        ([], "none"),
        ([(None, TODAY)], "expires_soon"),
        ([(None, TODAY + SOON)], "expires_soon"),
        ([(None, TODAY + SOON + DAY)], "in_force"),
        ([(TODAY, TODAY + 400 * DAY), (None, TODAY)], "in_force"),
        ([(TODAY + DAY, TODAY + 400 * DAY)], "not_yet"),
        ([(TODAY + DAY, TODAY + 400 * DAY), (None, TODAY + DAY)], "expires_soon"),
        ([(None, TODAY - DAY)], "expired"),
        ([(None, TODAY - DAY), (TODAY + DAY, TODAY + 9 * DAY)], "not_yet"),
    ],
)
def test_how_licences_stand(periods, state):
    licences = [SimpleNamespace(issued_on=begins, expires_on=ends) for begins, ends in periods]
    assert licence_state(licences, TODAY) == state
