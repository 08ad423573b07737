"""What a request changes: a field that it leaves out stays as it is, one that it sets to null is emptied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any, Final


class Unset(Enum):
    """The one value of a field that a request left out."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET


@dataclass(frozen=True, slots=True)
class Changes:
    """Base of the dataclasses that commands take for a change. Every field of theirs defaults to `UNSET`."""

    def given(self) -> dict[str, Any]:
        """The fields that the request named, with their values."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not UNSET}


def differing(row: object, given: Mapping[str, Any]) -> dict[str, Any]:
    """The given values that a row does not have yet. Without any, a change changes nothing: the version stays."""
    return {name: value for name, value in given.items() if getattr(row, name) != value}
