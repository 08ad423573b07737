"""What a client takes over from one who is merged into them, and gives back when they part: profile, staff, relations.

Addresses and responsible people stay where they are, and are read together.

The caller has locked both clients. What each other member of the family has too stays, and counts as theirs from then.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, tuple_

from services.clients.assignments.commands import put_on, take_off
from services.clients.assignments.models import Assignment
from services.clients.client_merges import rules
from services.clients.client_merges.rules import Given, Member, Profile
from services.clients.families.models import ClientMerge
from services.clients.profiles.models import Client
from services.clients.relations.models import ClientRelation
from services.clients.relations.rules import INVERSE, RELATED_MAX
from shared import clock
from shared.actor import Caller
from shared.database.session import Session
from shared.texts import comparable_email

# The single values of a profile, each with what stands there where nobody has said anything.
DETAILS: Final[Mapping[str, str | None]] = {
    "middle_name": None,
    "name_suffix": None,
    "preferred_name": None,
    "pronouns": None,
    "sex": "unknown",
    "gender_identity": None,
    "language": None,
    "referral_source": None,
    "intake_date": None,
    "time_zone": None,
}


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else who is merged into the client who stays."""

    merge: ClientMerge
    client: Client


def take_over_profile(ends: Client, stays: Client) -> tuple[dict[str, Any], dict[str, int], dict[str, int]]:
    """What came along, as it is stored; how many by kind; and how many are left on the record that ends."""
    left = rules.left(profile_of(ends), profile_of(stays))
    profile, given = rules.joined(profile_of(ends), profile_of(stays))
    _write(stays, profile)
    return given.stored, given.counts, left


def give_back_profile(merge: ClientMerge, ends: Client, stays: Client, others: Sequence[Other]) -> dict[str, int]:
    """How many stay because they were changed since, by list."""
    merged = sorted([(merge, ends), *((other.merge, other.client) for other in others)], key=lambda each: each[0].id)
    members = [Member(profile_of(client), Given.of(each.given["profile"])) for each, client in merged]
    place = next(at for at, (each, _) in enumerate(merged) if each.id == merge.id)
    profile, given, stayed = rules.parted(members, place, profile_of(stays))
    _write(stays, profile)
    left = [each for each, _ in merged if each.id != merge.id]
    for each, theirs in zip(left, given, strict=True):
        each.given = {**each.given, "profile": theirs.stored}
    return stayed


def share_staff(
    session: Session, actor: Caller, ends: Client, stays: Client, others: Collection[UUID]
) -> dict[str, Any]:
    """Both have the same staff from now on: `staff` who stays was given, with versions, and `had_staff` of who ends."""
    theirs, own = staff_of(session, ends), staff_of(session, stays)
    given = {}
    for staff_id in sorted(theirs.keys() - own.keys()):
        through = theirs[staff_id].through_case_id
        given[str(staff_id)] = put_on(session, actor, stays.id, staff_id, through)
        for other in others:
            put_on(session, actor, other, staff_id, through)
    for staff_id in sorted(own.keys() - theirs.keys()):
        put_on(session, actor, ends.id, staff_id, own[staff_id].through_case_id)
    return {"staff": given, "had_staff": sorted(map(str, theirs))}


def part_staff(
    session: Session, actor: Caller, merge: ClientMerge, ends: Client, stays: Client, others: Sequence[Other]
) -> int:
    """Each has their own staff again; how many whom the merge gave stay with both, as that was changed since."""
    now = staff_of(session, stays)
    versions = {staff_id: assignment.version for staff_id, assignment in now.items()}
    given = {UUID(staff_id): version for staff_id, version in merge.given["staff"].items()}
    same, stayed = rules.unchanged(given, versions)
    had = [{UUID(staff_id) for staff_id in other.merge.given["had_staff"]} for other in others]
    for staff_id in same:
        holder = rules.holder_of(staff_id, enumerate(had))
        if holder is not None:
            _hand_on(others[holder].merge, "staff", staff_id, versions[staff_id])
        else:
            for client_id in (stays.id, *(other.client.id for other in others)):
                take_off(session, actor, client_id, staff_id)
    came_later = staff_of(session, ends).keys() - {UUID(staff_id) for staff_id in merge.given["had_staff"]}
    for staff_id in sorted(came_later):
        take_off(session, actor, ends.id, staff_id)
    return stayed


def take_over_relations(session: Session, ends: Client, stays: Client) -> tuple[dict[str, str], int]:
    """Who is related to who ends is related to who stays: the kind of each, by their ids; for how many is no room."""
    theirs, own = (_relations_of(session, client) for client in (ends, stays))
    new = [related_id for related_id in sorted(theirs) if related_id not in own and related_id != stays.id]
    given = {related_id: theirs[related_id] for related_id in new[: max(RELATED_MAX - len(own), 0)]}
    now = clock.now()
    for related_id, kind in given.items():
        for whose, other, what in ((stays.id, related_id, kind), (related_id, stays.id, INVERSE[kind])):
            session.add(
                ClientRelation(
                    organization_id=stays.organization_id,
                    client_id=whose,
                    related_client_id=other,
                    kind=what,
                    since=now,
                )
            )
    return {str(related_id): kind for related_id, kind in given.items()}, len(new) - len(given)


def part_relations(session: Session, merge: ClientMerge, stays: Client, others: Sequence[Other]) -> int:
    """Who came with the merge is no longer related to who stays; how many are, because that was changed since."""
    given = {UUID(related_id): kind for related_id, kind in merge.given["related"].items()}
    same, stayed = rules.unchanged(given, _relations_of(session, stays))
    have = [_relations_of(session, other.client).keys() for other in others]
    gone = []
    for related_id in same:
        holder = rules.holder_of(related_id, enumerate(have))
        if holder is None:
            gone += [(stays.id, related_id), (related_id, stays.id)]
        else:
            _hand_on(others[holder].merge, "related", related_id, given[related_id])
    if gone:
        pair = tuple_(ClientRelation.client_id, ClientRelation.related_client_id)
        here = ClientRelation.organization_id == stays.organization_id
        session.execute(delete(ClientRelation).where(here, pair.in_(gone)))
    return stayed


def staff_of(session: Session, client: Client) -> Mapping[UUID, Assignment]:
    """Who is assigned to a client, by id."""
    found = session.scalars(
        select(Assignment).where(
            Assignment.organization_id == client.organization_id,
            Assignment.client_id == client.id,
            Assignment.active,
        )
    )
    return {assignment.staff_id: assignment for assignment in found}


def _relations_of(session: Session, client: Client) -> Mapping[UUID, str]:
    """What each related client is to this one, without those who were merged into somebody."""
    found = session.execute(
        select(ClientRelation.related_client_id, ClientRelation.kind)
        .join(
            Client,
            (Client.organization_id == ClientRelation.organization_id)
            & (Client.id == ClientRelation.related_client_id),
        )
        .where(
            ClientRelation.organization_id == client.organization_id,
            ClientRelation.client_id == client.id,
            Client.merged_into.is_(None),
        )
    )
    return {row.related_client_id: row.kind for row in found}


def _hand_on(merge: ClientMerge, what: str, identifier: UUID, value: Any) -> None:
    """Another merge gave this, from now on."""
    merge.given = {**merge.given, what: {**merge.given[what], str(identifier): value}}


def profile_of(client: Client) -> Profile:
    """What a merge makes one of, as the rules see it."""
    return Profile(
        contacts=client.ways.all,
        emergency_contacts=tuple(client.emergency_contacts),
        tags=tuple(client.tags),
        former_names=tuple(client.former_names),
        details={name: getattr(client, name) for name, empty in DETAILS.items() if getattr(client, name) != empty},
        own_fields=client.custom,
    )


def _write(client: Client, profile: Profile) -> None:
    client.reach_by(profile.contacts)
    client.email_key = comparable_email(client.email) if client.email else None
    first = next(iter(profile.emergency_contacts), None)
    if client.emergency_contact != first:  # None that is written where nothing stands would be JSON's null
        client.emergency_contact = dict(first) if first else None
    client.further_emergency_contacts = [dict(each) for each in profile.emergency_contacts[1:]]
    client.tags = list(profile.tags)
    client.former_names = list(profile.former_names)
    for name, empty in DETAILS.items():
        setattr(client, name, profile.details.get(name, empty))
    if client.custom != profile.own_fields:
        client.custom = dict(profile.own_fields)
