"""Passkeys: made, used and refused, with a device in software that does what a phone does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.passkeys.rules import NoDomain, RelyingParty, owner_of, user_handle
from services.identity.tests.people import PASSWORD
from shared.ids import new_id
from shared.testing.authenticator import USER_PRESENT, USER_VERIFIED, Authenticator, b64, unb64


def proof(web, device=None):
    """That it is them: the password, and what their device answers."""
    if device is None:
        return {"password": PASSWORD}
    question = replace(web, actor=None).post("/sessions/passkey-options").json["public_key"]
    return {"password": PASSWORD, "credential": device.answer(question)}


def offered(web, owned=None):
    """What the browser is asked, for somebody who has the passkey `owned` already."""
    return web.post("/me/passkeys/options", proof(web, owned)).json["public_key"]


def made(web, device, name="My phone", owned=None):
    """The answer to adding a passkey of this device."""
    options = offered(web, owned)
    return web.post("/me/passkeys", {"name": name, "credential": device.make(options)})


def sign_in(public, device, options=None, change=None):
    """The answer to signing in with this device."""
    options = options or public.post("/sessions/passkey-options").json["public_key"]
    credential = device.answer(options)
    if change:
        change(credential)
    return public.post("/sessions/passkey", {"credential": credential})


@pytest.fixture
def device():
    return Authenticator()


@pytest.fixture
def web(practice, device):
    """The owner, with one passkey."""
    assert made(practice.owner.web, device).status_code == 201
    return practice.owner.web


def test_a_passkey_signs_in_without_a_password(practice, public, web, device):
    response = sign_in(public, device)
    assert response.status_code == 201, response.text
    session = practice.session_of(response.json["access_token"])
    (mine,) = session.get("/me/sessions").json["items"]
    assert mine["factors"] == ["passkey"]
    (kept,) = web.get("/me/second-factors").json["passkeys"]
    assert kept["name"] == "My phone" and kept["last_used_at"] and not kept["synced"]
    assert web.get(f"/me/passkeys/{kept['id']}").json == kept
    assert practice.member("default").web.get(f"/me/passkeys/{kept['id']}").status_code == 404, "somebody else's"


def test_the_first_second_factor_brings_recovery_codes_and_the_next_does_not(practice, web, device):
    assert web.get("/me/second-factors").json["recovery_codes_left"] == 10
    second = made(web, Authenticator(), "Key on the ring", owned=device)
    assert second.status_code == 201 and second.json["recovery_codes"] == []
    assert [passkey["name"] for passkey in web.get("/me/second-factors").json["passkeys"]] == [
        "My phone",
        "Key on the ring",
    ]


def test_with_a_passkey_the_password_alone_is_not_enough(practice):
    codes = made(practice.owner.web, Authenticator()).json["recovery_codes"]
    refused = practice.sign_in(practice.owner)
    assert (refused.status_code, refused.json["code"]) == (401, "second_factor_required")
    assert [error["field"] for error in refused.json["errors"]] == ["recovery_code"]
    assert practice.sign_in(practice.owner, totp_code="123456").json["code"] == "bad_second_factor"
    assert practice.sign_in(practice.owner, recovery_code=codes[0]).status_code == 201
    assert practice.sign_in(practice.owner, recovery_code=codes[0]).status_code == 401


@pytest.mark.abuse("A-AUTH-passkey-replay")
def test_one_answer_is_good_once(public, web, device):
    options = public.post("/sessions/passkey-options").json["public_key"]
    credential = device.answer(options)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: public.post("/sessions/passkey", {"credential": credential}), range(8)))
    assert sorted(response.status_code for response in answers) == [201] + [401] * 7
    assert sign_in(public, device, options).status_code == 401, "the challenge was answered before"


def test_a_challenge_is_good_for_five_minutes_and_for_one_purpose(public, web, device, later):
    old = public.post("/sessions/passkey-options").json["public_key"]
    to_register = offered(web, device)
    crossed = {**old, "challenge": to_register["challenge"]}
    assert sign_in(public, device, crossed).json["code"] == "bad_passkey"
    own = {**old, "challenge": b64(b"of my own making, as long as theirs")}
    assert sign_in(public, device, own).json["code"] == "bad_passkey"
    later(minutes=6)
    assert sign_in(public, device, old).json["code"] == "bad_passkey"
    assert sign_in(public, device).status_code == 201


WRONG = {
    "A-AUTH-passkey-other-origin": lambda device: setattr(device, "origin", "https://evil.test"),
    "A-AUTH-passkey-other-domain": lambda device: setattr(device, "domain", "evil.test"),
    "A-AUTH-passkey-not-unlocked": lambda device: setattr(device, "flags", USER_PRESENT),
    "A-AUTH-passkey-nobody-there": lambda device: setattr(device, "flags", USER_VERIFIED),
    "A-AUTH-passkey-other-key": lambda device: setattr(device, "_key", Authenticator()._key),
    "A-AUTH-passkey-unknown": lambda device: setattr(device, "credential_id", b"x" * 32),
    "A-AUTH-passkey-of-nobody": lambda device: setattr(device, "handle", user_handle(new_id(), new_id())),
    "A-AUTH-passkey-no-handle": lambda device: setattr(device, "handle", b"short"),
}


@pytest.mark.abuse(*WRONG)
@pytest.mark.parametrize("name", WRONG)
def test_what_proves_nothing_signs_nobody_in(public, web, device, name):
    assert sign_in(public, device).status_code == 201
    WRONG[name](device)
    response = sign_in(public, device)
    assert (response.status_code, response.json["code"]) == (401, "bad_passkey"), name


@pytest.mark.abuse("A-AUTH-passkey-copied")
def test_a_copied_device_is_noticed_and_on_record(practice, public, web, device, database):
    copied = device.counter
    assert sign_in(public, device).status_code == 201
    assert sign_in(public, device).status_code == 201
    device.counter = copied
    assert sign_in(public, device).status_code == 401
    (denied,) = database.rows(
        "SELECT object_id FROM audit_entries WHERE organization_id = %s AND rule = 'bad_passkey'",
        practice.id,
    )
    assert denied[0] == practice.owner.id


def test_a_device_that_does_not_count_is_good_all_the_same(practice, public):
    device = Authenticator(counts=False)
    assert made(practice.owner.web, device).status_code == 201
    assert [sign_in(public, device).status_code for _ in range(2)] == [201, 201]


@pytest.mark.abuse("A-TEN-passkey")
def test_somebody_elses_passkey_is_not_mine(practice, new_practice, public, web, device):
    """The handle names whose it is, and the key must be that person's."""
    other = new_practice()
    foreign = Authenticator()
    assert made(other.owner.web, foreign).status_code == 201
    foreign.handle = device.handle
    assert sign_in(public, foreign).status_code == 401
    (mine,) = web.get("/me/second-factors").json["passkeys"]
    colleague = practice.member("billing").web
    for stranger in (other.owner.web, colleague):
        assert stranger.patch(f"/me/passkeys/{mine['id']}", {"name": "mine now"}).status_code == 404
        assert stranger.post(f"/me/passkeys/{mine['id']}/remove", proof(web)).status_code == 404
    assert sign_in(public, device).status_code == 201


def test_adding_and_removing_takes_the_password(practice, public, web, device):
    (mine,) = web.get("/me/second-factors").json["passkeys"]
    assert web.post("/me/passkeys/options", {"password": "wrong"}).json["code"] == "wrong_password"
    assert web.post(f"/me/passkeys/{mine['id']}/remove", {"password": "wrong"}).json["code"] == "wrong_password"
    assert web.patch(f"/me/passkeys/{mine['id']}", {"name": "Old phone"}).json["name"] == "Old phone"
    assert web.patch(f"/me/passkeys/{mine['id']}", {}).json["name"] == "Old phone", "what is left out stays"
    for wrong in ("", " ", None):
        assert web.patch(f"/me/passkeys/{mine['id']}", {"name": wrong}).status_code == 422, wrong
    remove = f"/me/passkeys/{mine['id']}/remove"
    assert web.post(remove, proof(web)).json["code"] == "second_factor_required"
    foreign = Authenticator(handle=device.handle)
    assert web.post(remove, proof(web, foreign)).json["code"] == "wrong_code"
    assert web.post(remove, proof(web, device)).status_code == 200
    assert sign_in(public, device).status_code == 401
    assert web.get("/me/second-factors").json["recovery_codes_left"] == 0
    assert practice.sign_in(practice.owner).status_code == 201, "a password is enough again"


def test_what_is_no_fresh_passkey_is_not_kept(practice, web, device):
    options = offered(web, device)
    another = Authenticator(origin="https://evil.test").make(options)
    unlocked = Authenticator(flags=USER_PRESENT).make(options)
    for credential in (another, unlocked):
        refused = web.post("/me/passkeys", {"name": "x", "credential": credential})
        assert (refused.status_code, refused.json["code"]) == (422, "passkey_not_made")
    colleague = practice.member("billing").web
    theirs = offered(colleague)
    stolen = web.post("/me/passkeys", {"name": "x", "credential": Authenticator().make(theirs)})
    assert stolen.json["code"] == "passkey_not_made", "a challenge is its owner's alone"
    assert len(web.get("/me/second-factors").json["passkeys"]) == 1


def test_ten_are_enough_and_one_device_has_one(practice, web, device):
    excluded = offered(web, device)["excludeCredentials"]
    assert [credential["id"] for credential in excluded] == [b64(device.credential_id)]
    assert made(web, device, owned=device).json["code"] == "passkey_not_made"
    for _ in range(9):
        assert made(web, Authenticator(), owned=device).status_code == 201
    assert web.post("/me/passkeys/options", proof(web, device)).json["code"] == "too_many_passkeys"


def test_a_passkey_is_the_second_factor_that_an_organization_wants(practice, public, web, device):
    assert web.patch("/organization", {"requires_second_factor": True}).status_code == 200
    token = sign_in(public, device).json["access_token"]
    assert "organization_administration" in practice.resolve(token).json["levels"]
    (mine,) = web.get("/me/second-factors").json["passkeys"]
    refused = web.post(f"/me/passkeys/{mine['id']}/remove", proof(web, device))
    assert refused.json["code"] == "second_factor_mandatory"
    assert sign_in(public, device).status_code == 201, "nothing was removed"


def test_an_administrator_takes_lost_passkeys_away(practice, public, web, device):
    other = practice.member("organization_administration")
    assert other.web.delete(f"/staff/{practice.owner.id}/second-factors").status_code == 204
    assert sign_in(public, device).status_code == 401
    assert practice.sign_in(practice.owner).status_code == 201


def test_whoever_left_does_not_come_back_with_a_passkey(practice, public):
    clerk, device = practice.member("billing"), Authenticator()
    assert made(clerk.web, device).status_code == 201
    assert practice.owner.web.post(f"/staff/{clerk.id}/deactivate", {}).status_code == 200
    assert sign_in(public, device).status_code == 401


@pytest.mark.abuse("A-AUTH-enumeration-passkey")
def test_the_question_is_the_same_for_everybody(public, web):
    """Nothing in it depends on who asks, and nothing is kept of it."""
    first, second = (public.post("/sessions/passkey-options").json["public_key"] for _ in range(2))
    assert first.pop("challenge") != second.pop("challenge")
    assert first == second and first["allowCredentials"] == [] and first["userVerification"] == "required"


@given(st.data())
def test_any_bytes_are_refused_and_never_fail(public, data):
    field = data.draw(st.sampled_from(["clientDataJSON", "authenticatorData", "signature", "userHandle"]))
    junk = b64(data.draw(st.binary(min_size=1, max_size=200)))
    device = Authenticator(handle=user_handle(new_id(), new_id()))
    response = sign_in(public, device, change=lambda credential: credential["response"].update({field: junk}))
    assert response.status_code in (401, 422)


@pytest.mark.abuse("A-AUTH-pending-second-factor")
def test_what_was_begun_without_a_second_factor_is_not_finished_beside_one(practice, public):
    """Somebody who knew the password began a passkey and an app; then the owner added a passkey."""
    web, planted = practice.owner.web, Authenticator()
    begun = planted.make(offered(web))
    secret = web.post("/me/totp", {"password": PASSWORD}).json["secret"]
    device = Authenticator()
    codes = made(web, device).json["recovery_codes"]
    assert web.post("/me/passkeys", {"name": "mine, too", "credential": begun}).json["code"] == "passkey_not_made"
    code = pyotp.TOTP(secret).now()
    assert web.post("/me/totp/confirm", {"code": code}).json["code"] == "second_factor_off"
    assert web.get("/me/second-factors").json["recovery_codes_left"] == len(codes)
    assert made(web, Authenticator(), owned=device).status_code == 201


def attested(web, change):
    """The answer to a new passkey whose attestation `change` has had its way with."""
    credential = Authenticator().make(offered(web))
    response = credential["response"]
    response["attestationObject"] = b64(change(unb64(response["attestationObject"])))
    return web.post("/me/passkeys", {"name": "x", "credential": credential})


@pytest.mark.abuse("A-DOS-passkey")
@pytest.mark.parametrize("junk", [b"\xff", b"\x81" * 10_000, b"\x9f" * 10_000, b"\xa1" * 5_000, b"\xbb" + b"\xff" * 8])
def test_hostile_attestations_are_refused(practice, junk):
    """Nothing as deep, endless or large as it says."""
    assert attested(practice.owner.web, lambda _whole: junk).json["code"] == "passkey_not_made"


def test_a_damaged_attestation_never_fails_the_service(practice):
    """It is not signed, so some damage goes unnoticed: then it is a passkey that nobody has."""
    web = practice.owner.web
    assert attested(web, lambda whole: whole[:-1]).json["code"] == "passkey_not_made"
    for at in range(0, 180, 7):
        response = attested(web, lambda whole, at=at: bytes([*whole[:at], whole[at] ^ 0xFF, *whole[at + 1 :]]))
        assert response.status_code in (201, 422), (at, response.text)
        if response.status_code == 201:
            shown = {"password": PASSWORD, "recovery_code": response.json["recovery_codes"][0]}
            assert web.post(f"/me/passkeys/{response.json['id']}/remove", shown).status_code == 200


def test_for_whom_passkeys_are() -> None:
    assert RelyingParty.of("https://care.example.org/app") == RelyingParty(
        "care.example.org", "https://care.example.org"
    )
    assert RelyingParty.of("http://127.0.0.1:8080") == RelyingParty("localhost", "http://localhost:8080")
    assert RelyingParty.of("http://[::1]:8080").origin == "http://localhost:8080"
    for bare in ("http://192.0.2.1:8080", "https://[2001:db8::1]", "", "ftp://care.example.org"):
        with pytest.raises(NoDomain):
            RelyingParty.of(bare)


def test_a_handle_is_two_ids() -> None:
    organization, member = new_id(), new_id()
    assert owner_of(user_handle(organization, member)) == (organization, member)
    assert owner_of(b"") is None and owner_of(bytes(31)) is None
