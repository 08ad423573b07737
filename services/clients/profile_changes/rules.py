"""What a change of a client's basic data changes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

OWN: Final = "custom"  # the practice's own fields: each of them is a field of the history


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Field -> its value before and after, as JSON has them, of those that differ. An own field is `custom.<slug>`.

    >>> differences({"sex": "male", "custom": {"pets": "dog"}}, {"sex": "male", "custom": {"pets": "cat"}})
    {'custom.pets': ['dog', 'cat']}
    """
    first, then = _flat(before), _flat(after)
    fields = [*first, *(name for name in then if name not in first)]
    return {name: [first.get(name), then.get(name)] for name in fields if first.get(name) != then.get(name)}


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    own = {f"{OWN}.{slug}": value for slug, value in (values.get(OWN) or {}).items()}
    return {**{name: _as_json(value) for name, value in values.items() if name != OWN}, **own}


def _as_json(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _as_json(part) for name, part in asdict(value).items()}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {name: _as_json(part) for name, part in value.items()}
    return [_as_json(part) for part in value] if isinstance(value, list | tuple) else value
