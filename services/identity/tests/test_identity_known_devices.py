"""A browser that somebody signed in with has failed sign-ins of its own, so that strangers' do not keep it out."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from services.identity.account_changes.commands import ResetMailer
from services.identity.known_devices.rules import PER_ACCOUNT_MAX, TOKENS_MAX
from services.identity.login_throttling.rules import FROM_ONE_ADDRESS, FROM_ONE_DEVICE
from services.identity.tests.people import PASSWORD, Practice, fresh_email
from services.identity.tests.test_identity_accounts import tokens_of
from services.identity.tests.test_identity_passkeys import made
from shared.database.purge import Purge
from shared.testing.authenticator import Authenticator
from shared.testing.databases import load

OTHER = "quarry heron lantern 14"
NETWORK, ADDRESS = "192.0.2.0/24", "192.0.2.7"


def at_home(public, device=None, **facts):
    """The API as a browser at the address from which strangers guess too."""
    return replace(public, network=NETWORK, address=ADDRESS, device=device, **facts)


def sign_in(public, email, password=PASSWORD, device=None, **facts):
    """The answer to signing in with a browser, and what its device cookie holds afterwards."""
    body = {"email": email, "password": password, "browser": True}
    response = at_home(public, device, **facts).post("/sessions", body)
    return response.status_code, response.json.get("device", device)


def shut_out(public, email):
    """A stranger behind the same address guesses until nobody is tried from there."""
    statuses = [sign_in(public, email, OTHER)[0] for _ in range(FROM_ONE_ADDRESS.failures_max + 1)]
    assert statuses[-1] == 429
    assert sign_in(public, email)[0] == 429, "the right password is not tried either"


@pytest.fixture
def mine(public):
    return Practice(at_home(public))


@pytest.mark.abuse("A-AUTH-lockout-device")
def test_a_stranger_at_my_own_address_does_not_keep_my_browser_out(public, mine):
    email = mine.owner.email
    _, device = sign_in(public, email)
    shut_out(public, email)
    status, renewed = sign_in(public, email, device=device)
    assert (status, renewed != device) == (201, True)
    assert sign_in(public, email, device=device)[0] == 429, "the token before has ended"
    assert sign_in(public, email, device=renewed)[0] == 201


@pytest.mark.abuse("A-AUTH-stolen-device")
def test_a_stolen_device_cookie_buys_ten_guesses_an_hour(public, mine, later):
    _, device = sign_in(public, mine.owner.email)
    shut_out(public, mine.owner.email)
    statuses = [sign_in(public, mine.owner.email, OTHER, device)[0] for _ in range(FROM_ONE_DEVICE.failures_max + 1)]
    assert statuses == [401] * FROM_ONE_DEVICE.failures_max + [429]
    assert sign_in(public, mine.owner.email, device=device)[0] == 429, "judged like any other browser now"
    later(minutes=1, seconds=1)
    usual = [sign_in(public, mine.owner.email, OTHER, device)[0] for _ in range(FROM_ONE_ADDRESS.failures_max + 1)]
    assert usual == [401] * FROM_ONE_ADDRESS.failures_max + [429], "as many as anybody has there"


@pytest.mark.abuse("A-AUTH-stolen-device")
@pytest.mark.parametrize("made_up", ["", "x", "A" * 22, "A" * 23, "é" * 22])
def test_what_identity_did_not_make_is_no_device(public, mine, made_up):
    shut_out(public, mine.owner.email)
    assert sign_in(public, mine.owner.email, device=made_up)[0] == 429
    assert sign_in(public, mine.owner.email, device=made_up, known_devices_only=True)[0] == 429


@pytest.mark.abuse("A-AUTH-stolen-device")
def test_a_device_is_known_to_the_account_that_signed_in_with_it_and_to_no_other(public, mine):
    colleague = mine.member("default")
    stranger = Practice(at_home(public), mine.owner.email)  # under my address, with a password of their own choice
    chosen = {"email": mine.owner.email, "password": PASSWORD, "organization_id": str(stranger.id), "browser": True}
    theirs = at_home(public).post("/sessions", chosen).json["device"]
    shut_out(public, mine.owner.email)
    refused = at_home(public, theirs).post("/sessions", {**chosen, "organization_id": str(mine.id)})
    assert refused.status_code == 429
    _, device = sign_in(public, colleague.email)
    assert sign_in(public, mine.owner.email, device=device)[0] == 429


def test_colleagues_who_share_a_browser_are_each_known_there(public, mine):
    people = [mine.member("default") for _ in range(TOKENS_MAX + 1)]
    device = None
    for person in people:
        _, device = sign_in(public, person.email, device=device)
    assert len(device.split(".")) == TOKENS_MAX
    for person in people:
        shut_out(public, person.email)
    statuses = [sign_in(public, person.email, device=device)[0] for person in people]
    assert statuses == [429] + [201] * TOKENS_MAX, "the one who was there longest ago has gone"


def test_a_step_up_and_a_second_factor_count_there_too(public, mine):
    """The password once more, and a wrong code: both are judged by the browser that asks."""
    email = mine.owner.email
    response = at_home(public).post("/sessions", {"email": email, "password": PASSWORD, "browser": True}).json
    session = mine.session_of(response["access_token"], cookie=True)
    shut_out(public, email)
    prove, right, wrong = "/sessions/current/authenticate", {"password": PASSWORD}, {"password": OTHER}
    assert replace(session, device=None).post(prove, right).status_code == 429
    here = replace(session, device=response["device"])
    assert here.post(prove, right).status_code == 200
    failed = [here.post(prove, wrong).status_code for _ in range(FROM_ONE_DEVICE.failures_max + 1)]
    assert failed == [401] * FROM_ONE_DEVICE.failures_max + [429]
    proof = {"current_password": PASSWORD, "new_password": "lantern heron quarry 77"}
    assert here.post("/passwords/change", proof).status_code == 429


def test_wrong_codes_of_the_second_factor_are_limited_by_browser(public, mine):
    email = mine.owner.email
    _, device = sign_in(public, email)
    made(mine.session_of(mine.sign_in(mine.owner).json["access_token"]), Authenticator())  # recovery codes come along
    shut_out(public, email)
    body = {"email": email, "password": PASSWORD, "recovery_code": "wrong", "browser": True}
    tried = [at_home(public, device).post("/sessions", body) for _ in range(FROM_ONE_DEVICE.failures_max + 1)]
    assert [response.json["code"] for response in tried] == ["bad_second_factor"] * FROM_ONE_DEVICE.failures_max + [
        "too_many_failures"
    ]


@pytest.mark.abuse("A-AUTH-lockout-device")
def test_where_the_gateway_lets_no_stranger_try_a_known_browser_is_tried(public, mine):
    """Too many sign-ins of anybody failed at the address: only what an account knows is judged from there."""
    email, device = mine.owner.email, sign_in(public, mine.owner.email)[1]
    assert sign_in(public, email, known_devices_only=True)[0] == 429
    assert sign_in(public, fresh_email(), device=device, known_devices_only=True)[0] == 429
    status, device = sign_in(public, email, device=device, known_devices_only=True)
    assert status == 201

    key = Authenticator()
    made(mine.session_of(mine.sign_in(mine.owner).json["access_token"]), key)

    def by_passkey(device):
        public_key = at_home(public).post("/sessions/passkey-options").json["public_key"]
        body = {"credential": key.answer(public_key), "browser": True}
        return at_home(public, device, known_devices_only=True).post("/sessions/passkey", body)

    assert by_passkey(None).json["code"] == "too_many_failures"
    assert by_passkey("A" * 22).json["code"] == "too_many_failures"
    assert by_passkey(device).status_code == 201


@pytest.mark.parametrize("how", ["reset", "change"])
def test_another_password_forgets_every_browser(public, mine, database, worker, how):
    _, device = sign_in(public, mine.owner.email)
    if how == "reset":
        at_home(public).post("/passwords/reset-request", {"email": mine.owner.email})
        while ResetMailer(worker).answer_some():
            pass
        (token,) = tokens_of(database, mine, "password_reset")
        body = {"token": token, "new_password": OTHER}
        assert at_home(public).post("/passwords/reset", body).status_code == 200
    else:
        web = mine.session_of(mine.sign_in(mine.owner).json["access_token"])
        body = {"current_password": PASSWORD, "new_password": OTHER}
        assert web.post("/passwords/change", body).status_code == 200
    assert database.rows("SELECT count(*) FROM known_devices WHERE organization_id = %s", mine.id) == [(0,)]
    wrong = [sign_in(public, mine.owner.email, PASSWORD)[0] for _ in range(FROM_ONE_ADDRESS.failures_max + 1)]
    assert wrong[-1] == 429 and sign_in(public, mine.owner.email, OTHER, device)[0] == 429


def test_an_account_knows_ten_browsers_and_forgets_the_longest_unused(public, mine, database, later):
    devices = []
    for _ in range(PER_ACCOUNT_MAX + 2):
        devices.append(sign_in(public, mine.owner.email)[1])
        later(seconds=1)
    kept = database.rows("SELECT count(*) FROM known_devices WHERE staff_id = %s", mine.owner.id)
    assert kept == [(PER_ACCOUNT_MAX,)]
    shut_out(public, mine.owner.email)
    assert [sign_in(public, mine.owner.email, device=device)[0] for device in (devices[1], devices[2])] == [429, 201]


def test_a_browser_is_known_for_half_a_year_and_purged(public, mine, database, worker, later):
    _, device = sign_in(public, mine.owner.email)
    later(days=181)
    shut_out(public, mine.owner.email)
    assert sign_in(public, mine.owner.email, device=device)[0] == 429
    database.rows(
        "UPDATE known_devices SET last_used_at = now() - interval '201 days' WHERE staff_id = %s RETURNING 1",
        mine.owner.id,
    )
    Purge("identity", worker, load("identity").expired).all()
    assert database.rows("SELECT count(*) FROM known_devices WHERE staff_id = %s", mine.owner.id) == [(0,)]


def test_the_database_holds_no_token(public, mine, database):
    _, device = sign_in(public, mine.owner.email)
    with psycopg.connect(database.admin_url) as connection:
        ((kept,),) = connection.execute("SELECT device FROM known_devices WHERE staff_id = %s", [mine.owner.id])
    assert device.encode() not in kept and len(kept) >= 16


def test_a_program_gets_no_device(mine):
    assert mine.sign_in(mine.owner).json["device"] is None
