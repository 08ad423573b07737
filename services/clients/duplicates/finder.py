"""The background part that looks for the pairs of clients who were added or changed.

A client is compared with those who share a birthday, a full name, a phone or an e-mail, each found through its index
and at most `LOOKED_AT_MAX` of them: never all with all. Several clients are looked at with the same few statements. Of
two who are added at once the one that is looked at later finds the other, because a mark is seen only once its client
is there.
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, delete, func, lateral, or_, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased

from services.clients.duplicates.models import ClientPair, PairMark
from services.clients.duplicates.rules import LOOKED_AT_MAX, Found, likeliest, pair_key, with_room
from services.clients.matching.rules import Likeness
from services.clients.profiles.models import KNOWN_BY, Client, known_as_of
from shared import clock
from shared.database.glance import finds
from shared.database.many_rows import insert_rows
from shared.database.session import Database, Session, set_tenant
from shared.errors import Unavailable
from shared.ids import new_id

POLL_SECONDS: Final = 1.0
BATCH_CLIENTS: Final = 100
COMPARED_MAX: Final = 2_000  # clients who are compared at once, but for those of a single client
# One finder at a time: two could each find room for the last pair of a client.
FINDING: Final = 7_203_411_007
_ANY: Final = "SELECT FROM client_pair_marks LIMIT 1"
# One that is there already keeps its id, and that it was dismissed.
_BROUGHT_UP_TO_DATE: Final = (
    "(organization_id, client_id, other_id) DO UPDATE SET score = excluded.score, reasons = excluded.reasons"
    " WHERE client_pairs.score <> excluded.score OR client_pairs.reasons <> excluded.reasons"
)
# What two records of one person share.
SHARED: Final = (Client.date_of_birth, Client.sort_key, Client.phone, Client.email_key)
_WANTED: Final = aliased(Client)


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
    for alike in _groups(_alike(session, organization_id, sorted(set(taken)))):
        _look_at(session, organization_id, alike)
    return len(taken)


def _alike(session: Session, organization_id: UUID, client_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """By client the ids of `who_share`. Who was deleted since, or is part of another client, is left out."""
    alike: dict[UUID, set[UUID]] = defaultdict(set)
    for client_id, other_id in session.execute(who_share(organization_id, client_ids)):
        alike[client_id].add(other_id)
    return alike


def who_share(organization_id: UUID, client_ids: Collection[UUID]) -> Select[UUID, UUID]:
    """Each of these clients with those who share what two records of one person share, through an index each."""
    found = lateral(union_all(*(_sharing(organization_id, column) for column in SHARED)))
    whose = _WANTED.organization_id == organization_id, _WANTED.id.in_(client_ids), _WANTED.merged_into.is_(None)
    return select(_WANTED.id, found.c.id).join(found, true()).where(*whose)


def _sharing(organization_id: UUID, column: InstrumentedAttribute[Any]) -> Select[UUID]:
    """The clients with the same value in one column as the one who is looked for."""
    same = getattr(_WANTED, column.key) == column
    return select(Client.id).where(Client.organization_id == organization_id, same).limit(LOOKED_AT_MAX)


def _groups(alike: Mapping[UUID, set[UUID]]) -> Iterator[dict[UUID, set[UUID]]]:
    """Those whose others come to at most `COMPARED_MAX`, and at least one client, in the order of their ids."""
    group: dict[UUID, set[UUID]] = {}
    others: set[UUID] = set()
    for client_id in sorted(alike):
        if group and len(others | alike[client_id]) > COMPARED_MAX:
            yield group
            group, others = {}, set()
        group[client_id] = alike[client_id]
        others |= alike[client_id]
    if group:
        yield group


def _look_at(session: Session, organization_id: UUID, alike: Mapping[UUID, set[UUID]]) -> None:
    """Bring the pairs of these clients up to date. Those that somebody dismissed stay as they are."""
    pairs = _Pairs.of(session, organization_id, alike.keys())
    wanted = set(alike).union(*alike.values(), *pairs.kept.values())
    known = {
        row.id: known_as_of(row)
        for row in session.execute(
            select(Client.id, *KNOWN_BY).where(
                Client.organization_id == organization_id, Client.id.in_(wanted), Client.merged_into.is_(None)
            )
        )
    }
    pairs.counts += _counts(session, organization_id, known)
    for client_id in sorted(alike.keys() & known.keys()):
        others = sorted((alike[client_id] | pairs.kept[client_id].keys()) - {client_id})
        pairs.settle(client_id, likeliest(known[client_id], [(each, known[each]) for each in others if each in known]))
    pairs.write(session, organization_id)


@dataclass(slots=True)
class _Pairs:
    """The pairs of several clients, as they are and as they become."""

    kept: dict[UUID, dict[UUID, UUID | None]]  # client -> other -> id of the pair, None of a new one; without dismissed
    dismissed: set[tuple[UUID, UUID]]
    counts: Counter[UUID] = field(default_factory=Counter)  # the same, of everybody who is compared with them
    found: dict[tuple[UUID, UUID], Likeness] = field(default_factory=dict)
    gone: list[UUID] = field(default_factory=list)

    @classmethod
    def of(cls, session: Session, organization_id: UUID, client_ids: Collection[UUID]) -> _Pairs:
        """As they are."""
        rows = session.execute(
            select(ClientPair.id, ClientPair.client_id, ClientPair.other_id, ClientPair.dismissed_at).where(
                ClientPair.organization_id == organization_id,
                or_(ClientPair.client_id.in_(client_ids), ClientPair.other_id.in_(client_ids)),
            )
        ).all()
        pairs = cls(defaultdict(dict), {(row.client_id, row.other_id) for row in rows if row.dismissed_at is not None})
        for row in rows:
            if row.dismissed_at is None:
                pairs.kept[row.client_id][row.other_id] = pairs.kept[row.other_id][row.client_id] = row.id
        return pairs

    def settle(self, client_id: UUID, likely: Iterable[Found]) -> None:
        """The pairs of one client are those with these, as far as there is room; another pair of theirs is gone."""
        own = self.kept[client_id]
        chosen = {each.client_id: each.likeness for each in with_room(likely, own, self.counts)}
        for other_id in own.keys() - chosen.keys():
            self._end(client_id, other_id)
        for other_id, likeness in chosen.items():
            key = pair_key(client_id, other_id)
            self.found[key] = likeness
            if other_id not in own and key not in self.dismissed:
                own[other_id] = self.kept[other_id][client_id] = None
                self.counts.update(key)

    def _end(self, client_id: UUID, other_id: UUID) -> None:
        key = pair_key(client_id, other_id)
        pair_id = self.kept[client_id].pop(other_id)
        self.kept[other_id].pop(client_id, None)
        self.found.pop(key, None)
        self.counts.subtract(key)
        if pair_id is not None:
            self.gone.append(pair_id)

    def write(self, session: Session, organization_id: UUID) -> None:
        """Write down what has become of them. Who was dismissed meanwhile stays so."""
        if self.gone:
            session.execute(
                delete(ClientPair).where(
                    ClientPair.organization_id == organization_id,
                    ClientPair.id.in_(self.gone),
                    ClientPair.dismissed_at.is_(None),
                )
            )
        now = clock.now()
        rows = [
            {
                "organization_id": organization_id,
                "id": new_id(),
                "client_id": client_id,
                "other_id": other_id,
                "score": likeness.score,
                "reasons": likeness.reasons,
                "found_at": now,
            }
            # In one order everywhere: the keys of the clients are locked until the end.
            for (client_id, other_id), likeness in sorted(self.found.items(), key=itemgetter(0))
        ]
        insert_rows(session, ClientPair.__tablename__, rows, on_conflict=_BROUGHT_UP_TO_DATE)


def _counts(session: Session, organization_id: UUID, client_ids: Collection[UUID]) -> Counter[UUID]:
    """How many pairs each of these clients has, without those that were dismissed."""
    counts: Counter[UUID] = Counter()
    for column in (ClientPair.client_id, ClientPair.other_id):
        mine = and_(
            ClientPair.organization_id == organization_id,
            column.in_(client_ids),
            ClientPair.dismissed_at.is_(None),
        )
        for of_whom, how_many in session.execute(select(column, func.count()).where(mine).group_by(column)):
            counts[of_whom] += how_many
    return counts
