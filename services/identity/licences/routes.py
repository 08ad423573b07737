"""The endpoints of licences."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.identity.licences import commands, queries
from services.identity.licences.commands import LicenceChanges
from services.identity.licences.schemas import LicencePatch, LicencesSchema, OneLicenceSchema
from services.identity.staff.models import Licence
from services.identity.staff.queries import one_member
from services.identity.staff.rules import LicenceDetails
from services.identity.staff.schemas import LicenceSchema
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.routes import ResponseWith, Route


def get_licences(session: Session, actor: Caller, staff_id: UUID) -> dict[str, Any]:
    """List the licences of a member of staff

    For those who manage staff, and for the person.
    """
    return {"items": queries.licences_of(session, actor, staff_id)}


def get_licence(session: Session, actor: Caller, staff_id: UUID, licence_id: UUID) -> Licence:
    """Read a licence of a member of staff

    For those who manage staff, and for the person.
    """
    return queries.one_licence(session, actor, staff_id, licence_id)


def post_licence(session: Session, actor: Person, staff_id: UUID, body: LicenceDetails) -> ResponseWith:
    """Add a licence, or renew it

    Adds a licence to practise. The same state and number renews the licence that is there.
    """
    licence, new = commands.add_licence(session, actor, staff_id, body)
    return ResponseWith(licence, status=201 if new else 200)


def patch_licence(session: Session, actor: Person, staff_id: UUID, licence_id: UUID, body: LicenceChanges) -> Licence:
    """Change the dates of a licence

    Changes when the licence was issued or expires. A note can be signed only under a licence that is in force.
    """
    return commands.change_licence(session, actor, staff_id, licence_id, body)


def delete_licence(session: Session, actor: Person, staff_id: UUID, licence_id: UUID) -> ResponseWith:
    """Remove a licence entered by mistake

    What was signed under the licence stays signed.
    """
    commands.remove_licence(session, actor, staff_id, licence_id)
    return ResponseWith(None, status=204)


_ALL = "/api/v1/staff/{staff_id}/licences"
_ONE = _ALL + "/{licence_id}"
ROUTES = (
    Route("GET", _ALL, "staff:read", get_licences, response=LicencesSchema, audit="licences.list"),
    Route("GET", _ONE, "staff:read", get_licence, response=OneLicenceSchema, audit="licence.read"),
    Route(
        "POST",
        _ALL,
        "staff:update",
        post_licence,
        body=LicenceSchema,
        response=OneLicenceSchema,
        status=201,
        makes="/api/v1/staff/{staff_id}/licences/{licence_id}",
        may_exist=True,
        changes=one_member,
        example={"number": "NY-004711", "state": "NY", "issued_on": "2019-05-01", "expires_on": "2035-01-01"},
    ),
    Route(
        "PATCH",
        _ONE,
        "staff:update",
        patch_licence,
        body=LicencePatch,
        response=OneLicenceSchema,
        changes=one_member,
        example={"expires_on": "2035-01-02"},
    ),
    Route("DELETE", _ONE, "staff:update", delete_licence, status=204, changes=one_member),
)
