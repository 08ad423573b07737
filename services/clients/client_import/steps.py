"""One step of an import: some hundred rows are checked, or become clients.

What came of its rows is written in one statement in the end. A check keeps whom each row would add, so that adding
them reads no cell again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, inspect, or_, select

from services.clients.client_import.appointments import request_bookings, settle_appointments
from services.clients.client_import.models import ClientImport, ClientImportRow
from services.clients.client_import.people import Person, own_fields, person_checked, person_of
from services.clients.client_import.queries import one_import
from services.clients.client_import.rules import CHECK, CREATE, CREATED, READY, SAME, TO_ADD, TWICE, WITH_PROBLEM
from services.clients.client_import.therapists import ASSIGNED, of_row, record_refused, settle_therapists, therapists_of
from services.clients.copies.queries import practice_today
from services.clients.matching.rules import Alike, Candidate, candidates_of, result_of, same_person_key
from services.clients.own_fields.rules import Definition
from services.clients.profiles.commands import new_client
from services.clients.profiles.models import KNOWN_BY, Client, known_as_of
from services.clients.profiles.newcomers import Newcomer, add_clients
from services.clients.profiles.queries import in_sight, visible
from services.clients.profiles.rules import KnownAs
from shared import audit, logs
from shared.actor import Caller
from shared.database.many_rows import update_rows
from shared.database.session import Session
from shared.errors import Conflict, FieldError, Invalid
from shared.jobs.kinds import Step, Work
from shared.texts import comparable_email

# More than other jobs take in a step: what a step costs besides its rows is a large part of it. Nobody waits for it:
# what it locks, the counter of the clients' numbers, it locks with its last statements.
STEP_ROWS_MAX: Final = 300
LOOKED_AT_MAX: Final = 15_000  # clients with a birthday or a contact of some row of a step
KEY: Final = ("organization_id", "import_id", "number")
WRITTEN: Final = (
    *("result", "person", "errors", "checked", "candidates", "staff_id", "appointment_at"),
    *("client_id", "client_version", "booking"),
)
# In the audit trail each client is added by the name that it has by hand.
ADDED: Final = "post_client"


def step(session: Session, work: Work) -> Step:
    """Check the next rows, or add their clients; the cursor is the phase and the number of the last row."""
    phases: list[str] = work.input["phases"]
    phase, _, last = (work.cursor or f"{phases[0]} 0").partition(" ")
    imported = one_import(session, work.actor, UUID(work.input["import_id"]))
    rows = session.scalars(
        select(ClientImportRow)
        .where(
            ClientImportRow.organization_id == imported.organization_id,
            ClientImportRow.import_id == imported.id,
            ClientImportRow.number > int(last),
        )
        .order_by(ClientImportRow.number)
        .limit(STEP_ROWS_MAX)
    ).all()
    for row in rows:
        session.expunge(row)  # see `_keep`
    done = _check(session, work, imported, rows) if phase == CHECK else _add(session, work, imported, rows)
    _keep(session, rows)
    cursor = f"{phase} {rows[-1].number}" if len(rows) == STEP_ROWS_MAX else None
    if cursor is None and phase != phases[-1]:
        cursor = f"{phases[-1]} 0"
    return Step(len(rows), cursor, done)


def _keep(session: Session, rows: Iterable[ClientImportRow]) -> None:
    """Write what a step has said of its rows."""
    changed = [{name: getattr(row, name) for name in (*KEY, *WRITTEN)} for row in rows if inspect(row).modified]
    update_rows(session, ClientImportRow.__tablename__, KEY, changed)


def _check(session: Session, work: Work, imported: ClientImport, rows: Sequence[ClientImportRow]) -> Counter[str]:
    actor = work.actor
    today = practice_today(session, actor)
    therapists = therapists_of(session, actor, imported, rows)
    own = own_fields(session, actor, imported)
    people: dict[int, Person] = {}
    for row in rows:
        try:
            people[row.number] = person_of(imported, row.cells, today, own)
        except Invalid as refusal:
            row.result, row.errors, row.candidates = "error", [_told(error) for error in refusal.errors], []
    _judge(session, actor, imported, rows, people)
    settle_therapists(rows, therapists)
    record_refused(session, work, rows, therapists)
    settle_appointments(session, actor, imported, rows)
    for row in rows:
        person = people.get(row.number)
        row.checked = person.kept if person is not None and row.result != "duplicate" else None
    return Counter(row.result or "" for row in rows)


def _add(session: Session, work: Work, imported: ClientImport, rows: Sequence[ClientImportRow]) -> Counter[str]:
    """Those who would be added. Who has come to the practice since the check is a duplicate now."""
    therapists = therapists_of(session, work.actor, imported, [row for row in rows if row.result in TO_ADD])
    _see_those_chosen(session, work.actor, rows)
    waiting = [row for row in rows if row.result in TO_ADD]
    today = practice_today(session, work.actor)
    own = own_fields(session, work.actor, imported)
    people = {}
    for row in waiting:
        try:
            people[row.number] = person_checked(imported, row, today, own)
        except Invalid as refusal:  # an own field was archived since the check, or a choice of it
            audit.record_refusal(session, work.actor, ADDED, refusal, details=of_row(work, row))
            row.result, row.errors, row.candidates = "error", [_told(error) for error in refusal.errors], []
    _judge(session, work.actor, imported, waiting, people)
    settle_therapists(waiting, therapists)
    record_refused(session, work, waiting, therapists)
    clinicians = settle_appointments(session, work.actor, imported, waiting)
    _add_people(session, work, [row for row in waiting if row.result in TO_ADD], people, today, own.values())
    request_bookings(session, work.actor, imported, waiting, clinicians)
    return Counter(row.result or "" for row in waiting)


def _add_people(
    session: Session,
    work: Work,
    rows: Iterable[ClientImportRow],
    people: Mapping[int, Person],
    today: date,
    own: Collection[Definition],
) -> None:
    """Add the clients of these rows as by hand: added, assigned, archived, in a few statements for all of them."""
    newcomers = []
    for row in rows:
        person = people[row.number]
        try:
            client = new_client(session, work.actor, person.details, today, own)
        except (Invalid, Conflict) as refusal:  # anything else says nothing of the row: the step is done again
            audit.record_refusal(session, work.actor, ADDED, refusal, details=of_row(work, row))
            errors = refusal.errors or (FieldError("", refusal.code, refusal.detail),)
            row.result, row.errors, row.staff_id = "error", [_told(error) for error in errors], None
            row.appointment_at = None
            continue
        newcomers.append((row, Newcomer(client, row.staff_id, person.archived)))
    add_clients(session, work.actor, [newcomer for _, newcomer in newcomers])
    for row, newcomer in newcomers:
        row.result = CREATED if row.result == READY else WITH_PROBLEM
        row.client_id, row.client_version = newcomer.client.id, newcomer.client.version
        row.checked = None
    ids = [(each.client.id, each.staff_id) for _, each in newcomers]
    _record(session, work, ADDED, [(client_id, client_id) for client_id, _ in ids])
    _record(session, work, ASSIGNED, [(staff_id, client_id) for client_id, staff_id in ids if staff_id is not None])


def _record(session: Session, work: Work, action: str, happened: Iterable[tuple[UUID, UUID]]) -> None:
    """An entry each; `happened`: to what, of which client."""
    each = [audit.Happened(*of, logs.correlation_id.get()) for of in happened]
    audit.record_each(session, work.actor, action, each, rule="level", details={"job_id": str(work.job_id)})


def _judge(
    session: Session,
    actor: Caller,
    imported: ClientImport,
    rows: Sequence[ClientImportRow],
    people: dict[int, Person],
) -> None:
    """What becomes of each row with a person: they may stand further up in the file, or be a client already."""
    known = {number: person.known_as for number, person in people.items()}
    others = Alike(_others(session, actor, people.values()))
    keys = {number: same_person_key(each) for number, each in known.items()}
    earlier = _earlier(session, imported, keys)
    added = _added(session, imported, {keys[row.number] for row in rows if row.decision == CREATE})
    for row in rows:
        if row.number not in people:
            continue
        row.person = keys[row.number]
        if row.decision == CREATE:
            _judge_decided(row, known[row.number], others.to(known[row.number]), added)
            continue
        first = earlier.setdefault(row.person, row.number)
        candidates = candidates_of(known[row.number], others.to(known[row.number]))
        row.candidates = [_shown(candidate) for candidate in candidates]
        row.result, row.errors = result_of(candidates), []
        if row.result != READY and imported.on_duplicate == "create":
            row.result = READY
        if first < row.number:
            reason = f"Row {first} has the same name and birthday."
            row.result, row.errors = "duplicate", [_told(FieldError("", TWICE, reason, str(first)))]


def _judge_decided(
    row: ClientImportRow, person: KnownAs, others: Iterable[tuple[UUID, KnownAs]], added: Set[UUID]
) -> None:
    """Somebody decided to add this person: so it is, unless a client whom they could not see then surely is the same.
    `added`: clients from rows with the same name and birthday in this file.
    """
    seen = added | {UUID(candidate["client_id"]) for candidate in row.candidates or ()}
    candidates = candidates_of(person, [other for other in others if other[0] not in seen])
    row.result, row.errors = READY, []
    if result_of(candidates) == "duplicate":
        row.result, row.candidates = "duplicate", [_shown(candidate) for candidate in candidates]


def _see_those_chosen(session: Session, actor: Caller, rows: Iterable[ClientImportRow]) -> None:
    """Where somebody decided who a person is, that client must still be there and in sight: else it is an error."""
    chosen = [row for row in rows if row.decision == SAME]
    ids = {row.decided_client_id for row in chosen}
    seen = set(session.scalars(select(Client.id).where(visible(actor), Client.id.in_(ids)))) if ids else set()
    for row in chosen:
        if row.decided_client_id not in seen:
            reason = "The client who was chosen for this row is no longer there. Import the row again."
            row.result, row.errors = "error", [_told(FieldError("", "client_gone", reason))]


def _added(session: Session, imported: ClientImport, people: Set[str]) -> set[UUID]:
    """The clients whom this import has added from rows of these people."""
    if not people:
        return set()
    wanted = select(ClientImportRow.client_id).where(
        ClientImportRow.organization_id == imported.organization_id,
        ClientImportRow.import_id == imported.id,
        ClientImportRow.person.in_(people),
    )
    return {client_id for client_id in session.scalars(wanted) if client_id is not None}


def _others(session: Session, actor: Caller, people: Iterable[Person]) -> list[tuple[UUID, KnownAs]]:
    """The clients who share a birthday, a phone or an e-mail with any of these people.

    Somebody who was merged away counts as the client who stays.
    """
    born, phones, emails = set(), set(), set()
    for person in people:
        born.add(person.details.date_of_birth)
        phones.add(person.first("phone"))
        emails.add(comparable_email(person.first("email") or ""))
    shared = or_(
        Client.date_of_birth.in_(born),
        Client.phone.in_(phones - {None}),
        Client.email_key.in_(emails - {""}),
    )
    wanted = select(Client.id, Client.merged_into, *KNOWN_BY).where(in_sight(actor), shared)
    found = session.execute(wanted.order_by(Client.id).limit(LOOKED_AT_MAX))
    return [(client.merged_into or client.id, known_as_of(client)) for client in found]


def _earlier(session: Session, imported: ClientImport, keys: dict[int, str]) -> dict[str, int]:
    """The first row of the file with each of these people, of those that were checked before."""
    wanted = (
        select(ClientImportRow.person, func.min(ClientImportRow.number))
        .where(
            ClientImportRow.organization_id == imported.organization_id,
            ClientImportRow.import_id == imported.id,
            ClientImportRow.person.in_(set(keys.values())),
        )
        .group_by(ClientImportRow.person)
    )
    return {person: number for person, number in session.execute(wanted) if person is not None}


def _shown(candidate: Candidate) -> dict[str, Any]:
    return {"client_id": str(candidate.client_id), "score": candidate.score, "reasons": [candidate.reason]}


def _told(error: FieldError) -> dict[str, Any]:
    return {"field": error.field, "code": error.code, "detail": error.detail}
