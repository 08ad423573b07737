"""Saying who pays for a client, changing it, and taking back what was entered in error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from services.clients.copies.queries import practice_today
from services.clients.families.queries import ensure_free, locked_person
from services.clients.profiles.queries import one_client
from services.clients.responsible_people import queries, rules
from services.clients.responsible_people.models import ResponsibleChange, ResponsiblePerson
from services.clients.responsible_people.rules import Share, Term
from shared import audit, clock
from shared.actor import Caller
from shared.changes import UNSET, Changes, Unset, differing
from shared.database.session import Session
from shared.ids import new_id_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsibleDetails:
    """Somebody who pays. `address` is kept as a document; `effective_to` is the last day, None until further notice."""

    given_name: str
    family_name: str
    email: str | None
    address: dict[str, Any] | None
    share: Share
    effective_from: date
    effective_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsibleChanges(Changes):
    """Changes to somebody who pays, in the same forms."""

    given_name: str | Unset = UNSET
    family_name: str | Unset = UNSET
    email: str | Unset | None = UNSET
    address: dict[str, Any] | Unset | None = UNSET
    share: Share | Unset = UNSET
    effective_from: date | Unset = UNSET
    effective_to: date | Unset | None = UNSET


def add_person(session: Session, actor: Caller, client_id: UUID, details: ResponsibleDetails) -> ResponsiblePerson:
    """Somebody pays a share from a day on. Raises `NotFound`, `TooManyResponsible`, `Invalid` as `ensure_agrees`."""
    one_client(session, actor, client_id, for_update=True)
    rules.ensure_days(details.effective_from, details.effective_to)
    others = queries.all_of(session, actor, locked_person(session, actor.organization_id, client_id))
    rules.ensure_room(len(others))
    given = {name: getattr(details, name) for name in (field.name for field in fields(details))}
    person = ResponsiblePerson(
        organization_id=actor.organization_id,
        id=new_id_of(actor.organization_id),
        client_id=client_id,
        **given,
    )
    rules.ensure_agrees(person.term, _counting(others))
    session.add(person)
    _write_down(session, actor, person, rules.ADDED, None)
    session.flush()
    audit.describe(session, object_id=person.id)
    return person


def change_person(
    session: Session, actor: Caller, responsible_person_id: UUID, changes: ResponsibleChanges
) -> ResponsiblePerson:
    """Merge the given fields. Raises what `add_person` raises.

    A share that a merge set aside counts from the change on with which it agrees, also where nothing is different.
    Somebody else who pays as long as before or shorter is compared with nobody: merged by an earlier release, the
    shares of two clients do not agree.
    """
    person, others = _locked(session, actor, responsible_person_id)
    different = differing(person, changes.given())
    if not different:
        return _counted_again(session, person, others)
    before, term = person.stored, person.term
    for name, value in different.items():
        setattr(person, name, value)
    rules.ensure_days(person.effective_from, person.effective_to)
    if not person.term.lies_within(term):
        rules.ensure_agrees(person.term, _counting(others))
        person.set_aside = False
    elif person.set_aside:
        person.set_aside = not rules.agrees(person.term, _counting(others))
    person.version += 1
    _write_down(session, actor, person, rules.CHANGED, before)
    audit.describe(session, fields=sorted(different))
    return person


def remove_person(session: Session, actor: Caller, responsible_person_id: UUID) -> None:
    """Take back a share that never counted; the history keeps it. Raises `NotFound`, `WasInForce`."""
    today = practice_today(session, actor)
    person, _ = _locked(session, actor, responsible_person_id)
    rules.ensure_removable(person.effective_from, today)
    _write_down(session, actor, person, rules.REMOVED, person.stored)
    session.delete(person)


def count_again(session: Session, actor: Caller, client_ids: Sequence[UUID]) -> None:
    """Of the shares that are set aside of these clients, who are one, those count again that agree by now.

    The caller has locked them. What counts stays; of what is set aside the client's come first who stands first.
    """
    every = queries.all_of(session, actor, client_ids)
    aside = sorted((each for each in every if each.set_aside), key=lambda each: _place(client_ids, each))
    _set_aside(aside, rules.fitting([each.term for each in aside], _counting(every)))


def join_shares(session: Session, actor: Caller, ends: UUID, family: Sequence[UUID]) -> tuple[int, int]:
    """Of the shares of a client who ends, those are set aside that do not agree with those of who stays.

    How many count, and how many do not; of these without those that who stays has anyway. `family`: who stays, and who
    was merged into them. The caller has locked them.
    """
    theirs = queries.all_of(session, actor, [ends])
    fits, left = _joined(theirs, queries.all_of(session, actor, family))
    _set_aside(theirs, fits)
    return sum(fits), left


def would_leave(session: Session, actor: Caller, ends: UUID, family: Sequence[UUID]) -> int:
    """How many shares `join_shares` would set aside."""
    theirs, own = queries.all_of(session, actor, [ends]), queries.all_of(session, actor, family)
    return _joined(theirs, own)[1]


def _joined(theirs: Sequence[ResponsiblePerson], own: Sequence[ResponsiblePerson]) -> tuple[list[bool], int]:
    counting, terms = _counting(own), [each.term for each in theirs]
    fits = rules.fitting(terms, counting)
    left = [term for term, agrees in zip(terms, fits, strict=True) if not agrees]
    return fits, sum(1 for term in left if not any(term.lies_within(other) for other in counting))


def _counted_again(
    session: Session, person: ResponsiblePerson, others: Sequence[ResponsiblePerson]
) -> ResponsiblePerson:
    """Somebody of whom nothing was changed: set aside until now, they count. Raises what `ensure_agrees` raises."""
    if person.set_aside:
        rules.ensure_agrees(person.term, _counting(others))
        _set_aside([person], [True])
        audit.describe(session, fields=["set_aside"])
    return person


def _set_aside(people: Sequence[ResponsiblePerson], counts: Sequence[bool]) -> None:
    for person, whether in zip(people, counts, strict=True):
        if person.set_aside == whether:
            person.set_aside, person.version = not whether, person.version + 1


def _counting(people: Sequence[ResponsiblePerson]) -> list[Term]:
    return [person.term for person in people if not person.set_aside]


def _place(client_ids: Sequence[UUID], person: ResponsiblePerson) -> tuple[int, date, UUID]:
    return client_ids.index(person.client_id), person.effective_from, person.id


def _locked(
    session: Session, actor: Caller, responsible_person_id: UUID
) -> tuple[ResponsiblePerson, Sequence[ResponsiblePerson]]:
    """Somebody who pays, locked behind their client, and the others of the client's family."""
    client_id = queries.one_person(session, actor, responsible_person_id).client_id
    family = locked_person(session, actor.organization_id, client_id)
    ensure_free(session, actor.organization_id, family[0])
    person = queries.one_person(session, actor, responsible_person_id, for_update=True)
    return person, [other for other in queries.all_of(session, actor, family) if other.id != person.id]


def _write_down(
    session: Session, actor: Caller, person: ResponsiblePerson, change: str, before: dict[str, Any] | None
) -> None:
    session.add(
        ResponsibleChange(
            organization_id=actor.organization_id,
            id=new_id_of(actor.organization_id),
            client_id=person.client_id,
            responsible_person_id=person.id,
            at=clock.now(),
            by=actor.actor_id,
            change=change,
            before=before,
            after=None if change == rules.REMOVED else person.stored,
        )
    )
