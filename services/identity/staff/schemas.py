"""What staff requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.identity.organization.schemas import hours, npi, taxonomy
from services.identity.staff.commands import MemberChanges, MemberDetails, OwnProfileChanges
from services.identity.staff.hues import HUES
from services.identity.staff.queries import ORDERS
from services.identity.staff.rules import SUPERVISION_MODES, LicenceDetails
from shared import permissions
from shared.web.fields import (
    NAME_MAX,
    Day,
    Email,
    Phone,
    Stripped,
    about,
    choice,
    flag,
    state_code,
    text,
    written_flag,
)
from shared.web.paging import ListQuery
from shared.web.strict_fields import Id

LEVEL = choice(
    permissions.LEVELS,
    "A permission level.",
    {
        "default": "appointments and clients' basic data; everybody has it",
        "billing": "invoices, payments and ledgers",
        "therapist": "cases, treatment plans and notes",
        "administration": "all of these, and locations, services, staff below administrators",
        "organization_administration": "everything, and alone security settings, programs and the export of the trail",
    },
)
GRANT = choice(
    permissions.GRANTS,
    "A grant.",
    {
        "assigned_only": "narrows a therapist to assigned clients",
        "staff_assign": "assigns staff to clients",
        "clients_delete": "deletes clients who were added in error and never used",
        "clients_merge": "merges clients who are entered twice, with `staff_assign`; says who are two people",
        "double_book": "books in spite of a conflict",
        "availability_manage": "no effect yet",
        "documents_upload": "no effect yet",
        "claims_submit": "no effect yet; needs the level billing",
        "remittances_post": "no effect yet; needs the level billing",
        "refunds": "gives clients' credit back; needs the level billing",
    },
)


def levels_of(description: str = "Permission levels. `default` is implied.", **options: Any) -> fields.List[Any]:
    """A list of permission levels."""
    checks = validate.Length(max=len(permissions.LEVELS))
    return fields.List(LEVEL, validate=checks, metadata=about(description), **options)


def grants_of(description: str = "Grants, on top of what the levels allow.", **options: Any) -> fields.List[Any]:
    """A list of grants."""
    checks = validate.Length(max=len(permissions.GRANTS))
    return fields.List(GRANT, validate=checks, metadata=about(description), **options)


def ineffective_grants() -> fields.List[str]:
    """Grants that mean nothing: `assigned_only` among them narrows nobody."""
    return fields.List(
        fields.String(),
        metadata=about(
            "Grants without effect with these levels; `assigned_only` here: every client is open. They are kept."
        ),
    )


def permissions_of(description: str) -> fields.List[Any]:
    """What somebody may do."""
    return fields.List(
        fields.String(metadata=about("A permission, as `resource:action`.")), metadata=about(description)
    )


class LicenceSchema(Stripped):
    """A licence to practise, as it is printed. Notes are signed under one that is in force."""

    number = text(50, "The licence's number as the state wrote it.", required=True)
    state = state_code("Two-letter code of the state that gave it, such as NY.", required=True)
    issued_on = Day(
        load_default=None, allow_none=True, metadata=about("The first day it is in force; null: always was.")
    )
    expires_on = Day(required=True, metadata=about("The last day it is in force."))

    @validates_schema
    def check_period(self, data: dict[str, Any], **_: Any) -> None:
        """A licence cannot expire before it was issued."""
        if data.get("issued_on") and data.get("expires_on") and data["issued_on"] > data["expires_on"]:
            raise ValidationError("It expires before it was issued.", "expires_on")

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> LicenceDetails:
        return LicenceDetails(**data)


COLOUR = validate.Regexp(r"^#[0-9a-fA-F]{6}$", error="Give a colour as #rrggbb.")


def credentials(**options: Any) -> fields.List[Any]:
    """What stands behind the name."""
    return fields.List(
        text(20, "Letters after the name, such as LCSW."),
        validate=validate.Length(max=10),
        metadata=about("Degrees and licences that print after the name, in this order."),
        **options,
    )


def supervision_mode(**options: Any) -> fields.String:
    """What a supervisor does."""
    return choice(
        SUPERVISION_MODES,
        "What the supervisor is to do with the notes of this member; null without one.",
        {"access_only": "reads them", "approve": "approves them", "co_sign": "signs them too"},
        allow_none=True,
        **options,
    )


def hue() -> fields.String:
    """In which of the web app's colours somebody is shown."""
    described = "Colour that the web app shows them in: near their own `colour`, otherwise unlike colleagues'."
    return choice(tuple(HUES), described, {name: f"colour {name[1:]} of the web app" for name in HUES})


def working_hours() -> fields.List[dict[str, str]]:
    """When somebody works."""
    return hours("When they work, by the practice's clocks. A day without hours is free.")


class _Own(Stripped):
    phone = Phone(allow_none=True)
    pronouns = text(40, allow_none=True)
    colour = fields.String(allow_none=True, validate=COLOUR)
    working_hours = working_hours()


class _Profile(_Own):
    job_title = text(NAME_MAX, allow_none=True)
    credentials = credentials()
    supervision_mode = supervision_mode()
    npi = npi(allow_none=True)
    taxonomy = taxonomy(allow_none=True)
    licence = fields.Nested(
        LicenceSchema,
        allow_none=True,
        metadata=about("A licence to add. The same state and number as one of theirs renews that one."),
    )
    supervisor_id = Id(allow_none=True, metadata=about("Id of the member of staff who supervises them; null: nobody."))


class NewMember(_Profile):
    """Somebody to invite to the staff."""

    given_name = text(NAME_MAX, required=True)
    family_name = text(NAME_MAX, required=True)
    email = Email(
        required=True,
        validate=validate.Length(max=254),
        metadata=about("Address that the invitation goes to, and that they will sign in with."),
    )
    levels = levels_of(required=True)
    grants = grants_of(load_default=list)

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> MemberDetails:
        return MemberDetails(**data)


class MemberPatch(_Profile):
    """Changes to a member of staff. What is left out stays; what prints changes from today on."""

    given_name = text(NAME_MAX)
    family_name = text(NAME_MAX)
    email = Email(
        validate=validate.Length(max=254),
        metadata=about("Address that they sign in with. Only until they have joined; then they change it themselves."),
    )
    levels = levels_of("All permission levels from now on. `default` is implied.")
    grants = grants_of("All grants from now on.")
    active = flag("false: signed out everywhere at once, and kept. true: may sign in again, with the levels they had.")

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> MemberChanges:
        return MemberChanges(**data)


class OwnProfile(_Own):
    """What everybody may change about themselves."""

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> OwnProfileChanges:
        return OwnProfileChanges(**data)


class MemberSchema(Schema):
    """A member of staff, as those see them who manage staff."""

    id = Id()
    version = fields.Integer()
    given_name = fields.String()
    family_name = fields.String()
    email = Email(metadata=about("Address that they sign in with."))
    phone = Phone(allow_none=True)
    npi = fields.String(allow_none=True)
    taxonomy = fields.String(allow_none=True)
    pronouns = fields.String(allow_none=True)
    colour = fields.String(allow_none=True)
    hue = hue()
    job_title = fields.String(allow_none=True)
    credentials = credentials()
    working_hours = working_hours()
    supervisor_id = Id(allow_none=True, metadata=about("Id of the member of staff who supervises them; null: nobody."))
    supervision_mode = supervision_mode()
    licence = fields.Nested(
        LicenceSchema, allow_none=True, metadata=about("The licence that runs longest; null where there is none.")
    )
    licences = fields.List(
        fields.Nested(LicenceSchema), metadata=about("All licences, the one that runs longest first.")
    )
    levels = levels_of()
    grants = grants_of()
    ineffective_grants = ineffective_grants()
    active = fields.Boolean(metadata=about("Whether they may sign in. false: deactivated."))
    joined = fields.Boolean(metadata=about("Whether they have accepted the invitation."))


class ColleagueSchema(Schema):
    """A member of staff as every colleague may see them."""

    id = Id()
    version = fields.Integer()
    given_name = fields.String()
    family_name = fields.String()
    email = Email(metadata=about("Address that they sign in with."))
    phone = Phone(allow_none=True)
    pronouns = fields.String(allow_none=True)
    colour = fields.String(allow_none=True)
    hue = hue()
    job_title = fields.String(allow_none=True)
    credentials = credentials()
    working_hours = working_hours()
    levels = levels_of()
    active = fields.Boolean(metadata=about("Whether they may sign in. false: deactivated."))


class StaffQuery(ListQuery):
    """Which staff."""

    active = written_flag(
        "true: only active staff; false: only deactivated. Leave it out for everybody.", load_default=None
    )
    joined = written_flag(
        "false: only staff who have not accepted their invitation; true: only those who have. "
        "For those who manage staff.",
        load_default=None,
    )
    query = text(
        NAME_MAX,
        "Only staff whose names or address begin so: `jo smi` finds Joanna Smith, `jo@` the address jo@example.org.",
        load_default=None,
    )
    sort = ORDERS.parameter()
