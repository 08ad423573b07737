"""Saying that two clients are not the same person, and taking it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clients.duplicates.queries import one_pair, shown
from shared import clock
from shared.actor import Person
from shared.database.session import Session


def dismiss(session: Session, actor: Person, duplicate_id: UUID) -> dict[str, Any]:
    """They are two people: it is remembered who said so first, and when. Raises `NotFound`."""
    pair = one_pair(session, actor, duplicate_id, for_update=True)
    if pair.dismissed_at is None:
        pair.dismissed_at, pair.dismissed_by = clock.now(), actor.staff_id
    return shown(session, [pair])[0]


def take_back(session: Session, actor: Person, duplicate_id: UUID) -> dict[str, Any]:
    """The pair is listed again. Raises `NotFound`."""
    pair = one_pair(session, actor, duplicate_id, for_update=True)
    pair.dismissed_at = pair.dismissed_by = None
    return shown(session, [pair])[0]
