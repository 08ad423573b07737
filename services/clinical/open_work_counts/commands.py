"""The worker's part that counts open work where something has changed, and tells clients what is otherwise."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from services.clinical.copies.models import ClientCopy, OrganizationCopy
from services.clinical.open_work_counts.models import OpenWorkCount, OpenWorkMark
from services.clinical.open_work_counts.queries import Pair, count
from services.clinical.treatment_plans.rules import REVIEW_ANNOUNCED
from shared import clock
from shared.client_families import survivors
from shared.contracts.clinical import OpenWorkCounted
from shared.database.claim_loop import ClaimLoop
from shared.database.glance import finds
from shared.database.session import Database, Session, set_tenant
from shared.failpoints import failpoint
from shared.messaging import outbox

# The counter looks for marks once a second. A NOTIFY for each mark would make every booking's COMMIT slower.
POLL_SECONDS: Final = 1.0
BATCH_PAIRS: Final = 200
# One counter at a time: of two, the one that looked earlier could tell later, under the higher version.
COUNTING: Final = 7_203_411_004
KINDS: Final = ("appointments", "drafts", "to_review", "plans_due")
_ANY: Final = (
    "(SELECT FROM open_work_marks LIMIT 1) UNION ALL "
    "(SELECT FROM open_work_counts WHERE count_again_at <= %s LIMIT 1) LIMIT 1"
)


class OpenWorkCounter:
    """Taking marks away, counting and telling are one transaction: a mark that is gone has been counted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        ClaimLoop(
            "clinical",
            "open_work",
            is_due=lambda: finds(self._database, _ANY, clock.now()),
            claim_some=self.count_some,
            seconds=lambda: POLL_SECONDS,
        ).run(stop)

    def count_some(self) -> int:
        """Count a batch of one organization's pairs; returns how many. 0 also where another worker counts."""
        return self._database.run(_count_some)


def recount(session: Session, organization_id: UUID, client_ids: Sequence[UUID]) -> None:
    """Have these clients counted anew with everybody who had open work with one of them: they are one now, or not."""
    for client_id in client_ids:
        marks = select(
            OpenWorkCount.organization_id, func.gen_random_uuid(), literal(client_id), OpenWorkCount.staff_id
        )
        theirs = marks.where(OpenWorkCount.organization_id == organization_id, OpenWorkCount.client_id.in_(client_ids))
        session.execute(insert(OpenWorkMark).from_select(["organization_id", "id", "client_id", "staff_id"], theirs))


def _count_some(session: Session) -> int:
    if not session.scalar(select(func.pg_try_advisory_xact_lock(COUNTING))):
        return 0
    organization_id, pairs = _take(session)
    if organization_id is None or not pairs:
        return 0
    set_tenant(session, organization_id)
    failpoint("open_work.after_take")
    stays = survivors(session, ClientCopy, organization_id, {client for client, _ in pairs})
    pairs = sorted({*pairs, *((stays[client], staff) for client, staff in pairs if client in stays)})
    rows = [{"organization_id": organization_id, "client_id": client, "staff_id": staff} for client, staff in pairs]
    session.execute(insert(OpenWorkCount).values(rows).on_conflict_do_nothing())
    practice = session.get(OrganizationCopy, organization_id)
    zone = practice.time_zone if practice else "UTC"
    for row in count(session, organization_id, pairs, clock.today(zone) + REVIEW_ANNOUNCED):
        _keep(session, row, zone)
    session.flush()
    failpoint("open_work.before_commit")
    return len(pairs)


def _take(session: Session) -> tuple[UUID | None, Sequence[Pair]]:
    """The organization of some mark with its marked pairs, whose marks are gone; else pairs whose time has come."""
    organization_id = session.scalar(select(OpenWorkMark.organization_id).limit(1))
    if organization_id is None:
        due = (
            select(OpenWorkCount.organization_id, OpenWorkCount.client_id, OpenWorkCount.staff_id)
            .where(OpenWorkCount.count_again_at <= clock.now())
            .order_by(OpenWorkCount.count_again_at)
            .limit(BATCH_PAIRS)
        )
        found = session.execute(due).all()
        first = found[0].organization_id if found else None
        return first, [(row.client_id, row.staff_id) for row in found if row.organization_id == first]
    some = select(OpenWorkMark.id).where(OpenWorkMark.organization_id == organization_id).limit(BATCH_PAIRS)
    taken = session.execute(
        delete(OpenWorkMark)
        .where(OpenWorkMark.organization_id == organization_id, OpenWorkMark.id.in_(some))
        .returning(OpenWorkMark.client_id, OpenWorkMark.staff_id)
        .execution_options(synchronize_session=False)
    ).all()
    return organization_id, sorted({(row.client_id, row.staff_id) for row in taken})


def _keep(session: Session, row: Row[Any], zone: str) -> None:
    """Write down what is open now, and tell it where it is otherwise than what was told last."""
    told_last: OpenWorkCount = row.OpenWorkCount
    told_last.count_again_at = _again(row, zone)
    now = {kind: getattr(row, kind) for kind in KINDS}
    if all(getattr(told_last, kind) == value for kind, value in now.items()):
        return
    for kind, value in now.items():
        setattr(told_last, kind, value)
    told_last.version += 1
    outbox.add(
        session,
        OpenWorkCounted(
            organization_id=told_last.organization_id,
            client_id=told_last.client_id,
            staff_id=told_last.staff_id,
            version=told_last.version,
            **now,
        ),
    )


def _again(row: Row[Any], zone: str) -> datetime | None:
    """When the next appointment has begun, or the next review is announced, by the practice's clocks."""
    instants = [row.next_start] if row.next_start else []
    if row.next_review:
        instants.append(clock.midnight(row.next_review - REVIEW_ANNOUNCED, zone))
    return min(instants, default=None)
