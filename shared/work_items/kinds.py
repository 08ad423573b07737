"""What a service registers: the kinds of its work items, and how it knows who may see one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from shared.actor import Person
from shared.database.session import Session
from shared.work_items.rules import NOTICE


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of matter. `level`: who sees it; None: it is a notice for one person.

    `subject`: what an item is about, as `subject.type` says it. `by_hand`: whether somebody may mark one as done, or
    it closes by itself alone. `wall`: a condition besides level and client, for what not everybody of the level sees.
    """

    matter: str
    meaning: str
    subject: str
    level: str | None = None
    by_hand: bool = True
    wall: Callable[[Person], ColumnElement[bool]] | None = None

    @property
    def name(self) -> str:
        """The kind as the API names it: all notices have one."""
        return self.matter if self.level else NOTICE


def alone(_session: Session, _organization_id: UUID, client_id: UUID) -> Sequence[UUID]:
    """The family of a client where nobody is merged."""
    return (client_id,)


@dataclass(frozen=True, slots=True)
class Host:
    """A service with work items. `assigned_to`: the condition that somebody is assigned to the client in a column.

    `member`: a member of staff of the actor's practice with their rights, None for somebody deactivated; raises for an
    id that nobody has. It may wait for an event.
    `family`: a client of an organization with all whom they have taken over.
    """

    service: str
    kinds: Sequence[Kind]
    assigned_to: Callable[[Person, InstrumentedAttribute[Any]], ColumnElement[bool]]
    member: Callable[[Session, Person, UUID], Person | None]
    family: Callable[[Session, UUID, UUID], Sequence[UUID]] = alone
