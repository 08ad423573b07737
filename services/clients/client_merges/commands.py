"""Merging two clients who are one person, and taking it back: jobs in the three steps of `client_changes`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, select

from services.clients.assignments.rules import ensure_not_to_oneself
from services.clients.client_changes.commands import Change, job_of, propose
from services.clients.client_changes.models import ClientChange
from services.clients.client_merges.queries import both_of, one_merge, shown
from services.clients.client_merges.rules import MergingAssigns, NotMerged
from services.clients.client_merges.taking_over import (
    Other,
    give_back_profile,
    part_relations,
    part_staff,
    share_staff,
    staff_of,
    take_over_profile,
    take_over_relations,
)
from services.clients.copies.models import StaffCopy
from services.clients.duplicates.models import PairMark
from services.clients.families.models import ClientMerge
from services.clients.families.queries import family_of
from services.clients.families.rules import ensure_alone
from services.clients.profiles.addresses import join_addresses, show_family
from services.clients.profiles.indexing import index, rename_members, tell
from services.clients.profiles.models import Client
from services.clients.profiles.queries import meant, one_client
from services.clients.responsible_people.commands import count_again, join_shares
from shared import audit, clock
from shared.actor import Person
from shared.change_codes import MERGE, UNMERGE
from shared.client_families import ClientMoved, ensure_room
from shared.client_merges import Merge, ensure_two
from shared.database.session import Session
from shared.errors import NotFound
from shared.ids import new_id
from shared.jobs.kinds import Work


@dataclass(frozen=True, slots=True)
class Into:
    """Who stays, and why there were two: a slug of `REASONS`."""

    into_client_id: UUID
    reason: str


def merge(session: Session, actor: Person, client_id: UUID, wanted: Into) -> dict[str, Any]:
    """Propose that a client ends and another one takes over their records.

    The id of somebody who was merged means the client who stays for them. Raises `NotFound`, `ClientMoved`,
    `MergingAssigns`, `MergeOfSelf`, `MergeOfArchived`, `HasMerged`, `TooManyMerged`, `OwnCasesOnly`, `TooManyJobs`.
    """
    ends = one_client(session, actor, client_id)
    stays = meant(session, actor, [wanted.into_client_id]).get(wanted.into_client_id)
    if stays is None:
        raise NotFound()
    _ensure_mergeable(session, actor, ends, stays)
    job = propose(session, actor, MERGING, MERGE_CLIENTS, (ends.id, stays.id), wanted.reason)
    proposed = ClientMerge(
        organization_id=actor.organization_id,
        id=UUID(job.input["change_id"]),
        created_at=clock.now(),
        client_id=ends.id,
        into_client_id=stays.id,
        reason=wanted.reason,
        started_by=actor.staff_id,
        job_id=job.id,
        given={},
        came_along={},
        left_there={},
        stayed={},
    )
    return _begun(session, proposed, job)


def undo(session: Session, actor: Person, merge_id: UUID) -> dict[str, Any]:
    """Propose that the two are separate again. Raises `NotFound`, `MergingAssigns`, `NotMerged`, `TooManyJobs`."""
    found = one_merge(session, actor, merge_id, for_update=True)
    _ensure_assigns(actor)
    if not found.is_made:
        raise NotMerged()
    job = propose(session, actor, PARTING, UNMERGE_CLIENTS, (found.client_id, found.into_client_id), found.reason)
    found.parted_by, found.parting_job_id = actor.staff_id, job.id
    return _begun(session, found, job)


def _begun(session: Session, begun: ClientMerge, job: Row[Any]) -> dict[str, Any]:
    session.add(begun)
    session.flush()
    both = begun.client_id, begun.into_client_id
    audit.describe(session, object_id=begun.id, client_ids=both, reason=begun.reason, job_id=str(job.id))
    return shown(session, [begun])[0]


def _ensure_mergeable(session: Session, actor: Person, ends: Client, stays: Client) -> None:
    """Raises `MergingAssigns`, `MergeOfSelf`, `MergeOfArchived`, `HasMerged`, `TooManyMerged`, `OwnCasesOnly`."""
    _ensure_assigns(actor)
    ensure_two(Merge(ends.id, stays.id), ends.status, stays.status)
    ensure_alone(family_of(session, ends.organization_id, ends.id))
    ensure_room(family_of(session, stays.organization_id, stays.id))
    # Who sees their own cases alone would see more of them by a merge.
    new = staff_of(session, ends).keys() ^ staff_of(session, stays).keys()
    wanted = select(StaffCopy).where(StaffCopy.organization_id == ends.organization_id, StaffCopy.id.in_(new))
    brought_in = {member.id: member.brought_in_by for member in session.scalars(wanted)}
    for staff_id in new:
        ensure_not_to_oneself(actor.restrictions, actor.staff_id, staff_id, brought_in.get(staff_id, ()))


def _ensure_assigns(actor: Person) -> None:
    if not actor.may("assignments:change"):
        raise MergingAssigns()


def _merge(session: Session, work: Work, change: ClientChange) -> None:
    """Raises `NotFound`, `ClientMoved`, and what `_ensure_mergeable` raises by now."""
    actor = _person(work)
    made = session.get_one(ClientMerge, (change.organization_id, change.id), with_for_update=True)
    ends, stays = both_of(session, actor, made, for_update=True)
    for client in (ends, stays):
        if client.merged_into is not None:
            raise ClientMoved(client.id, client.merged_into)
    _ensure_mergeable(session, actor, ends, stays)
    family = family_of(session, stays.organization_id, stays.id)
    _, *others = family
    called = stays.display_name
    profile, counts, left = take_over_profile(ends, stays)
    staff = share_staff(session, actor, ends, stays, others)
    related, too_many = take_over_relations(session, ends, stays)
    shares, shares_left = join_shares(session, actor, ends.id, family)
    addresses, addresses_left = join_addresses(session, actor, ends, stays, others)
    ends.merged_into = stays.id
    made.merged_at = clock.now()
    made.given = {"profile": profile, **staff, "related": related}
    made.came_along = {
        **counts,
        "staff": len(staff["staff"]),
        "related_clients": len(related),
        "addresses": addresses,
        "responsible_people": shares,
    }
    made.left_there = {
        **left,
        "related_clients": too_many,
        "addresses": addresses_left,
        "responsible_people": shares_left,
    }
    _tell_of_both(session, ends, stays, called)
    _record(session, work, made, "client_merged")


def _part(session: Session, work: Work, change: ClientChange) -> None:
    """Raises `NotFound`, and `NotMerged` where somebody else was faster."""
    actor, (client_id, into_client_id) = _person(work), change.client_ids
    wanted = select(ClientMerge).where(
        ClientMerge.organization_id == change.organization_id,
        ClientMerge.into_client_id == into_client_id,
        ClientMerge.merged_at.is_not(None),
        ClientMerge.parted_at.is_(None),
    )
    still = session.scalars(wanted.order_by(ClientMerge.id).with_for_update()).all()
    made = next((each for each in still if each.client_id == client_id), None)
    if made is None:
        raise NotMerged()
    ends, stays = both_of(session, actor, made, for_update=True)
    others = _others(session, [each for each in still if each is not made])
    called = stays.display_name
    ends.merged_into = None
    session.flush()
    stayed = give_back_profile(made, ends, stays, others)
    staff = part_staff(session, actor, made, ends, stays, others)
    related = part_relations(session, made, stays, others)
    members = [other.client.id for other in others]
    show_family(session, actor, stays, members)
    for family in ([ends.id], [stays.id, *members]):
        count_again(session, actor, family)
    made.parted_at, made.stayed = clock.now(), {**stayed, "staff": staff, "related_clients": related}
    _tell_of_both(session, ends, stays, called)
    session.add(PairMark(organization_id=ends.organization_id, id=new_id(), client_id=ends.id))
    _record(session, work, made, "client_parted")


def _others(session: Session, merges: Collection[ClientMerge]) -> list[Other]:
    here = {each.organization_id for each in merges}
    wanted = select(Client).where(Client.organization_id.in_(here), Client.id.in_({each.client_id for each in merges}))
    clients = {client.id: client for client in session.scalars(wanted)} if merges else {}
    return [Other(each, clients[each.client_id]) for each in merges]


def _tell_of_both(session: Session, ends: Client, stays: Client, called: str) -> None:
    """Both are found as they are now, and the other services hear of it. `called`: how who stays was until now."""
    for client in (ends, stays):
        client.version += 1
    session.flush()
    for client in (ends, stays):
        index(session, client)
    tell(session, stays)
    tell(session, ends, stays.display_name if ends.merged_into is not None else None)
    if stays.display_name != called:
        rename_members(session, stays, but=ends.id)


def _record(session: Session, work: Work, of_merge: ClientMerge, action: str) -> None:
    """In the trail of both."""
    for client_id in (of_merge.client_id, of_merge.into_client_id):
        details = {
            "job_id": str(work.job_id),
            "reason": of_merge.reason,
            "into_client_id": str(of_merge.into_client_id),
        }
        audit.record(
            session,
            work.actor,
            action,
            object_id=of_merge.id,
            client_id=client_id,
            rule="level",
            details=details,
        )


def _person(work: Work) -> Person:
    assert isinstance(work.actor, Person), "the permission is not for programs"
    return work.actor


MERGING: Final = Change(MERGE, "merge_clients", "clients:merge", "merged", _merge)
MERGE_CLIENTS: Final = job_of(MERGING)
PARTING: Final = Change(UNMERGE, "unmerge_clients", "clients:merge", "parted", _part)
UNMERGE_CLIENTS: Final = job_of(PARTING)
