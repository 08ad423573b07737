"""Offering a time to somebody on the waiting list."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from services.clients.copies.queries import wished_staff
from services.clients.profile_changes.commands import write_down
from services.clients.profiles.models import Client
from services.clients.profiles.queries import one_client
from services.clients.waiting.rules import OFFERS_MAX, NotWaiting, Offer, OfferedTime, ensure_offerable
from shared import audit, clock
from shared.actor import Caller
from shared.database.session import Session


def offer(session: Session, actor: Caller, client_id: UUID, time: OfferedTime) -> Client:
    """Note that a time was offered to the client, who when. Offered again, it changes nothing.

    The time is not kept for them: booking it looks whether it is still free. Raises `NotFound`, `NotWaiting`,
    `Invalid`, and as `wished_staff`.
    """
    now = clock.now()
    one_client(session, actor, client_id)  # that they were merged, or are hidden, is said before the rest
    wished_staff(session, actor, time.staff_id, "staff_id")  # may wait, so it comes before the lock
    client = one_client(session, actor, client_id, for_update=True)
    ensure_offerable(time.starts_at, now)
    before = client.waiting
    if before is None:
        raise NotWaiting()
    if any(each.is_of(time.staff_id, time.starts_at) for each in before.offers):
        return client
    made = Offer(staff_id=time.staff_id, starts_at=time.starts_at, offered_by=actor.actor_id, offered_at=now)
    client.wait(replace(before, offers=(made, *before.offers)[:OFFERS_MAX]))
    write_down(session, actor, client.id, {"waiting": before}, {"waiting": client.waiting})
    client.version += 1
    audit.describe(session, fields=["waiting"])
    return client
