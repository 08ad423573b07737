"""What reports about clients are asked for, and what they look like."""

from __future__ import annotations

from typing import Final

from marshmallow import Schema, fields, validate

from services.clients.own_fields.rules import FIELDS_MAX, SLUG_CHARACTERS_MAX
from services.clients.own_fields.schemas import shown_values
from services.clients.waiting.schemas import WaitingSchema
from shared.errors import SLUG
from shared.web.fields import Numeral, Several, about, choice
from shared.web.reports import ReportQuery, report_of

REACHED: Final = {"phone": "their first phone", "email": "their first e-mail address"}


class ClientReportQuery(ReportQuery):
    """What a report about clients is asked for."""

    custom = Several(
        fields.String(
            validate=[validate.Length(max=SLUG_CHARACTERS_MAX), validate.Regexp(f"^{SLUG.pattern}$")],
        ),
        "Slugs of own fields that the report shows too, as further columns of a file. Leave it out for none.",
        FIELDS_MAX,
        load_default=None,
    )


class NoConsentQuery(ClientReportQuery):
    """Which way to reach them."""

    channel = choice(REACHED, "The way to reach them.", REACHED, load_default="phone")


class BirthdaysQuery(ClientReportQuery):
    """Which month."""

    month = Numeral(
        load_default=None,
        validate=validate.Range(1, 12),
        metadata=about("Month of the year, from 1 for January. Without it the practice's current month."),
    )


class ReportedClientSchema(Schema):
    """A client of a report."""

    client_id = fields.UUID(metadata=about("Id of the client."))
    number = fields.Integer(metadata=about("The practice's own number of the client."))
    display_name = fields.String(metadata=about("The preferred or else the given name, and the family name."))
    custom = shown_values("What the asked fields say of the client: slug of the field -> value.")


class NoConsentClientSchema(ReportedClientSchema):
    """A client who did not agree to be reached this way."""

    value = fields.String(metadata=about("The phone or the address."))
    consent = choice(
        ("refused", "not_asked"),
        "What they said to it.",
        {"refused": "do not use it", "not_asked": "nobody asked them yet"},
    )


class WaitingClientSchema(ReportedClientSchema):
    """A client who waits."""

    phone = fields.String(allow_none=True, metadata=about("The first phone; null where there is none."))
    waiting = fields.Nested(WaitingSchema, metadata=about("Since when they wait, and what for."))
    clinician = fields.String(allow_none=True, metadata=about("Name of whom they wish for; null: anybody."))


class BirthdayClientSchema(ReportedClientSchema):
    """A client whose birthday is in the month."""

    date_of_birth = fields.Date(metadata=about("When they were born."))
    turns = fields.Integer(metadata=about("The age that they reach in the current year."))


NoConsentReport = report_of(NoConsentClientSchema, "By name, the family name first.", name="NoConsentReport")
BirthdaysReport = report_of(BirthdayClientSchema, "By day, then by name.", name="BirthdaysReport")
WaitingReport = report_of(WaitingClientSchema, "Who waits longest first.", name="WaitingReport")
