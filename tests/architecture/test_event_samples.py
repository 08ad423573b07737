"""Frozen samples of every event version: what was once on the bus is read by this code, for ever.

A new event or version gets its sample from `python -m tests.architecture.test_event_samples`; landed ones never change.
"""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from marshmallow import ValidationError

from shared import contracts
from shared.contracts.envelope import (
    CONTRACTS,
    TEXT_CHARACTERS_MAX,
    Contract,
    Envelope,
    InvalidEvent,
    from_data,
    reads_plainly,
    schema_of,
    sealed_fields,
    to_data,
)
from shared.contracts.identity import StaffChanged
from shared.contracts.sealed import SealedField
from shared.keys import bus
from shared.services import SERVICES
from shared.testing.databases import load
from shared.testing.events import envelope_of
from shared.testing.web import Keys
from shared.web.strict_fields import Flag, Id

SAMPLES = Path(contracts.__file__).parent / "samples"
# What samples are sealed under: no key of anybody's, so that it may stand here.
SAMPLE_KEY = base64.b64encode(bytes(range(32)))


@pytest.fixture(scope="module", autouse=True)
def sample_key(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> Iterator[None]:
    """This process opens samples while they are tested."""
    use_sample_key(tmp_path_factory.mktemp("bus"))
    yield
    bus.use(keys.bus)


def use_sample_key(folder: Path) -> None:
    """Seal and open with the key of the samples."""
    (folder / "bus.1.key").write_bytes(SAMPLE_KEY)
    bus.use(folder)


def test_every_event_has_a_sample() -> None:
    assert {folder.name for folder in SAMPLES.iterdir()} == set(CONTRACTS)


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*/*.json")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_samples_load_and_keep_their_meaning(sample: Path) -> None:
    contract = CONTRACTS[sample.parent.name]
    data = json.loads(sample.read_text(encoding="utf-8"))
    read = from_data(contract.cls, data)
    again = to_data(read)
    sealed = sealed_fields(contract.cls)
    assert {name: again[name] for name in data if name not in sealed} == {
        name: value for name, value in data.items() if name not in sealed
    }
    assert from_data(contract.cls, again) == read


# What else might stand where a value stands. Anything but the last few is refused by some field.
ODD: tuple[Any, ...] = (
    None, "", "text", "x" * (TEXT_CHARACTERS_MAX + 1), 0, -7, 2**70, 1.0, 1.5, True, "true", [], [None], {},
    ["x"] * 1_001,
    "2026-01-09", "20260109", "2026-W02-5", "2026-02-30", "2026-01-09T10:00:00", "2026-01-09T10:00:00Z",
    "2026-01-09 10:00:00.25+05:30", "01A20900-0000-7000-8000-000000000001", "01a20900000070008000000000000001",
)  # fmt: skip


def _outcome(load: Callable[[], Any]) -> Any:
    try:
        return load()
    except (InvalidEvent, ValidationError):
        return InvalidEvent


def _varied(data: Any) -> Iterator[Any]:
    """The data with something odd in one place at a time, and with one member gone; of a list in its first item."""
    yield from ODD
    if isinstance(data, dict):
        yield {**data, "from_the_future": 1}
        for name, value in data.items():
            yield {other: data[other] for other in data if other != name}
            yield from ({**data, name: varied} for varied in _varied(value))
    elif isinstance(data, list):
        yield from ([varied, *data[1:]] for varied in _varied(data[0]))


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)
def test_an_event_is_read_as_its_schema_reads_it(contract: Contract) -> None:
    """What is plainly right is read without marshmallow; that nobody can tell, whatever stands in its fields."""
    schema, known = schema_of(contract.cls), json.loads(next(SAMPLES.glob(f"{contract.type}/*.json")).read_text())
    assert reads_plainly(contract.cls, known)
    for data in _varied(known):
        assert _outcome(partial(from_data, contract.cls, data)) == _outcome(partial(schema.load, data)), data


def test_an_event_says_an_id_and_yes_or_no_in_one_way() -> None:
    """What is valid in a body of ours is valid in an event, and nothing else."""
    data = {**json.loads(next(SAMPLES.glob("identity.staff_changed.v1/*.json")).read_text()), "active": True}
    given = str(data["staff_id"])
    for spelling in (
        {"staff_id": f"{{{given}}}"},
        {"staff_id": given.replace("-", "")},
        {"active": "yes"},
        {"active": 1},
    ):
        with pytest.raises(InvalidEvent):
            from_data(StaffChanged, data | spelling)
    assert from_data(StaffChanged, data | {"staff_id": given.upper()}) == from_data(StaffChanged, data)
    sent = envelope_of(from_data(StaffChanged, data)).to_bytes()
    for name in (b'"id":"', b'"subject":"', b'"organizationid":"'):
        with pytest.raises(InvalidEvent):
            Envelope.from_bytes(sent.replace(name, name + b"urn:uuid:", 1))


def test_every_consumer_handles_what_it_is_registered_for() -> None:
    for service in SERVICES:
        registered = {c.cls for c in CONTRACTS.values() if service in c.consumers}
        assert set(load(service).handlers) == registered, service


def _example(schema: Any) -> dict[str, Any]:
    """A value for each field, as it is before anything is sealed."""
    from marshmallow import fields

    examples = {
        Id: "01a20900-0000-7000-8000-000000000001",
        fields.Integer: 1,
        Flag: True,
        fields.Date: "2026-10-06",
        fields.AwareDateTime: "2026-10-06T20:00:00+00:00",
    }
    data: dict[str, Any] = {}
    for name, member in schema.fields.items():
        field = member.inner if isinstance(member, SealedField) else member
        if isinstance(field, fields.List):
            inner = field.inner
            sample = _example(inner.schema) if isinstance(inner, fields.Nested) else examples.get(type(inner), "text")
            data[name] = [sample]
        elif isinstance(field, fields.Nested):
            data[name] = _example(field.schema)
        else:
            data[name] = examples.get(type(field), "text")
    return data


def _told(schema: Any) -> dict[str, Any]:
    """The example as its producer would tell it: sealed where it is to be."""
    members = {name: field.inner if isinstance(field, SealedField) else field for name, field in schema.fields.items()}
    example = _example(schema)
    return dict(schema.dump({name: members[name].deserialize(value) for name, value in example.items()}))


if __name__ == "__main__":
    use_sample_key(Path(tempfile.mkdtemp()))
    for type_name, contract in CONTRACTS.items():
        file = SAMPLES / type_name / "001-all-fields.json"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(_told(schema_of(contract.cls)), indent=1) + "\n", encoding="utf-8")
