"""What those who manage staff see of a member beside the profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased

from services.identity.authenticator_apps.models import Authenticator
from services.identity.organization.queries import practice_today
from services.identity.passkeys.models import Passkey
from services.identity.sign_ins.models import SignedIn
from services.identity.staff.models import Staff
from services.identity.staff_list.rules import licence_state
from shared.actor import Caller
from shared.database.session import Session


@dataclass(frozen=True, slots=True)
class Standing:
    """How a member stands: when they last signed in (None: never), whether they have a second factor, one of
    `rules.LICENCE_STATES`, and how many active colleagues they supervise.
    """

    last_sign_in_at: datetime | None
    second_factor: bool
    licence_state: str
    supervises: int


def standings(session: Session, actor: Caller, members: Sequence[Staff]) -> dict[UUID, Standing]:
    """How these members stand today, by id; one query for all of them, which looks once per member in each index."""

    def of_member(table: type[SignedIn | Passkey | Authenticator]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return table.organization_id == Staff.organization_id, table.staff_id == Staff.id

    last = select(SignedIn.created_at).where(*of_member(SignedIn)).order_by(SignedIn.id.desc()).limit(1)
    app = exists().where(*of_member(Authenticator), Authenticator.confirmed_at.is_not(None))
    other = aliased(Staff)
    supervised = select(func.count()).where(
        other.organization_id == Staff.organization_id, other.supervisor_id == Staff.id, other.active
    )
    statement = select(
        Staff.id,
        last.correlate(Staff).scalar_subquery().label("last_sign_in_at"),
        or_(app, exists().where(*of_member(Passkey))).label("second_factor"),
        supervised.correlate(Staff).scalar_subquery().label("supervises"),
    ).where(Staff.organization_id == actor.organization_id, Staff.id.in_([member.id for member in members]))
    found = {row.id: row for row in session.execute(statement)}
    today = practice_today(session, actor.organization_id)
    return {
        member.id: Standing(
            found[member.id].last_sign_in_at,
            found[member.id].second_factor,
            licence_state(member.licences, today),
            found[member.id].supervises,
        )
        for member in members
    }
