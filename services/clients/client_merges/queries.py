"""Reading merges, and counting what clients knows of two clients who are one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import exists, func, select, tuple_

from services.clients.assignments.models import Assignment
from services.clients.client_merges import rules as rules_of_merges
from services.clients.client_merges.rules import KINDS
from services.clients.client_merges.taking_over import profile_of
from services.clients.duplicates.models import ClientPair
from services.clients.duplicates.rules import pair_key
from services.clients.families.models import ClientMerge
from services.clients.families.queries import family_of
from services.clients.families.rules import ensure_alone
from services.clients.profiles import rules
from services.clients.profiles.addresses import would_leave
from services.clients.profiles.models import Client
from services.clients.profiles.queries import in_sight, one_client
from services.clients.relations.models import ClientRelation
from services.clients.relations.queries import related
from services.clients.responsible_people.commands import would_leave as shares_left
from services.clients.responsible_people.queries import all_of
from services.clients.tags.models import ClientTag
from shared import audit
from shared.actor import Caller, Person
from shared.client_families import ensure_room
from shared.client_merges import Merge, ensure_two
from shared.database.session import Session
from shared.errors import NotFound
from shared.jobs.tables import JOBS

COUNTED: Final = ("staff", "related_clients", *KINDS, "addresses", "responsible_people")
COLLIDES: Final = {
    "related": "They stand as related to each other.",
    "two_people": "Somebody said that they are not the same person.",
}


def preview(session: Session, actor: Person, merge: Merge) -> dict[str, Any]:
    """What would move from one client to the other, what would be left there, and what collides.

    Of related clients those whom the actor may not see are not counted. Raises `NotFound`, `ClientMoved`,
    `MergeOfSelf`, `MergeOfArchived`, `HasMerged`, `TooManyMerged`.
    """
    ends, stays = (one_client(session, actor, client_id) for client_id in merge.client_ids)
    ensure_two(merge, ends.status, stays.status)
    here = actor.organization_id
    ensure_alone(family_of(session, here, ends.id))
    family = family_of(session, here, stays.id)
    ensure_room(family)
    assigned = (Assignment.organization_id == here, Assignment.client_id == ends.id, Assignment.active)
    addresses, addresses_left = would_leave(session, ends, stays, family[1:])
    shares = len(all_of(session, actor, [ends.id]))
    others = related(actor, ends.id).where(ClientRelation.related_client_id != stays.id)
    tagged = (ClientTag.organization_id == here, ClientTag.client_id == ends.id)
    moves = {
        "staff": session.scalars(select(func.count()).where(*assigned)).one(),
        "contacts": len(ends.contacts),
        "related_clients": session.scalars(select(func.count()).select_from(others.subquery())).one(),
        "tags": session.scalars(select(func.count()).where(*tagged)).one(),
        "addresses": addresses,
        "responsible_people": shares,
        "own_fields": len(ends.custom),
    }
    left = {
        **rules_of_merges.left(profile_of(ends), profile_of(stays)),
        "addresses": addresses_left,
        "responsible_people": shares_left(session, actor, ends.id, family),
    }
    first, second = pair_key(ends.id, stays.id)
    found = {
        "related": exists().where(
            ClientRelation.organization_id == here,
            ClientRelation.client_id == ends.id,
            ClientRelation.related_client_id == stays.id,
        ),
        "two_people": exists().where(
            ClientPair.organization_id == here,
            ClientPair.client_id == first,
            ClientPair.other_id == second,
            ClientPair.dismissed_at.is_not(None),
        ),
    }
    collides = [code for code, condition in found.items() if session.scalar(select(condition))]
    return {**merge.preview(moves, collides), "left": left}


def read_merge(session: Session, actor: Caller, merge_id: UUID) -> dict[str, Any]:
    """A merge as an answer shows it. Raises `NotFound`."""
    return shown(session, [one_merge(session, actor, merge_id)])[0]


def one_merge(session: Session, actor: Caller, merge_id: UUID, *, for_update: bool = False) -> ClientMerge:
    """A merge of clients both of whom the actor may see; raises `NotFound`."""
    wanted = select(ClientMerge).where(ClientMerge.organization_id == actor.organization_id, ClientMerge.id == merge_id)
    found = session.scalars(wanted.with_for_update() if for_update else wanted).first()
    if found is None:
        raise NotFound()
    both_of(session, actor, found)
    seen = rules.seen_by(assigned=actor.sees_assigned_only)
    audit.describe(session, object_id=found.id, client_ids=(found.client_id, found.into_client_id), rule=seen)
    return found


def both_of(session: Session, actor: Caller, merge: ClientMerge, *, for_update: bool = False) -> tuple[Client, Client]:
    """Who ends and who stays, whether they are one or two now. Raises `NotFound` where the actor may not see both.

    `for_update`: locked, who stays first, else in the order of their ids.
    """
    ids = merge.client_id, merge.into_client_id
    wanted = (
        select(Client).where(in_sight(actor), Client.id.in_(ids)).order_by(Client.merged_into.is_not(None), Client.id)
    )
    found = {
        client.id: client for client in session.scalars(wanted.with_for_update(of=Client) if for_update else wanted)
    }
    if len(found) < len(ids):
        raise NotFound()
    return found[merge.client_id], found[merge.into_client_id]


def shown(session: Session, merges: Sequence[ClientMerge]) -> list[dict[str, Any]]:
    """Merges as answers show them, with the number of who ended. Whose they are, is decided before."""
    wanted = {(each.organization_id, each.client_id) for each in merges}
    jobs = {
        (each.organization_id, job_id) for each in merges for job_id in (each.job_id, each.parting_job_id) if job_id
    }
    if not wanted:
        return []
    columns = select(Client.id, Client.number).where(tuple_(Client.organization_id, Client.id).in_(wanted))
    numbers = {client.id: client.number for client in session.execute(columns)}
    states = select(JOBS.c.id, JOBS.c.state, JOBS.c.error).where(tuple_(JOBS.c.organization_id, JOBS.c.id).in_(jobs))
    found: dict[UUID, Any] = {job.id: job for job in session.execute(states)}
    return [_shown(each, numbers.get(each.client_id), found) for each in merges]


def _shown(merge: ClientMerge, number: int | None, jobs: Mapping[UUID, Any]) -> dict[str, Any]:
    state, error = _how_far(jobs.get(merge.job_id), done=merge.merged_at is not None)
    parting = None
    if merge.parting_job_id is not None:
        parting_state, parting_error = _how_far(jobs.get(merge.parting_job_id), done=merge.parted_at is not None)
        parting = {
            "state": parting_state,
            "error": parting_error,
            "started_by": merge.parted_by,
            "parted_at": merge.parted_at,
            "stayed": _counted(merge.stayed) if merge.parted_at is not None else None,
        }
    names = ("id", "client_id", "into_client_id", "reason", "started_by", "created_at", "merged_at")
    return {
        **{name: getattr(merge, name) for name in names},
        "number": number,
        "state": state,
        "error": error,
        "came_along": _counted(merge.came_along) if merge.merged_at is not None else None,
        "left": _counted(merge.left_there) if merge.merged_at is not None else None,
        "parting": parting,
    }


def _counted(stored: Mapping[str, int]) -> Mapping[str, int]:
    """With those kinds of which an earlier release counted none."""
    return {**dict.fromkeys(COUNTED, 0), **stored}


def _how_far(job: Any, *, done: bool) -> tuple[str, dict[str, str] | None]:
    """How far a job has come, and why it failed. One that is forgotten, and did nothing, was given up."""
    if done:
        return "done", None
    return ("failed", None) if job is None else (job.state, job.error)
