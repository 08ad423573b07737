"""What identifies a client travels sealed: only its own event opens it, under a key that is here."""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError

from shared.contracts.clients import ClientChanged
from shared.contracts.envelope import InvalidEvent, NotOpened, from_data, opens, schema_of, seals, to_data
from shared.contracts.sealed import Sealed, SealedField
from shared.database.retention import EVENT_DAYS
from shared.ids import new_id
from shared.keys import bus, key_folder, signing
from shared.keys.sealing import KEY_BYTES
from shared.keys.signing import SETTLE_SECONDS
from shared.settings import Environment, MissingSetting
from shared.testing.web import Keys

pytestmark = pytest.mark.usefixtures("keys")

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@dataclass(frozen=True, slots=True)
class Home:
    """Something that is nested in an event."""

    line1: str
    line2: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a later event may tell of a client."""

    organization_id: UUID
    client_id: UUID
    version: int
    born: Sealed[date]
    home: Sealed[Home]
    names: Sealed[tuple[str, ...]] | None = None
    first: Sealed[str] | None = None
    second: Sealed[str] | None = None


@dataclass(frozen=True, slots=True)
class Nested:
    """With something sealed in it."""

    name: Sealed[str]


@dataclass(frozen=True, slots=True)
class Holds:
    """Which no event can hold."""

    nested: Nested


def _schema(type_name: str) -> Schema:
    """The schema of `Facts` as that of an event of this type."""
    schema = schema_of(Facts)
    for field in schema.fields.values():
        if isinstance(field, SealedField):
            field.belong_to(type_name, "client_id", "version")
    return schema


def changed(name: str = "Ada Canary") -> ClientChanged:
    return ClientChanged(
        organization_id=new_id(), client_id=new_id(), version=7, display_name=name, status="prospective"
    )


@pytest.fixture
def folder(tmp_path: Path, keys: Keys) -> Iterator[Path]:
    """A folder with one key, which this process uses until the test ends."""
    assert bus.begin([tmp_path]) == "bus.1"
    bus.use(tmp_path)
    yield tmp_path
    bus.use(keys.bus)


def look_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a second had passed since anybody looked at a folder."""
    from shared import clock

    real = clock.monotonic
    monkeypatch.setattr(
        clock, "monotonic", lambda: real() + max(key_folder.LOOK_AGAIN_SECONDS, signing.LOOK_AGAIN_SECONDS)
    )


def settle(file: Path, seconds: float = SETTLE_SECONDS + 1) -> None:
    then = time.time() - seconds
    os.utime(file, (then, then))


@given(name=NAMES)
def test_what_is_sealed_comes_back_and_is_nowhere_in_the_data(name: str) -> None:
    event = changed(name)
    data = to_data(event)
    assert from_data(ClientChanged, orjson.loads(orjson.dumps(data))) == event
    if len(name) > 3:
        assert name not in data["display_name"]
    assert to_data(event)["display_name"] != data["display_name"], "a nonce is used once"


@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_changed_bit_is_refused(at: int, bit: int) -> None:
    data = to_data(changed())
    key_id, _, text = data["display_name"].partition(":")
    content = bytearray(base64.urlsafe_b64decode(text))
    content[at % len(content)] ^= 1 << bit
    data["display_name"] = f"{key_id}:{base64.urlsafe_b64encode(content).decode()}"
    with pytest.raises(InvalidEvent, match="display_name"):
        from_data(ClientChanged, data)


@given(at=st.integers(min_value=0), character=st.characters(min_codepoint=32, max_codepoint=0x2FF))
def test_a_changed_character_is_refused(at: int, character: str) -> None:
    data = to_data(changed())
    text = data["display_name"]
    at %= len(text)
    data["display_name"] = text[:at] + character + text[at + 1 :]
    if data["display_name"] == text:
        return
    with pytest.raises(InvalidEvent):
        from_data(ClientChanged, data)


@pytest.mark.parametrize("value", ["", ":", "bus.1", "bus.1:", "bus.1:AAAA", "../../x:AAAA", 7, [], {}, True])
def test_what_was_never_sealed_is_refused(value: object) -> None:
    with pytest.raises(InvalidEvent):
        from_data(ClientChanged, {**to_data(changed()), "display_name": value})


@pytest.mark.parametrize(
    ("field", "value"),
    [("organization_id", str(new_id())), ("client_id", str(new_id())), ("version", 8)],
    ids=("organization_id", "client_id", "version"),  # the values are drawn anew in each worker
)
def test_moved_to_another_event_it_does_not_open(field: str, value: object) -> None:
    with pytest.raises(InvalidEvent, match="display_name"):
        from_data(ClientChanged, {**to_data(changed()), field: value})


def test_type_and_field_are_bound_too() -> None:
    facts = Facts(new_id(), new_id(), 1, date(1990, 2, 3), Home("1 Canary Lane", None), first="a", second="b")
    data = _schema("tests.facts.v1").dump(facts)
    assert _schema("tests.facts.v1").load(data) == facts
    with pytest.raises(ValidationError, match="not sealed for this event"):
        _schema("tests.facts.v2").load(data)
    with pytest.raises(ValidationError, match="not sealed for this event"):
        _schema("tests.facts.v1").load({**data, "first": data["second"]})


def test_whatever_an_event_may_hold_can_be_sealed() -> None:
    facts = Facts(new_id(), new_id(), 1, date(1990, 2, 3), Home("1 Canary Lane", "2"), ("Ada", "Bo"), "a")
    data = _schema("tests.facts.v1").dump(facts)
    for name in ("born", "home", "names", "first"):
        assert data[name].startswith("bus.1:")
    assert data["second"] is None
    assert _schema("tests.facts.v1").load(data) == facts
    assert _schema("tests.facts.v1").load({n: v for n, v in data.items() if n not in ("names", "second")}).names is None


def test_a_key_that_is_not_here_is_named(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    data = to_data(changed())
    bus.use(tmp_path_factory.mktemp("empty"))
    with pytest.raises(NotOpened, match=r"bus\.1$"):
        from_data(ClientChanged, data)
    with pytest.raises(key_folder.NoKeyFile):
        to_data(changed())


@pytest.mark.parametrize("content", [b"", b"!", b"AAAA", base64.b64encode(bytes(16)), b"\xff" * 44])
def test_what_is_no_key_seals_and_opens_nothing(content: bytes, folder: Path) -> None:
    data = to_data(changed())
    (folder / "bus.1.key").write_bytes(content)
    bus.use(folder)
    with pytest.raises(key_folder.NoKeyFile):
        to_data(changed())
    with pytest.raises(NotOpened):
        from_data(ClientChanged, data)


def test_another_key_of_the_same_name_opens_nothing(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    data = to_data(changed())
    other = tmp_path_factory.mktemp("other")
    bus.begin([other])
    bus.use(other)
    with pytest.raises(InvalidEvent, match="display_name"):
        from_data(ClientChanged, data)


def test_a_fresh_key_seals_once_everybody_has_it_and_the_old_one_still_opens(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(folder / "bus.1.key")
    before = changed()
    sealed_before = to_data(before)
    assert bus.begin([folder]) == "bus.2"
    look_again(monkeypatch)
    assert to_data(changed())["display_name"].startswith("bus.1:"), "the new one has not lain there for long"
    settle(folder / "bus.2.key")
    look_again(monkeypatch)
    assert to_data(changed())["display_name"].startswith("bus.2:")
    assert from_data(ClientChanged, sealed_before) == before


def test_an_old_key_goes_when_nothing_under_it_can_be_applied(folder: Path) -> None:
    assert key_folder.RETIRE_AFTER_DAYS == EVENT_DAYS
    bus.begin([folder])
    assert bus.retire([folder]) == []
    settle(folder / "bus.2.key", (key_folder.RETIRE_AFTER_DAYS * 24 + 1) * 3600)
    assert bus.retire([folder]) == ["bus.1"]
    assert bus.retire([folder]) == [], "the newest stays, however old it is"


def test_a_service_that_joins_gets_every_key(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    bus.begin([here])
    bus.begin([here])
    bus.ensure([here, there])
    for name in ("bus.1.key", "bus.2.key"):
        assert (here / name).read_bytes() == (there / name).read_bytes()
        assert (there / name).stat().st_mode & 0o077 == 0
        assert len(base64.b64decode((here / name).read_bytes())) == KEY_BYTES
    bus.ensure([here, there])
    assert len(list(here.iterdir())) == 2


def test_who_must_have_keys_does_not_start_without() -> None:
    assert seals("clients") and not opens("clients")
    assert opens("clinical") and opens("billing")
    assert not seals("identity") and not opens("identity")
    with pytest.raises(MissingSetting, match="BUS_KEYS_DIR"):
        bus.follow(Environment({}), needed=True)
    bus.follow(Environment({}), needed=False)


def test_what_is_nested_is_sealed_as_a_whole_or_not_at_all() -> None:
    with pytest.raises(TypeError, match="seal the whole of it"):
        schema_of(Holds)
    event = changed()
    with pytest.raises(TypeError, match="field of an event"):
        schema_of(Nested).dump(Nested(event.display_name))
