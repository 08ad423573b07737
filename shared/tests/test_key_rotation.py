"""Keys change while everything runs: nothing good is refused, and what was retired is refused at once."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import time_machine

from shared.actor import Person
from shared.ids import new_id
from shared.keys import public as public_keys
from shared.keys import rotation
from shared.keys.actor_token import BadActorToken, TokenMaker, TokenVerifier, body_digest
from shared.keys.event_signature import BadSignature, Signer, Verifier
from shared.keys.public import LOOK_AGAIN_SECONDS, PublicKeys
from shared.keys.signing import SETTLE_SECONDS, SigningKeyFile, key_files
from shared.settings import MissingSetting


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    private, public = tmp_path / "private", tmp_path / "public"
    private.mkdir()
    public.mkdir()
    assert rotation.begin("gateway", private, [public]) == "gateway.1"
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
    assert rotation.begin("gateway", private, [public]) == "gateway.2"
    assert (public / "gateway.2.pem").exists()
    assert SigningKeyFile(private / "gateway.1.pem").current().stem == "gateway.1"
    settle(private / "gateway.2.pem")
    assert SigningKeyFile(private / "gateway.1.pem").current().stem == "gateway.2"


def test_numbers_are_numbers(folders: tuple[Path, Path]) -> None:
    private, public = folders
    for _ in range(10):
        rotation.begin("gateway", private, [public])
    assert key_files(private, "gateway")[-1].stem == "gateway.11"
    assert not list(private.glob(".*")) and not list(public.glob(".*"))


def test_a_running_gateway_changes_over_and_no_token_is_refused(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    private, public = folders
    maker, verifier = TokenMaker(private / "gateway.1.pem"), TokenVerifier("clients", PublicKeys(public))
    actor = Person(new_id(), new_id(), frozenset({"default"}), session_id=new_id())

    def passes(token: str) -> bool:
        return verifier.verify(token, "GET", "/x", body_digest(b"")).actor == actor

    first = maker.make("clients", actor, write=None)
    assert passes(first)
    settle(private / "gateway.1.pem")
    rotation.begin("gateway", private, [public])
    settle(private / "gateway.2.pem")
    look_again(monkeypatch)
    second = maker.make("clients", actor, write=None)
    assert first != second and passes(first) and passes(second)
    assert [key["kid"] for key in maker.jwks()["keys"]] == ["gateway.1", "gateway.2"]
    assert not any("d" in key for key in maker.jwks()["keys"])  # the private part

    assert rotation.retire("gateway", private, [public]) == ["gateway.1"]
    look_again(monkeypatch)
    with pytest.raises(BadActorToken):  # although it was verified and remembered before
        passes(first)
    assert passes(second)


def test_a_service_changes_over_and_its_retired_key_signs_no_event(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    private, public = folders
    rotation.begin("clinical", private, [public])
    settle(private / "clinical.1.pem")
    signer, verifier = Signer(private / "clinical.1.pem"), Verifier(PublicKeys(public))
    old = signer.sign(b"event")
    rotation.begin("clinical", private, [public])
    settle(private / "clinical.2.pem")
    look_again(monkeypatch)
    new = signer.sign(b"event")
    assert (old["kid"], new["kid"]) == ("clinical.1", "clinical.2")
    for headers in (old, new):
        verifier.verify(b"event", headers, "clinical")
    with pytest.raises(rotation.TooEarly):
        rotation.begin("clinical", private, [public])
        rotation.retire("clinical", private, [public])
    (private / "clinical.3.pem").unlink()
    rotation.retire("clinical", private, [public])
    look_again(monkeypatch)
    verifier.verify(b"event", new, "clinical")
    with pytest.raises(BadSignature):
        verifier.verify(b"event", old, "clinical")


def test_retiring_keeps_the_newest_and_other_owners(folders: tuple[Path, Path]) -> None:
    private, public = folders
    rotation.begin("billing", private, [public])
    assert rotation.retire("gateway", private, [public]) == []
    assert sorted(file.stem for file in public.glob("*.pem")) == ["billing.1", "gateway.1"]


@pytest.mark.parametrize("moment", ["stat", "read_bytes"])
def test_a_key_that_is_retired_while_somebody_looks_is_gone_and_nothing_else(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    private, public = folders
    rotation.begin("billing", private, [public])
    keys = PublicKeys(public)
    real = getattr(Path, moment)

    def slow(file: Path, *arguments: object, **named: object) -> object:
        if file.name == "gateway.1.pem":
            file.unlink(missing_ok=True)
        return real(file, *arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(Path, moment, slow)
        assert keys.get("gateway.1", "gateway") is None
    assert keys.get("billing.1", "billing") is not None
    look_again(monkeypatch)
    assert keys.get("gateway.1", "gateway") is None and keys.pem("billing.1", "billing")


def test_threads_that_look_while_keys_come_and_go_always_find_the_one_that_stays(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    private, public = folders
    monkeypatch.setattr(public_keys, "LOOK_AGAIN_SECONDS", 0.0)
    rotation.begin("billing", private, [public])
    pem = (public / "gateway.1.pem").read_bytes()
    keys, done = PublicKeys(public), threading.Event()

    def look() -> int:
        looks = 0
        while not done.is_set():
            assert keys.pem("billing.1", "billing")
            looks += 1
        return looks

    with ThreadPoolExecutor(2) as pool:
        looking = [pool.submit(look) for _ in range(2)]
        for number in range(3_000):
            coming = public / f"gateway.{number + 2}.pem"
            fresh = public / ".fresh"
            fresh.write_bytes(pem)
            fresh.replace(coming)
            coming.unlink()
        done.set()
        assert all(future.result(10) for future in looking)


def test_without_any_key_a_process_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(MissingSetting, match="gateway"):
        TokenMaker(tmp_path / "gateway.1.pem")


def test_a_clock_that_jumps_back_does_not_lose_the_key(folders: tuple[Path, Path]) -> None:
    private, _ = folders
    with time_machine.travel(time.time() - 86_400):
        assert SigningKeyFile(private / "gateway.1.pem").current().stem == "gateway.1"
