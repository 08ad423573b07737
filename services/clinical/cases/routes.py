"""The endpoints of cases."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clinical.cases import commands, queries
from services.clinical.cases.commands import CaseChanges, CaseDetails
from services.clinical.cases.models import Case
from services.clinical.cases.schemas import (
    CaseMemberHistoryPage,
    CasePatch,
    CaseSchema,
    CasesPage,
    CaseStatusHistoryPage,
    CaseWithStaffSchema,
    NewCase,
)
from services.clinical.copies.queries import known_client
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.dumping import dump
from shared.web.paging import PageQuery
from shared.web.routes import Dumped, Route


def post_case(session: Session, actor: Person, body: CaseDetails) -> Dumped:
    """Open a case for a client

    Opens a case. On it are the person who opens it, their supervisor, and the staff named. A therapist must be
    assigned to the client.
    """
    return _with_staff(session, commands.open_case(session, actor, body))


def get_client_cases(session: Session, actor: Caller, client_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """List a client's cases

    Oldest first. Cases that the person may not see are left out.
    """
    known_client(session, actor, client_id)
    return queries.cases_of_client(session, actor, client_id, **query)


def get_case(session: Session, actor: Caller, case_id: UUID) -> Dumped:
    """Read a case

    Shows the case with its members.
    """
    return _with_staff(session, queries.readable_case(session, actor, case_id))


def patch_case(session: Session, actor: Person, case_id: UUID, body: CaseChanges) -> Dumped:
    """Rename, close or reopen a case

    Nothing new is begun in a closed case until it is reopened: no note, diagnosis, plan or member. What was begun may
    be finished, and signed notes take addenda and amendments. Who closed and reopened it, when and why is kept in its
    history.
    """
    return _with_staff(session, commands.change_case(session, actor, case_id, body))


def get_case_staff_history(session: Session, actor: Caller, case_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """Read who was put on a case and taken off

    Newest first: who, when, and who saw to it.
    """
    return queries.member_history(session, actor, case_id, **query)


def get_case_status_history(session: Session, actor: Caller, case_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """Read when a case was closed and opened again

    Newest first: who, when, and why where somebody said so. What was closed before reasons were kept is not in it.
    """
    return queries.status_history(session, actor, case_id, **query)


def put_case_staff(session: Session, actor: Caller, case_id: UUID, staff_id: UUID) -> Dumped:
    """Put a member of staff on a case

    Assigns the member to the client and to this case, and to no other case.
    """
    return _with_staff(session, commands.put_on_case(session, actor, case_id, staff_id))


def delete_case_staff(session: Session, actor: Caller, case_id: UUID, staff_id: UUID) -> Dumped:
    """Take a member of staff off a case

    The member stays assigned to the client.
    """
    return _with_staff(session, commands.take_off_case(session, actor, case_id, staff_id))


def _with_staff(session: Session, case: Case) -> Dumped:
    session.flush()
    return Dumped(dump(CaseSchema, case), staff_ids=[str(member) for member in queries.members_of(session, case)])


_ONE = "/api/v1/cases/{case_id}"
_STAFF = "/api/v1/cases/{case_id}/staff/{staff_id}"
ROUTES = (
    Route(
        "POST",
        "/api/v1/cases",
        "cases:create",
        post_case,
        body=NewCase,
        response=CaseWithStaffSchema,
        status=201,
        makes="/api/v1/cases/{case_id}",
        example={"client_id": "{client_id}", "name": "Individual therapy"},
    ),
    Route(
        "GET",
        "/api/v1/clients/{client_id}/cases",
        "cases:read",
        get_client_cases,
        query=PageQuery,
        response=CasesPage,
        audit="cases.list",
    ),
    Route("GET", _ONE, "cases:read", get_case, response=CaseWithStaffSchema, audit="case.read"),
    Route(
        "PATCH",
        _ONE,
        "cases:update",
        patch_case,
        body=CasePatch,
        response=CaseWithStaffSchema,
        changes=queries.visible_case,
        example={"name": "Individual"},
    ),
    Route(
        "GET",
        _ONE + "/staff/history",
        "cases:read",
        get_case_staff_history,
        query=PageQuery,
        response=CaseMemberHistoryPage,
        audit="case_staff.history",
    ),
    Route(
        "GET",
        _ONE + "/status/history",
        "cases:read",
        get_case_status_history,
        query=PageQuery,
        response=CaseStatusHistoryPage,
        audit="case_status.history",
    ),
    Route(
        "PUT",
        _STAFF,
        "assignments:change",
        put_case_staff,
        response=CaseWithStaffSchema,
        changes=queries.visible_case,
    ),
    Route(
        "DELETE",
        _STAFF,
        "assignments:change",
        delete_case_staff,
        response=CaseWithStaffSchema,
        changes=queries.visible_case,
    ),
)
