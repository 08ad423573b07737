"""Keys change while everything runs: nothing good is refused, and what was retired is refused at once."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import time_machine

from shared import key_rotation
from shared.actor import Actor
from shared.event_signature import BadSignature, Signer, Verifier
from shared.ids import new_id
from shared.public_keys import LOOK_AGAIN_SECONDS, PublicKeys
from shared.settings import MissingSetting
from shared.signing_key import SETTLE_SECONDS, SigningKeyFile, key_files
from shared.web.actor_token import BadActorToken, TokenMaker, TokenVerifier


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    private, public = tmp_path / "private", tmp_path / "public"
    private.mkdir()
    public.mkdir()
    assert key_rotation.begin("gateway", private, [public]) == "gateway.1"
    return private, public


def settle(file: Path, seconds: float = SETTLE_SECONDS) -> None:
    """As if the file had lain there for so long."""
    then = time.time() - seconds - 1
    os.utime(file, (then, then))


def look_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a second had passed since anybody looked at a folder."""
    from shared import clock

    real = clock.monotonic
    monkeypatch.setattr(clock, "monotonic", lambda: real() + LOOK_AGAIN_SECONDS)


def test_a_fresh_key_waits_until_everybody_knows_its_public_half(folders: tuple[Path, Path]) -> None:
    private, public = folders
    settle(private / "gateway.1.pem")
    assert key_rotation.begin("gateway", private, [public]) == "gateway.2"
    assert (public / "gateway.2.pem").exists()
    assert SigningKeyFile(private / "gateway.1.pem").current().stem == "gateway.1"
    settle(private / "gateway.2.pem")
    assert SigningKeyFile(private / "gateway.1.pem").current().stem == "gateway.2"


def test_numbers_are_numbers(folders: tuple[Path, Path]) -> None:
    private, public = folders
    for _ in range(10):
        key_rotation.begin("gateway", private, [public])
    assert key_files(private, "gateway")[-1].stem == "gateway.11"
    assert not list(private.glob(".*")) and not list(public.glob(".*"))


def test_a_running_gateway_changes_over_and_no_token_is_refused(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    private, public = folders
    maker, verifier = TokenMaker(private / "gateway.1.pem"), TokenVerifier("clients", PublicKeys(public))
    actor = Actor(new_id(), new_id(), frozenset({"default"}), session_id=new_id())

    def passes(token: str) -> bool:
        return verifier.verify(token, "GET", "/x", b"").actor == actor

    first = maker.make("clients", actor, write=None)
    assert passes(first)
    settle(private / "gateway.1.pem")
    key_rotation.begin("gateway", private, [public])
    settle(private / "gateway.2.pem")
    look_again(monkeypatch)
    second = maker.make("clients", actor, write=None)
    assert first != second and passes(first) and passes(second)
    assert [key["kid"] for key in maker.jwks()["keys"]] == ["gateway.1", "gateway.2"]
    assert not any("d" in key for key in maker.jwks()["keys"])  # the private part

    assert key_rotation.retire("gateway", private, [public]) == ["gateway.1"]
    look_again(monkeypatch)
    with pytest.raises(BadActorToken):  # although it was verified and remembered before
        passes(first)
    assert passes(second)


def test_a_service_changes_over_and_its_retired_key_signs_no_event(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    private, public = folders
    key_rotation.begin("clinical", private, [public])
    settle(private / "clinical.1.pem")
    signer, verifier = Signer(private / "clinical.1.pem"), Verifier(PublicKeys(public))
    old = signer.sign(b"event")
    key_rotation.begin("clinical", private, [public])
    settle(private / "clinical.2.pem")
    look_again(monkeypatch)
    new = signer.sign(b"event")
    assert (old["kid"], new["kid"]) == ("clinical.1", "clinical.2")
    for headers in (old, new):
        verifier.verify(b"event", headers, "clinical")
    with pytest.raises(key_rotation.TooEarly):
        key_rotation.begin("clinical", private, [public])
        key_rotation.retire("clinical", private, [public])
    (private / "clinical.3.pem").unlink()
    key_rotation.retire("clinical", private, [public])
    look_again(monkeypatch)
    verifier.verify(b"event", new, "clinical")
    with pytest.raises(BadSignature):
        verifier.verify(b"event", old, "clinical")


def test_retiring_keeps_the_newest_and_other_owners(folders: tuple[Path, Path]) -> None:
    private, public = folders
    key_rotation.begin("billing", private, [public])
    assert key_rotation.retire("gateway", private, [public]) == []
    assert sorted(file.stem for file in public.glob("*.pem")) == ["billing.1", "gateway.1"]


def test_without_any_key_a_process_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(MissingSetting, match="gateway"):
        TokenMaker(tmp_path / "gateway.1.pem")


def test_a_clock_that_jumps_back_does_not_lose_the_key(folders: tuple[Path, Path]) -> None:
    private, _ = folders
    with time_machine.travel(time.time() - 86_400):
        assert SigningKeyFile(private / "gateway.1.pem").current().stem == "gateway.1"
