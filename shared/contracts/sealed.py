"""A field of an event that travels sealed under the bus key: `display_name: Sealed[str]`.

For what identifies a client: no queue, dead letter, outbox row or dump of the broker shows it. Bound to the sealed
value are type, organization, aggregate, version and field of its event; moved to another one it does not open.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

import orjson
from marshmallow import ValidationError, fields
from marshmallow.utils import get_value

from shared.keys import bus
from shared.keys.sealing import Unsealable

Content = TypeVar("Content")
SEALED: Final = "sealed"
# The content is of any type that an event may have, a dataclass too.
Sealed = Annotated[Content, SEALED]


class SealedField(fields.Field[Any]):
    """Seals what its inner field dumps, and loads what it opens: `<key id>:<base64url>`. None stays None."""

    def __init__(self, inner: fields.Field[Any], **options: Any) -> None:
        super().__init__(**options)
        self.inner = inner
        self._event: tuple[str, str, str] | None = None

    def belong_to(self, type_name: str, aggregate: str, version: str) -> None:
        """Say of which event this is a field, and which of its fields name aggregate and version."""
        self._event = (type_name, aggregate, version)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str | None:
        if value is None:
            return None
        event, names = self._bound()
        bound = _joined(event, *(get_value(obj, name) for name in names))
        return bus.keys().seal(orjson.dumps(self.inner._serialize(value, attr, obj, **options)), bound)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        event, (organization, aggregate, version) = self._bound()
        try:
            bound = _joined(event, UUID(data[organization]), UUID(data[aggregate]), int(data[version]))
            content = orjson.loads(bus.keys().open(value, bound))
        except (Unsealable, ValueError, TypeError, LookupError, AttributeError) as error:
            raise ValidationError("not sealed for this event") from error
        return self.inner.deserialize(content, attr, data, **options)

    def _bound(self) -> tuple[str, tuple[str, str, str]]:
        """What is bound besides the names of the fields whose values are bound."""
        if self._event is None:
            raise TypeError("a sealed field is a field of an event")
        type_name, aggregate, version = self._event
        return f"{type_name}\n{self.name}", ("organization_id", aggregate, version)


def _joined(event: str, organization_id: UUID, aggregate_id: UUID, version: int) -> bytes:
    return "\n".join(map(str, (event, organization_id, aggregate_id, version))).encode()
