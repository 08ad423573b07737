"""What every event has around it: CloudEvents 1.0 in structured JSON, and the registry of event classes.

An event class is a frozen dataclass of ids, codes, counts and dates. Its marshmallow schema is derived from the
annotations once, at import, so class and schema cannot differ. Producers are strict, consumers ignore fields
they do not know. What identifies a client is a field of the type `Sealed[…]`: it travels under the bus key, and a
sealed value that is moved to another event, organization, client or version does not open there.
"""

from __future__ import annotations

import builtins
import dataclasses
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final, TypeVar, Union
from uuid import UUID

import orjson
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from shared.contracts.loading import Load, loader_of
from shared.contracts.sealed import SealedField
from shared.keys.key_folder import NoKeyFile
from shared.texts import identifier
from shared.web.dumping import Dump, dump_of
from shared.web.strict_fields import Flag, Id

BODY_BYTES_MAX: Final = 256 * 1024
TEXT_CHARACTERS_MAX: Final = 1_000
ITEMS_MAX: Final = 1_000
SPEC_VERSION: Final = "1.0"

T = TypeVar("T", bound=type)


class InvalidEvent(Exception):
    """The bytes are not an event that this code can read; the text names the field, never its value."""


class NotOpened(InvalidEvent):
    """Something is sealed under a key that is not here: once the key is there, this event can be read."""


@dataclass(frozen=True, slots=True)
class Contract:
    """What is fixed about an event type besides its fields."""

    type: str
    cls: builtins.type
    aggregate: str  # field that names the aggregate
    version: str  # field that holds the aggregate's rising version
    consumers: tuple[str, ...]

    @property
    def producer(self) -> str:
        """The service that alone may send it: the part before the first dot."""
        return producer_of(self.type)


def producer_of(type_name: str) -> str:
    """The service that alone may send events of this type."""
    return type_name.partition(".")[0]


CONTRACTS: dict[str, Contract] = {}
_BY_CLASS: dict[type, Contract] = {}
_SCHEMAS: dict[type, Schema] = {}
_CLASSES: dict[type[Schema], type] = {}
_DUMPS: dict[type, Dump] = {}
_LOADERS: dict[type, Load] = {}


def event(type_name: str, *, aggregate: str, version: str, consumers: tuple[str, ...]) -> Callable[[T], T]:
    """Register an event class under its type name, which is also its routing key.

    Raises `TypeError` at import for a class with a field that an event may not have (a float, a dict).
    """

    def register(cls: T) -> T:
        if type_name in CONTRACTS:
            raise TypeError(f"{type_name} is registered twice")
        if not consumers:
            raise TypeError(f"{type_name}: an event that nobody consumes is not an event")
        for field in schema_of(cls).fields.values():
            if isinstance(field, SealedField):
                field.belong_to(type_name, aggregate, version)
        CONTRACTS[type_name] = _BY_CLASS[cls] = Contract(type_name, cls, aggregate, version, consumers)
        return cls

    return register


def contract_of(cls: type) -> Contract:
    """The contract of an event class."""
    return _BY_CLASS[cls]


def sealed_fields(cls: type) -> list[str]:
    """The fields of an event class, or of a dataclass nested in one, that travel sealed."""
    return [name for name, field in schema_of(cls).fields.items() if isinstance(field, SealedField)]


def seals(service: str) -> bool:
    """Whether a service sends something sealed."""
    return any(sealed_fields(contract.cls) for contract in CONTRACTS.values() if contract.producer == service)


def opens(service: str) -> bool:
    """Whether a service takes something sealed."""
    return any(sealed_fields(contract.cls) for contract in CONTRACTS.values() if service in contract.consumers)


def schema_of(cls: type) -> Schema:
    """The marshmallow schema of an event class or of a dataclass nested in one."""
    if cls not in _SCHEMAS:
        hints = typing.get_type_hints(cls, include_extras=True)
        members: dict[str, Any] = {f.name: _schema_field(hints[f.name], f) for f in dataclasses.fields(cls)}

        def build(self: Schema, data: dict[str, Any], **_: Any) -> Any:
            return cls(**data)

        members["build"] = post_load(build)
        members["Meta"] = type("Meta", (), {"unknown": EXCLUDE})
        schema = _SCHEMAS[cls] = type(cls.__name__ + "EventSchema", (Schema,), members)()
        _CLASSES[type(schema)] = cls
        _DUMPS[cls] = dump_of(schema)
        _LOADERS[cls] = loader_of(cls, schema, lambda nested: _CLASSES[type(nested)])
    return _SCHEMAS[cls]


def reads_plainly(cls: type, data: Any) -> bool:
    """Whether `data` is read without marshmallow; see `shared.contracts.loading`."""
    try:
        _LOADERS[cls](data)
    except (ValueError, TypeError):
        return False
    return True


def to_data(instance: Any) -> dict[str, Any]:
    """An event's fields as JSON-able values, those that are to be sealed sealed. Raises `NoKeyFile`."""
    return dict(_DUMPS[type(instance)](instance))


def from_data(cls: type, data: Any) -> Any:
    """An event from JSON values; unknown fields are ignored. Raises `InvalidEvent`, `NotOpened`."""
    try:
        try:
            return _LOADERS[cls](data)
        except (ValueError, TypeError):  # what was not plain is for marshmallow to read, or to refuse
            return schema_of(cls).load(data)
    except NoKeyFile as error:
        raise NotOpened(f"sealed under a key that is not here: {error.key_id}") from error
    except ValidationError as error:
        raise InvalidEvent(f"wrong or missing: {', '.join(sorted(map(str, error.messages)))}") from error


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event as it travels. `source` is the producing service; `id` is the outbox row's id."""

    id: UUID
    type: str
    source: str
    organization_id: UUID
    aggregate_id: UUID
    aggregate_version: int
    occurred_at: datetime
    correlation_id: str | None
    causation_id: UUID | None
    data: dict[str, Any]

    def to_bytes(self) -> bytes:
        """CloudEvents 1.0, structured mode."""
        document = {
            "specversion": SPEC_VERSION,
            "id": str(self.id),
            "source": self.source,
            "type": self.type,
            "time": self.occurred_at.isoformat().replace("+00:00", "Z"),
            "subject": str(self.aggregate_id),
            "datacontenttype": "application/json",
            "organizationid": str(self.organization_id),
            "aggregateversion": self.aggregate_version,
            "data": self.data,
        }
        if self.correlation_id is not None:
            document["correlationid"] = self.correlation_id
        if self.causation_id is not None:
            document["causationid"] = str(self.causation_id)
        return orjson.dumps(document)

    @classmethod
    def from_bytes(cls, body: bytes) -> Envelope:
        """The envelope in `body`; raises `InvalidEvent` for anything else, including more than `BODY_BYTES_MAX`."""
        if len(body) > BODY_BYTES_MAX:
            raise InvalidEvent("larger than an event may be")
        try:
            document = orjson.loads(body)
            if document["specversion"] != SPEC_VERSION or not isinstance(document["data"], dict):
                raise InvalidEvent("not CloudEvents 1.0 with an object as data")
            causation = document.get("causationid")
            return cls(
                id=_id(document["id"]),
                type=str(document["type"]),
                source=str(document["source"]),
                organization_id=_id(document["organizationid"]),
                aggregate_id=_id(document["subject"]),
                aggregate_version=int(document["aggregateversion"]),
                occurred_at=datetime.fromisoformat(document["time"]),
                correlation_id=document.get("correlationid"),
                causation_id=_id(causation) if causation else None,
                data=document["data"],
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidEvent("not a CloudEvents document of ours") from error


def _id(value: str) -> UUID:
    if (found := identifier(value)) is None:
        raise ValueError("not an id in its one spelling")
    return found


def _schema_field(hint: Any, member: dataclasses.Field[Any] | None = None) -> fields.Field[Any]:
    options: dict[str, Any] = {}
    if member is not None and member.default is not dataclasses.MISSING:
        options["load_default"] = member.default
    elif member is not None:
        options["required"] = True
    if typing.get_origin(hint) in (Union, types.UnionType):
        (hint,) = (part for part in typing.get_args(hint) if part is not type(None))
        options["allow_none"] = True
    if typing.get_origin(hint) is Annotated:
        return SealedField(_schema_field(typing.get_args(hint)[0]), **options)
    if typing.get_origin(hint) is tuple:
        return _Tuple(_schema_field(typing.get_args(hint)[0]), validate=validate.Length(max=ITEMS_MAX), **options)
    if dataclasses.is_dataclass(hint):
        if sealed_fields(typing.cast("type", hint)):
            raise TypeError(f"{hint}: what is nested in an event cannot be bound to it, seal the whole of it")
        return fields.Nested(schema_of(typing.cast("type", hint)), **options)
    if hint is str:
        return fields.String(validate=validate.Length(max=TEXT_CHARACTERS_MAX), **options)
    if hint is int:
        return fields.Integer(strict=True, **options)
    simple = {bool: Flag, UUID: Id, date: fields.Date, datetime: fields.AwareDateTime}
    if hint not in simple:
        raise TypeError(f"an event may not have a field of type {hint}")
    field: fields.Field[Any] = simple[hint](**options)
    return field


class _Tuple(fields.List[Any]):
    """A list that loads as a tuple, as frozen dataclasses want it."""

    dumped_as = fields.List

    def _deserialize(self, *arguments: Any, **options: Any) -> Any:
        return tuple(super()._deserialize(*arguments, **options))
