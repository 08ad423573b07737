"""Adding and changing the fields of a practice."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from services.clients.own_fields import queries, rules
from services.clients.own_fields.models import ClientField
from services.clients.own_fields.rules import Choice, Value, WantedChoice
from shared import audit, clock
from shared.actor import Caller, Person
from shared.changes import UNSET, Changes, Unset, differing
from shared.database.session import Session, take_turns
from shared.ids import new_id_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDetails:
    """A field to add. `position` None: behind the others."""

    name: str
    type: str
    choices: tuple[WantedChoice, ...]
    position: int | None
    on_new_client: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChanges(Changes):
    """Changes to a field. `choices` are all of its choices; one that is left out is archived."""

    name: str | Unset = UNSET
    choices: tuple[WantedChoice, ...] | Unset = UNSET
    position: int | Unset = UNSET
    on_new_client: bool | Unset = UNSET
    archived: bool | Unset = UNSET


def add_field(session: Session, actor: Person, details: FieldDetails) -> ClientField:
    """A new field; its slug is made of the name. Raises `Invalid` for wrong choices, `FieldExists`, `TooManyFields`."""
    choices = rules.merged_choices(details.type, (), details.choices)
    _take_turns(session, actor)
    others = queries.all_fields(session, actor)
    _ensure_name(details.name, others)
    rules.ensure_room([*(field.archived for field in others), False])
    field = ClientField(
        organization_id=actor.organization_id,
        id=new_id_of(actor.organization_id),
        slug=rules.slug_of(details.name, {other.slug for other in others}),
        name=details.name,
        type=details.type,
        choices=[asdict(choice) for choice in choices],
        position=details.position or min(len(others) + 1, rules.FIELDS_EVER_MAX),
        on_new_client=details.on_new_client,
        archived=False,
        created_at=clock.now(),
    )
    session.add(field)
    session.flush()
    audit.describe(session, object_id=field.id)
    return field


def change_field(session: Session, actor: Person, field_id: UUID, changes: FieldChanges) -> ClientField:
    """Merge the given fields; slug and type stay. Raises `NotFound` and what `add_field` raises."""
    _take_turns(session, actor)
    field = queries.one_field(session, actor, field_id, for_update=True)
    given = changes.given()
    if "choices" in given:
        before = [Choice(**choice) for choice in field.choices]
        given["choices"] = [asdict(choice) for choice in rules.merged_choices(field.type, before, given["choices"])]
    different = differing(field, given)
    if not different:
        return field
    others = [other for other in queries.all_fields(session, actor) if other.id != field.id]
    if "name" in different:
        _ensure_name(different["name"], others)
    rules.ensure_room([*(other.archived for other in others), different.get("archived", field.archived)])
    for name, value in different.items():
        setattr(field, name, value)
    field.version += 1
    audit.describe(session, fields=sorted(different))
    return field


def merge_values(
    session: Session, actor: Caller, stored: Mapping[str, Value], given: Mapping[str, Any]
) -> dict[str, Value]:
    """The values of a client from now on. Raises `Invalid` as `rules.merged_values`."""
    return rules.merged_values(queries.definitions_of(session, actor, given.keys()), stored, given)


def _ensure_name(name: str, others: Sequence[ClientField]) -> None:
    if any(rules.same_name(name, other.name) for other in others):
        raise rules.FieldExists()


def _take_turns(session: Session, actor: Person) -> None:
    """Two who add at once are not both the fiftieth, and not both of one name."""
    digest = hashlib.blake2b(f"client fields {actor.organization_id}".encode(), digest_size=8).digest()
    take_turns(session, int.from_bytes(digest, "big", signed=True))
