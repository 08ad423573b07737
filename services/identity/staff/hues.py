"""The colour in which the web app shows somebody: one of eight, each legible on light and dark pages.

Somebody who chose a colour is shown in the nearest of the eight. Everybody else keeps the one that was free when they
joined, so that the people of a practice differ as long as the eight last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import select, update

from services.identity.organization.models import Organization
from services.identity.staff.models import Staff
from shared.database.session import Session

HUES: Final[Mapping[str, str]] = {
    "c1": "#12807a",
    "c2": "#6d4fc0",
    "c3": "#b4650f",
    "c4": "#b83259",
    "c5": "#2c6bb3",
    "c6": "#5b7a1f",
    "c7": "#95409c",
    "c8": "#6a675c",
}


def nearest(colour: str) -> str:
    """The one of `HUES` that is least far from `colour`, `#rrggbb`, in red, green and blue."""
    wanted = _parts(colour)

    def distance(hue: str) -> int:
        return sum((own - other) ** 2 for own, other in zip(wanted, _parts(HUES[hue]), strict=True))

    return min(HUES, key=distance)


def least_used(taken: Iterable[str]) -> str:
    """The one of `HUES` that the fewest have, the first of several."""
    used = Counter(taken)
    return min(HUES, key=lambda hue: used[hue])


def keep_in_order(session: Session, organization_id: UUID) -> None:
    """Lock what a practice's colours depend on, until the transaction ends. Call before locking any member."""
    statement = select(Organization.organization_id).where(Organization.organization_id == organization_id)
    session.execute(statement.with_for_update(key_share=True))


def hue_of_newcomer(session: Session, organization_id: UUID, colour: str | None) -> str:
    """The colour of somebody who joins: near the one they are given, otherwise one that the fewest colleagues have."""
    keep_in_order(session, organization_id)
    return nearest(colour) if colour else least_used(_of_colleagues(session, organization_id, None))


def follow_colour(session: Session, member: Staff) -> None:
    """Give a member the hue of their own colour. A colleague who was merely given that one gets theirs in exchange.

    Without a colour of their own they keep what they have, unless a colleague has it too. Call after `keep_in_order`.
    """
    had = member.hue
    if member.colour is None:
        taken = _of_colleagues(session, member.organization_id, member.id)
        member.hue = least_used(taken) if had in taken else had
        return
    member.hue = nearest(member.colour)
    if member.hue != had:
        colleague = (
            select(Staff.id)
            .where(
                Staff.organization_id == member.organization_id,
                Staff.id != member.id,
                Staff.active,
                Staff.colour.is_(None),
                Staff.hue == member.hue,
            )
            .order_by(Staff.id)
            .limit(1)
        )
        of_colleague = (Staff.organization_id == member.organization_id, Staff.id == colleague.scalar_subquery())
        session.execute(update(Staff).where(*of_colleague).values(hue=had))


def _of_colleagues(session: Session, organization_id: UUID, without: UUID | None) -> list[str]:
    statement = select(Staff.hue).where(Staff.organization_id == organization_id, Staff.active)
    return list(session.scalars(statement if without is None else statement.where(Staff.id != without)))


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
