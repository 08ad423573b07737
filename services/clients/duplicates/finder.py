"""The background part that looks for the pairs of clients who were added or changed.

A client is compared with those who share a birthday, a full name, a phone or an e-mail, each found through its index
and at most `LOOKED_AT_MAX` of them: never all with all. Of two who are added at once the one that is looked at later
finds the other, because a mark is seen only once its client is there.
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, union_all
from sqlalchemy.dialects.postgresql import insert

from services.clients.duplicates.models import ClientPair, PairMark
from services.clients.duplicates.rules import LOOKED_AT_MAX, Found, likeliest, pair_key, with_room
from services.clients.profiles.models import Client
from shared import clock
from shared.database.glance import finds
from shared.database.session import Database, Session, set_tenant
from shared.errors import Unavailable
from shared.ids import new_id

POLL_SECONDS: Final = 1.0
BATCH_CLIENTS: Final = 20
# One finder at a time: two could each find room for the last pair of a client.
FINDING: Final = 7_203_411_007
_ANY: Final = "SELECT FROM client_pair_marks LIMIT 1"


class PairFinder:
    """Taking marks away and writing pairs down are one transaction: a mark that is gone has been looked at."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        while not stop.wait(POLL_SECONDS):
            with contextlib.suppress(Unavailable):
                while finds(self._database, _ANY) and self.find_some() and not stop.is_set():
                    pass

    def find_some(self) -> int:
        """Look at a batch of one organization's clients; returns how many. 0 also where another process looks."""
        return self._database.run(_find_some)


def _find_some(session: Session) -> int:
    if not session.scalar(select(func.pg_try_advisory_xact_lock(FINDING))):
        return 0
    organization_id = session.scalar(select(PairMark.organization_id).limit(1))
    if organization_id is None:
        return 0
    some = select(PairMark.id).where(PairMark.organization_id == organization_id).limit(BATCH_CLIENTS)
    taken = session.scalars(
        delete(PairMark)
        .where(PairMark.organization_id == organization_id, PairMark.id.in_(some))
        .returning(PairMark.client_id)
        .execution_options(synchronize_session=False)
    ).all()
    set_tenant(session, organization_id)
    for client_id in sorted(set(taken)):
        _look_at(session, organization_id, client_id)
    return len(taken)


def _look_at(session: Session, organization_id: UUID, client_id: UUID) -> None:
    """Bring the pairs of one client up to date. Those that somebody dismissed stay as they are."""
    client = session.get(Client, (organization_id, client_id))
    if client is None or client.merged_into is not None:  # deleted since, or part of another client
        return
    kept = _kept(session, organization_id, client_id)
    wanted = (_alike(session, client) | set(kept)) - {client_id}
    others = session.scalars(
        select(Client)
        .where(Client.organization_id == organization_id, Client.id.in_(wanted), Client.merged_into.is_(None))
        .order_by(Client.id)
    )
    found = likeliest(client.known_as, [(other.id, other.known_as) for other in others])
    counts = _counts(session, organization_id, [each.client_id for each in found if each.client_id not in kept])
    pairs = with_room(found, kept, counts)
    gone = [pair_id for other_id, pair_id in kept.items() if other_id not in {each.client_id for each in pairs}]
    if gone:
        session.execute(
            delete(ClientPair).where(
                ClientPair.organization_id == organization_id,
                ClientPair.id.in_(gone),
                ClientPair.dismissed_at.is_(None),
            )
        )
    _write(session, organization_id, client_id, pairs)


def _alike(session: Session, client: Client) -> set[UUID]:
    """The ids of clients who share what two records of one person share, through an index each."""
    conditions: list[ColumnElement[bool]] = [
        Client.date_of_birth == client.date_of_birth,
        Client.sort_key == client.sort_key,
        *([Client.phone == client.phone] if client.phone else []),
        *([Client.email_key == client.email_key] if client.email_key else []),
    ]
    parts = [
        select(Client.id).where(Client.organization_id == client.organization_id, condition).limit(LOOKED_AT_MAX)
        for condition in conditions
    ]
    return set(session.scalars(union_all(*parts)))


def _kept(session: Session, organization_id: UUID, client_id: UUID) -> dict[UUID, UUID]:
    """The pairs of a client that nobody dismissed: the other client -> id of the pair."""
    rows = session.execute(
        select(ClientPair.id, ClientPair.client_id, ClientPair.other_id).where(
            ClientPair.organization_id == organization_id,
            or_(ClientPair.client_id == client_id, ClientPair.other_id == client_id),
            ClientPair.dismissed_at.is_(None),
        )
    )
    return {row.other_id if row.client_id == client_id else row.client_id: row.id for row in rows}


def _counts(session: Session, organization_id: UUID, client_ids: Collection[UUID]) -> Counter[UUID]:
    """How many pairs each of these clients has, without those that were dismissed."""
    counts: Counter[UUID] = Counter()
    for column in (ClientPair.client_id, ClientPair.other_id) if client_ids else ():
        mine = and_(
            ClientPair.organization_id == organization_id,
            column.in_(client_ids),
            ClientPair.dismissed_at.is_(None),
        )
        for of_whom, how_many in session.execute(select(column, func.count()).where(mine).group_by(column)):
            counts[of_whom] += how_many
    return counts


def _write(session: Session, organization_id: UUID, client_id: UUID, pairs: Sequence[Found]) -> None:
    """Write these pairs down; one that is there already keeps its id, and that it was dismissed."""
    if not pairs:
        return
    now = clock.now()
    rows = []
    for each in pairs:
        first, second = pair_key(client_id, each.client_id)
        row = {"client_id": first, "other_id": second, "score": each.likeness.score}
        rows.append({**row, "reasons": list(each.likeness.reasons), "found_at": now})
    # In one order everywhere: the keys of the clients are locked until the end.
    rows.sort(key=lambda row: (row["client_id"], row["other_id"]))
    new = insert(ClientPair).values([{"organization_id": organization_id, "id": new_id(), **row} for row in rows])
    changed = or_(ClientPair.score != new.excluded.score, ClientPair.reasons != new.excluded.reasons)
    session.execute(
        new.on_conflict_do_update(
            index_elements=["organization_id", "client_id", "other_id"],
            set_={"score": new.excluded.score, "reasons": new.excluded.reasons},
            where=changed,
        )
    )
