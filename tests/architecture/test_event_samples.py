"""Frozen samples of every event version: what was once on the bus is read by this code, for ever.

A new event or version gets its sample from `python -m tests.architecture.test_event_samples`; landed ones never change.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shared import contracts
from shared.contracts.envelope import CONTRACTS, from_data, to_data
from shared.services import SERVICES
from shared.testing.databases import load

SAMPLES = Path(contracts.__file__).parent / "samples"


def test_every_event_has_a_sample() -> None:
    assert {folder.name for folder in SAMPLES.iterdir()} == set(CONTRACTS)


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*/*.json")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_samples_load_and_keep_their_meaning(sample: Path) -> None:
    contract = CONTRACTS[sample.parent.name]
    data = json.loads(sample.read_text(encoding="utf-8"))
    again = to_data(from_data(contract.cls, data))
    assert {name: again[name] for name in data} == data


def test_every_consumer_handles_what_it_is_registered_for() -> None:
    for service in SERVICES:
        registered = {c.cls for c in CONTRACTS.values() if service in c.consumers}
        assert set(load(service).handlers) == registered, service


def _example(schema: Any) -> dict[str, Any]:
    from marshmallow import fields

    examples = {
        fields.UUID: "01a20900-0000-7000-8000-000000000001",
        fields.Integer: 1,
        fields.Boolean: True,
        fields.Date: "2026-10-06",
        fields.AwareDateTime: "2026-10-06T20:00:00+00:00",
    }
    data: dict[str, Any] = {}
    for name, field in schema.fields.items():
        if isinstance(field, fields.List):
            inner = field.inner
            one = _example(inner.schema) if isinstance(inner, fields.Nested) else examples.get(type(inner), "text")
            data[name] = [one]
        elif isinstance(field, fields.Nested):
            data[name] = _example(field.schema)
        else:
            data[name] = examples.get(type(field), "text")
    return data


if __name__ == "__main__":
    from shared.contracts.envelope import schema_of

    for type_name, contract in CONTRACTS.items():
        file = SAMPLES / type_name / "001-all-fields.json"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(_example(schema_of(contract.cls)), indent=1) + "\n", encoding="utf-8")
