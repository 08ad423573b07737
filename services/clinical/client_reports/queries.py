"""Which clients stand in a report about visits, and what it says of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, literal_column, or_, select

from services.clinical.client_reports import rules
from services.clinical.copies.models import NEVER, AssignmentCopy, ClientCopy, StaffCopy
from services.clinical.copies.queries import assigned_to, organization
from services.clinical.visits import queries as visits
from shared import clock
from shared.actor import Caller
from shared.database.session import Session
from shared.ids import first_id_at
from shared.web.reports import Report

KEYS: Final = (ClientCopy.last_visit_at, ClientCopy.id)
ACTION_ACTIVE: Final = "active_clients_report.read"
ACTION_NOT_SEEN: Final = "not_seen_report.read"
Item = Mapping[str, Any]


def not_seen(session: Session, actor: Caller, days: int) -> Report:
    """Active clients without a visit in the last `days` days, and nothing booked. Of the new, who is here that long."""
    zone = organization(session, actor).time_zone
    now, today = clock.now(), clock.today(zone)
    since = clock.midnight(rules.not_seen_since(today, days), zone)

    def days_since(item: Item) -> int | None:
        day = _last_day(item)
        return (today - day) // timedelta(days=1) if day else None

    columns = {**_WHO, "Last visit": _last_day, "Days since": days_since}
    return _report("not-seen", ACTION_NOT_SEEN, now, not_seen_since(actor, since, now), actor, columns)


def not_seen_since(actor: Caller, since: datetime, now: datetime) -> Select[*tuple[Any, ...]]:
    """Active clients whose last visit was before `since`, or who are clients since then and never came."""
    return among_active(actor).where(
        ClientCopy.last_visit_at < since,
        or_(ClientCopy.last_visit_at > NEVER, ClientCopy.id < first_id_at(since)),
        ~visits.comes_again(now),
    )


def active(actor: Caller, booked: str) -> Report:
    """Active clients with who is assigned, their last visit and their next appointment; or those with none to come."""
    now = clock.now()
    columns = {**_WHO, "Last visit": _last_day, "Next appointment": _next_day}
    statement = unbooked(actor, now) if booked == rules.NOTHING else among_active(actor)
    return _report("active", ACTION_ACTIVE, now, statement, actor, columns)


def unbooked(actor: Caller, now: datetime) -> Select[*tuple[Any, ...]]:
    """Active clients who have nothing booked."""
    return among_active(actor).where(~visits.comes_again(now))


def among_active(actor: Caller) -> Select[*tuple[Any, ...]]:
    """Active clients whom the actor may see."""
    active = ClientCopy.status == literal_column("'active'")  # no parameter: only so the partial index fits any plan
    stays = ClientCopy.merged_into.is_(None)  # who was merged is one with the client who stays
    statement = select(ClientCopy).where(ClientCopy.organization_id == actor.organization_id, active, stays)
    return statement.where(assigned_to(actor, ClientCopy.id)) if actor.sees_assigned_only else statement


def _report(
    name: str,
    action: str,
    now: datetime,
    statement: Select[*tuple[Any, ...]],
    actor: Caller,
    columns: Mapping[str, Callable[[Item], Any]],
) -> Report:
    def items(session: Session, clients: Sequence[ClientCopy]) -> list[dict[str, Any]]:
        ids = [client.id for client in clients]
        seen = {item["client_id"]: item for item in visits.of_clients(session, actor, ids, now)} if ids else {}
        staff = _staff_of(session, actor, ids) if ids else {}
        return [
            {**seen[client.id], "display_name": client.display_name, "staff": staff.get(client.id, [])}
            for client in clients
        ]

    return Report(name=name, action=action, as_of=now, statement=statement, keys=KEYS, items=items, columns=columns)


def _staff_of(session: Session, actor: Caller, client_ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """Who is assigned to each of these clients, as far as has arrived, by name."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    statement = (
        select(AssignmentCopy.client_id, AssignmentCopy.staff_id, StaffCopy.display_name)
        .join(
            StaffCopy,
            (StaffCopy.organization_id == AssignmentCopy.organization_id) & (StaffCopy.id == AssignmentCopy.staff_id),
        )
        .where(
            AssignmentCopy.organization_id == actor.organization_id,
            AssignmentCopy.client_id.in_(client_ids),
            AssignmentCopy.active,
        )
        .order_by(AssignmentCopy.client_id, StaffCopy.display_name, AssignmentCopy.staff_id)
    )
    for row in session.execute(statement):
        found.setdefault(row.client_id, []).append({"staff_id": row.staff_id, "display_name": row.display_name})
    return found


def _last_day(item: Item) -> date | None:
    return _day(item["last_visit"])


def _next_day(item: Item) -> date | None:
    return _day(item["next_appointment"])


def _day(visit: Item | None) -> date | None:
    return visit["starts_at_local"].date() if visit else None


def _name(item: Item) -> str:
    return str(item["display_name"])


def _clinicians(item: Item) -> str:
    return ", ".join(member["display_name"] for member in item["staff"])


_WHO: Final[Mapping[str, Callable[[Item], Any]]] = {"Client": _name, "Clinicians": _clinicians}
