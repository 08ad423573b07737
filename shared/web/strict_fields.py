"""Ids and yes or no, written in one way: marshmallow's own fields read a dozen more."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import fields

from shared import texts


class Id(fields.UUID):
    """An id: a UUID in its one spelling, in a body and in a query string."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> UUID:
        identifier = texts.identifier(value) if isinstance(value, str) else None
        if identifier is None:
            raise self.make_error("invalid_uuid")
        return identifier


class Flag(fields.Boolean):
    """true or false, nothing that looks like them: of JSON in a body, or `written` in a query string or a form."""

    def __init__(self, *, written: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.values: dict[Any, bool] = {"true": True, "false": False} if written else {True: True, False: False}
        self.kind = str if written else bool

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, self.kind) or value not in self.values:
            raise self.make_error("invalid", input=value)
        return self.values[value]
