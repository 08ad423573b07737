"""Changes of clients that several services agree to, as the services that keep copies of clients take part in them.

`clients.change_proposed.v1` asks; an answer says that nothing is against it, and holds the clients for a minute, or
why not. Of a change that takes each client by themselves it names those who are used, and holds the others.
`clients.change_decided.v1` applies the change or ends the hold. What stands against a change, and what applying it
means, says its kind: a deletion forgets clients who are not used, a merge lets a client end in another one
(`shared.client_families`), and its opposite separates the two. What lets something begin for a client takes the
client's turn first and calls `ensure_free`: what has begun by then is counted by the answer, and what comes after it is
refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Table, exists, inspect, or_, select, update

from shared import clock, logs
from shared.change_codes import BEING_CHANGED, HAS_APPOINTMENTS, MERGE, ONE_BY_ONE, READY, UNMERGE, USED
from shared.client_families import Mergeable
from shared.contracts.clients import ChangeDecided, ChangeProposed
from shared.database.session import Session, take_turns
from shared.errors import Conflict, Hidden

HOLD_SECONDS: Final = 60
# What is left of the copy of a deleted client is its id. No event is newer, so none that is late brings it back.
DELETED: Final = "deleted"
NEWEST: Final = 2**31 - 1

# How clients are used in a service, by a code; who is not stands in it not at all.
Use = Callable[[Session, UUID, Sequence[UUID]], Mapping[UUID, str]]
# What stands against merging the first of two clients into the second one, by a code; None: nothing.
Collision = Callable[[Session, UUID, UUID, UUID], str | None]


class ClientHeld(Conflict):
    """Something would begin for a client who is about to be deleted or merged, or is merged at this moment."""

    code = "client_held"
    detail = "This client is being deleted or merged at this moment. Try again in a minute, if they are still there."


class NotHereYet(LookupError):
    """A change names a client, or takes back a merge, that has not arrived here: the event comes again later."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service says to a proposed change; `held_until` where it is ready, `used` who stays then, and why."""

    code: str
    held_until: datetime | None = None
    used: Mapping[UUID, str] = field(default_factory=lambda: MappingProxyType({}))

    def used_as(self, code: str) -> tuple[UUID, ...]:
        """Those who are used in this way, in the order of their ids."""
        return tuple(sorted(client_id for client_id, how in self.used.items() if how == code))


@dataclass(frozen=True, slots=True)
class Settled:
    """Whom a deletion that is decided has forgotten, and who stays because they were used after all."""

    gone: frozenset[UUID] = frozenset()
    kept: frozenset[UUID] = frozenset()


def client_turn(client_id: UUID) -> int:
    """The advisory lock of those who book a client, or let something else begin for them."""
    digest = hashlib.blake2b(f"calendar client {client_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def ensure_free(
    session: Session, model: type[Mergeable], organization_id: UUID, client_ids: Collection[UUID], field: str
) -> set[UUID]:
    """Everybody in the families of these clients, where all of them may be used.

    Raises `ClientHeld` for a client who is held or was merged, `Hidden` naming `field` for one who was deleted. Who was
    merged is followed to the survivor when the request is read: here it happened since.

    `model`: the copies of clients here.

    It comes after `take_turns` with `client_turn` of each, and holds until the transaction ends.
    """
    copies = _table(model)
    wanted = select(copies.c.status, copies.c.held_until, copies.c.merged_into, model.taken_over)
    members = set(client_ids)
    for row in session.execute(wanted.where(*_are(copies, organization_id, client_ids))):
        members.update(row.taken_over or ())
        if row.status == DELETED:
            raise Hidden.field(field, "unknown", "There is nothing under this id.")
        if row.merged_into is not None or (row.held_until is not None and row.held_until > clock.now()):
            raise ClientHeld()
    return members


def answer(
    session: Session, model: type, event: ChangeProposed, use: Use, collision: Collision | None = None
) -> Answer | None:
    """Say whether a change may be made, and hold the clients if so.

    None where nobody waits for the answer any longer, or a client has not arrived here: silence refuses too.
    Raises `NotHereYet` for the end of a merge that has not arrived.
    """
    now = clock.now()
    if now >= event.answer_by:
        return None
    take_turns(session, *map(client_turn, event.client_ids))
    copies = _table(model)
    these = _are(copies, event.organization_id, event.client_ids)
    wanted = select(copies.c.id, copies.c.status, copies.c.held_by, copies.c.held_until, copies.c.merged_into)
    found = session.execute(wanted.where(*these)).all()
    if len(found) < len(event.client_ids) or any(row.status == DELETED for row in found):
        return None
    if any(row.held_until is not None and row.held_until > now and row.held_by != event.change_id for row in found):
        return Answer(BEING_CHANGED)
    used: Mapping[UUID, str] = {}
    if event.kind == MERGE:
        against = collision(session, event.organization_id, *event.client_ids) if collision else None
        if against is not None:
            return Answer(against)
    elif event.kind == UNMERGE:
        ended, stayed = event.client_ids
        if (ended, stayed) not in {(row.id, row.merged_into) for row in found}:
            raise NotHereYet(str(event.change_id))
    else:
        used = {**_in_families(session, copies, event), **use(session, event.organization_id, event.client_ids)}
        if used and event.kind not in ONE_BY_ONE:
            return Answer(HAS_APPOINTMENTS if HAS_APPOINTMENTS in used.values() else USED)
    until = now + timedelta(seconds=HOLD_SECONDS)
    free = _are(copies, event.organization_id, set(event.client_ids) - used.keys())
    session.execute(update(copies).where(*free).values(held_by=event.change_id, held_until=until))
    return Answer(READY, until, used)


def settle(session: Session, model: type, event: ChangeDecided, use: Use) -> Settled:
    """End the hold, and do what was decided: forget the clients, or merge or separate the two.

    A decision to delete that arrives after the hold is over may find a client in use. Then all of theirs stays, nothing
    new is booked, and the log says so. Raises `NotHereYet` where a client who ends has not arrived.
    """
    take_turns(session, *map(client_turn, event.client_ids))
    copies = _table(model)
    these = _are(copies, event.organization_id, event.client_ids)
    free = {"held_by": None, "held_until": None}
    if not event.applies:
        session.execute(update(copies).where(*these, copies.c.held_by == event.change_id).values(free))
        return Settled()
    if event.kind in (MERGE, UNMERGE):
        ended, stayed = event.client_ids
        session.execute(update(copies).where(*these, copies.c.held_by == event.change_id).values(free))
        merged = update(copies).where(*_are(copies, event.organization_id, [ended])).returning(copies.c.id)
        if session.scalar(merged.values(merged_into=stayed if event.kind == MERGE else None)) is None:
            raise NotHereYet(str(event.change_id))
        return Settled()
    used = {**_in_families(session, copies, event), **use(session, event.organization_id, event.client_ids)}
    if used:
        logs.get().error("deleted_client_used", change_id=str(event.change_id))
        theirs = _are(copies, event.organization_id, used.keys())
        session.execute(update(copies).where(*theirs).values(status="archived", **free))
    gone = frozenset(event.client_ids) - used.keys()
    forgotten = {"version": NEWEST, "display_name": "", "status": DELETED}
    session.execute(update(copies).where(*_are(copies, event.organization_id, gone)).values(**forgotten, **free))
    return Settled(gone, frozenset(used))


def clients_with(
    session: Session, model: type, records: Any, organization_id: UUID, client_ids: Collection[UUID]
) -> set[UUID]:
    """Those of whom there is a row of `records`, a model with `organization_id` and `client_id`.

    It reads one entry of an index for each. `model`: the copies of clients here.
    """
    copies = _table(model)
    theirs = exists().where(records.organization_id == organization_id, records.client_id == copies.c.id)
    return set(session.scalars(select(copies.c.id).where(*_are(copies, organization_id, client_ids), theirs)))


def _in_families(session: Session, copies: Table, event: ChangeProposed | ChangeDecided) -> dict[UUID, str]:
    """`USED` for those who were merged, or have taken somebody over: with them a family would fall apart."""
    merged = select(copies.c.id, copies.c.merged_into).where(
        copies.c.organization_id == event.organization_id,
        copies.c.merged_into.is_not(None),
        or_(copies.c.id.in_(event.client_ids), copies.c.merged_into.in_(event.client_ids)),
    )
    members = {member for row in session.execute(merged) for member in row}
    return dict.fromkeys(members.intersection(event.client_ids), USED)


def _table(model: type) -> Table:
    copies: Table = inspect(model).local_table
    return copies


def _are(copies: Table, organization_id: UUID, client_ids: Collection[UUID]) -> tuple[ColumnElement[bool], ...]:
    return copies.c.organization_id == organization_id, copies.c.id.in_(list(client_ids))
