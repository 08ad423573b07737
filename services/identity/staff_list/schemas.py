"""What staff look like to those who manage them."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.identity.staff.schemas import MemberSchema
from services.identity.staff_list.rules import LICENCE_STATES
from shared.web.fields import Instant, about, choice
from shared.web.paging import page_of


class StandingSchema(Schema):
    """How a member stands, for those who manage staff."""

    last_sign_in_at = Instant(allow_none=True, metadata=about("When they last signed in; null: they never have."))
    second_factor = fields.Boolean(metadata=about("Whether they have an authenticator app or a passkey."))
    licence_state = choice(LICENCE_STATES, "How their licences stand today, at the practice.", LICENCE_STATES)
    supervises = fields.Integer(metadata=about("How many active colleagues they supervise."))


class ManagedMemberSchema(MemberSchema, StandingSchema):
    """A member of staff, as those see them who manage staff. Others do not see all of it."""

    # What a `ColleagueSchema` has not.
    MAY_BE_ABSENT = (
        "npi",
        "taxonomy",
        "supervisor_id",
        "supervision_mode",
        "licence",
        "licences",
        "grants",
        "ineffective_grants",
        "joined",
        "last_sign_in_at",
        "second_factor",
        "licence_state",
        "supervises",
    )


StaffPage = page_of(ManagedMemberSchema, "As `sort` says.")
