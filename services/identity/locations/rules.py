"""What holds of locations. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared.errors import Invalid
from shared.ids import new_id_of


def merged_rooms(
    organization_id: UUID, present: Sequence[dict[str, Any]], given: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The rooms after a change: those given, new ones with ids, and closed those that were left out.

    A room is never deleted, for appointments name it. Raises `Invalid` for an unknown id, or one or a name given twice.
    """
    known = {room["id"] for room in present}
    rooms = []
    for position, room in enumerate(given):
        identifier = str(room["id"]) if room["id"] else str(new_id_of(organization_id))
        if room["id"] and identifier not in known:
            raise Invalid.field(f"rooms.{position}.id", "unknown", "This location has no such room.")
        rooms.append({**room, "id": identifier})
    for field in ("id", "name"):
        seen: set[str] = set()
        for position, room in enumerate(rooms):
            if room[field] in seen:
                raise Invalid.field(f"rooms.{position}.{field}", "twice", f"Another room here has this {field}.", field)
            seen.add(room[field])
    kept = {room["id"] for room in rooms}
    return rooms + [{**room, "active": False} for room in present if room["id"] not in kept]
