"""Authenticator apps and recovery codes: set up, asked for, lost, demanded by the organization."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.authenticator_apps.rules import STEP_SECONDS, accepted_step
from services.identity.recovery_codes.rules import normalised_recovery_code
from services.identity.tests.people import PASSWORD
from shared import clock
from shared.keys.sealing import Sealer, Unsealable, fresh_key

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def now_code(secret):
    return pyotp.TOTP(secret).at(clock.now())


@pytest.fixture
def enrolled(practice, later):
    """The owner with an authenticator app: session, secret, recovery codes. A minute later, so that codes are fresh."""
    web = practice.session_of(practice.sign_in(practice.owner).json["access_token"])
    secret = web.post("/me/totp", {"password": PASSWORD}).json["secret"]
    codes = web.post("/me/totp/confirm", {"code": now_code(secret)}).json["recovery_codes"]
    later(minutes=1)
    return web, secret, codes


def test_setting_up_an_authenticator_app(practice):
    web = practice.session_of(practice.sign_in(practice.owner).json["access_token"])
    nothing = {"totp": False, "passkeys": [], "recovery_codes_left": 0, "required": False}
    assert web.get("/me/second-factors").json == nothing
    assert web.post("/me/totp", {"password": "wrong"}).json["code"] == "wrong_password"
    made = web.post("/me/totp", {"password": PASSWORD}).json
    assert made["provisioning_uri"].startswith("otpauth://totp/Caseload") and made["secret"] in made["provisioning_uri"]
    assert practice.sign_in(practice.owner).status_code == 201  # not in force before it is confirmed
    assert web.post("/me/totp/confirm", {"code": "000000"}).json["code"] == "wrong_code"
    codes = web.post("/me/totp/confirm", {"code": now_code(made["secret"])}).json["recovery_codes"]
    assert len(set(codes)) == 10
    assert web.get("/me/second-factors").json == {**nothing, "totp": True, "recovery_codes_left": 10}
    assert web.post("/me/totp", {"password": PASSWORD}).json["code"] == "second_factor_required"
    proof = {"password": PASSWORD, "recovery_code": codes[0]}
    assert web.post("/me/totp", proof).json["code"] == "second_factor_on"


@pytest.mark.abuse("A-AUTH-second-factor-replay")
@pytest.mark.abuse("A-AUTH-pending-app")
def test_an_app_that_was_shown_is_confirmed_soon_and_not_guessed(practice, later):
    web = practice.session_of(practice.sign_in(practice.owner).json["access_token"])
    secret = web.post("/me/totp", {"password": PASSWORD}).json["secret"]
    wrong = [web.post("/me/totp/confirm", {"code": f"{number:06}"}).status_code for number in range(7)]
    assert wrong == [422] * 5 + [429] * 2
    later(minutes=11)
    assert web.post("/me/totp/confirm", {"code": now_code(secret)}).json["code"] == "second_factor_off"


def test_signing_in_with_the_app(practice, enrolled, later):
    _, secret, _ = enrolled
    without = practice.sign_in(practice.owner)
    assert (without.status_code, without.json["code"]) == (401, "second_factor_required")
    assert (
        practice.sign_in(practice.owner, "wrong password", totp_code=now_code(secret)).json["code"] == "bad_credentials"
    )
    code = now_code(secret)
    assert practice.sign_in(practice.owner, totp_code=code).status_code == 201
    again = practice.sign_in(practice.owner, totp_code=code)
    assert (again.status_code, again.json["code"]) == (401, "bad_second_factor")  # A-AUTH-totp-replay
    later(seconds=30)
    assert practice.sign_in(practice.owner, totp_code=now_code(secret)).status_code == 201


@pytest.mark.abuse("A-AUTH-second-factor-replay")
def test_a_code_at_once_is_good_once(practice, enrolled):
    _, secret, _ = enrolled
    code = now_code(secret)
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: practice.sign_in(practice.owner, totp_code=code).status_code, range(5)))
    assert sorted(answers) == [201, 401, 401, 401, 401]


@pytest.mark.abuse("A-AUTH-second-factor-brute-force")
def test_codes_are_not_guessed(practice, enrolled, later):
    """A-AUTH-totp-bruteforce: somebody with the password gets five codes a minute, as with passwords."""
    _, secret, _ = enrolled
    wrong = [practice.sign_in(practice.owner, totp_code=f"{number:06}").status_code for number in range(8)]
    assert wrong == [401] * 5 + [429] * 3
    later(seconds=61)
    assert practice.sign_in(practice.owner, totp_code=now_code(secret)).status_code == 201


def test_a_recovery_code_stands_in_once(practice, enrolled):
    web, _, codes = enrolled
    typed = codes[0].upper().replace("-", " ")
    assert practice.sign_in(practice.owner, recovery_code=typed).status_code == 201
    assert practice.sign_in(practice.owner, recovery_code=codes[0]).json["code"] == "bad_second_factor"
    assert web.get("/me/second-factors").json["recovery_codes_left"] == 9
    proof = {"password": PASSWORD, "recovery_code": codes[2]}
    fresh = web.post("/me/recovery-codes", proof).json["recovery_codes"]
    assert practice.sign_in(practice.owner, recovery_code=codes[1]).status_code == 401
    assert practice.sign_in(practice.owner, recovery_code=fresh[0]).status_code == 201


def test_turning_it_off_takes_password_and_code(practice, enrolled):
    web, secret, codes = enrolled
    assert web.post("/me/totp/remove", {"password": "wrong", "totp_code": now_code(secret)}).status_code == 422
    assert web.post("/me/totp/remove", {"password": PASSWORD, "totp_code": "000000"}).json["code"] == "wrong_code"
    assert web.post("/me/totp/remove", {"password": PASSWORD, "recovery_code": codes[0]}).status_code == 200
    assert practice.sign_in(practice.owner).status_code == 201
    assert web.post("/me/recovery-codes", {"password": PASSWORD}).json["code"] == "second_factor_off"


def test_an_administrator_takes_a_lost_one_away(practice, enrolled, new_practice):
    administrator = practice.member("administration")
    path = f"/staff/{practice.owner.id}/second-factors"
    assert administrator.web.delete(path).json["code"] == "forbidden"
    assert practice.owner.web.delete(path).json["code"] == "own_second_factor"
    other = practice.member("organization_administration")
    assert new_practice().owner.web.delete(path).status_code == 404
    token = enrolled[0]
    assert other.web.delete(path).status_code == 204
    assert other.web.delete(path).json["code"] == "second_factor_off"
    assert practice.sign_in(practice.owner).status_code == 201
    assert token is not None


@pytest.mark.abuse("A-AUTH-second-factor-stolen-session")
def test_a_stolen_session_and_the_password_do_not_get_past_the_second_factor(practice, enrolled):
    """What would make codes, keys or nothing of it needs one of it, and guesses are counted."""
    web, _, codes = enrolled
    only = {"password": PASSWORD}
    for path in ("/me/recovery-codes", "/me/totp", "/me/totp/remove", "/me/passkeys/options"):
        assert web.post(path, only).json["code"] == "second_factor_required", path
    moving, changing = (
        {**only, "new_email": "thief@example.test"},
        {"current_password": PASSWORD, "new_password": "x" * 20},
    )
    for path, body in (("/me/email", moving), ("/passwords/change", changing)):
        assert web.post(path, body).json["code"] == "second_factor_required", path
    wrong = [web.post("/me/recovery-codes", {**only, "totp_code": f"{n:06}"}).status_code for n in range(7)]
    assert wrong == [422] * 5 + [429] * 2
    assert web.get("/me/second-factors").json["recovery_codes_left"] == len(codes)


def test_an_organization_may_want_everybody_to_have_one(practice, enrolled):
    web, secret, codes = enrolled
    clerk = practice.member("billing")
    before = practice.sign_in(clerk).json["access_token"]
    administrator = practice.member("administration")
    refused = administrator.web.patch("/organization", {"requires_second_factor": True})
    assert (refused.status_code, refused.json["code"]) == (403, "security_settings")
    assert practice.owner.web.patch("/organization", {"requires_second_factor": True}).status_code == 200
    # From now on a password alone is enough for setting the app up, and for nothing else; also in earlier sessions.
    for token in (before, practice.sign_in(clerk).json["access_token"]):
        assert practice.resolve(token).json["levels"] == ["enrolling"]
    enrolling = practice.session_of(token)
    assert enrolling.get("/me").status_code == 200
    assert enrolling.get("/staff").status_code == 403
    assert (
        enrolling.post("/passwords/change", {"current_password": PASSWORD, "new_password": "x" * 12}).status_code == 403
    )
    clerks = enrolling.post("/me/totp", {"password": PASSWORD}).json["secret"]
    assert enrolling.post("/me/totp/confirm", {"code": now_code(clerks)}).status_code == 200
    assert "billing" in practice.resolve(token).json["levels"], "the session goes on at once"
    with_app = practice.sign_in(practice.owner, totp_code=now_code(secret)).json["access_token"]
    assert "organization_administration" in practice.resolve(with_app).json["levels"]
    off = web.post("/me/totp/remove", {"password": PASSWORD, "recovery_code": codes[0]})
    assert off.json["code"] == "second_factor_mandatory"


def test_a_sealed_secret_opens_only_where_it_belongs(practice, enrolled, database):
    sealed = database.rows("SELECT sealed_secret FROM authenticators")
    assert sealed and not any(enrolled[1].encode() in bytes(row[0]) for row in sealed)
    sealer = Sealer(fresh_key())
    value = sealer.seal(b"secret", b"one")
    assert sealer.open(value, b"one") == b"secret" and sealer.seal(b"secret", b"one") != value
    for attempt in (lambda: sealer.open(value, b"two"), lambda: Sealer(fresh_key()).open(value, b"one")):
        with pytest.raises(Unsealable):
            attempt()
    changed = value[:-1] + bytes([value[-1] ^ 1])
    with pytest.raises(Unsealable):
        sealer.open(changed, b"one")


@given(st.integers(0, 10**6), st.integers(-3, 3), st.none() | st.integers(-3, 3))
def test_a_code_is_good_within_a_step_and_never_before_the_last_one(step, drift, last):
    now = datetime.fromtimestamp((1_000_000 + step) * STEP_SECONDS + 7, UTC)
    present = int(now.timestamp()) // STEP_SECONDS
    code = pyotp.TOTP(SECRET).generate_otp(present + drift)
    last_step = None if last is None else present + last
    found = accepted_step(SECRET, code, last_step, now)
    if found is None:
        assert abs(drift) > 1 or (last_step is not None and present + drift <= last_step)
    else:
        assert abs(found - present) <= 1 and (last_step is None or found > last_step)


@given(st.text(max_size=30))
def test_any_text_is_read_as_a_code_without_failing(text):
    assert "-" in normalised_recovery_code(text)
    assert accepted_step(SECRET, text, None, datetime(2026, 1, 1, tzinfo=UTC)) is None or text.isdigit()
