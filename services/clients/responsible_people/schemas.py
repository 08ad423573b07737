"""What responsible people look like in requests and answers."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.clients.responsible_people import rules
from services.clients.responsible_people.commands import ResponsibleChanges, ResponsibleDetails
from services.clients.responsible_people.rules import IN_CENTS, PERCENT, Share
from shared.money import CENTS_MAX
from shared.web.fields import (
    NAME_MAX,
    AddressSchema,
    Day,
    Email,
    Instant,
    Stored,
    Stripped,
    about,
    choice,
    text,
)
from shared.web.paging import PageQuery, page_of
from shared.web.strict_fields import Id

KINDS: Final = {
    "percent": "`percent` of what the client is to pay",
    "fixed": "`cents` of each appointment, or all that the client is to pay of it where that is less",
    "cap": "what the others leave, up to `cents` in a calendar month",
    "rest": "what the others leave",
}
DEEDS: Final = {"added": "it was added", "changed": "it was changed", "removed": "it was removed, and never counted"}
FIRST: Final = "First date of service that the share counts for."
LAST: Final = "Last date of service that the share counts for. null: until further notice."
PERCENT_IS: Final = "Of a share in percent alone: how much."
CENTS_IS: Final = "Of a share that is `fixed` or a `cap` alone: how much. Cents of USD."
SERVICE_IS: Final = (
    "Service in the catalogue that the share is of; whether there is one is not looked up. null: of every service."
)


def _kind(**options: Any) -> fields.String:
    return choice(rules.KINDS, "How the share is reckoned.", KINDS, **options)


class ShareSchema(Stripped):
    """What somebody pays."""

    kind = _kind(required=True)
    percent = fields.Integer(
        strict=True,
        validate=validate.Range(1, rules.WHOLE),
        load_default=None,
        allow_none=True,
        metadata=about(PERCENT_IS),
    )
    cents = fields.Integer(
        strict=True,
        validate=validate.Range(1, CENTS_MAX),
        load_default=None,
        allow_none=True,
        metadata=about(CENTS_IS),
    )
    service_type_id = Id(load_default=None, allow_none=True, metadata=about(SERVICE_IS))

    @validates_schema(skip_on_field_errors=True)
    def _fits(self, data: dict[str, Any], **_: Any) -> None:
        for name, kinds in (("percent", (PERCENT,)), ("cents", IN_CENTS)):
            if data["kind"] in kinds and data[name] is None:
                raise ValidationError("Say how much.", name)
            if data["kind"] not in kinds and data[name] is not None:
                raise ValidationError("A share of this kind has none. Leave it out.", name)

    @post_load
    def _share(self, data: dict[str, Any], **_: Any) -> Share:
        return Share(**data)


class NewResponsiblePerson(Stripped):
    """Somebody who is to pay for a client."""

    given_name = text(NAME_MAX, "First name of who pays.", required=True)
    family_name = text(NAME_MAX, "Family name of who pays.", required=True)
    email = Email(load_default=None, allow_none=True, validate=validate.Length(max=254))
    address = fields.Nested(AddressSchema, load_default=None, allow_none=True)
    share = fields.Nested(ShareSchema, required=True, metadata=about("What they pay."))
    effective_from = Day(required=True, metadata=about(FIRST))
    effective_to = Day(load_default=None, allow_none=True, metadata=about(LAST))

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> ResponsibleDetails:
        return ResponsibleDetails(**data)


class ResponsiblePersonPatch(Stripped):
    """Changes to somebody who pays. What is left out stays, what is null is emptied. A share is given as a whole."""

    given_name = text(NAME_MAX, "First name of who pays.")
    family_name = text(NAME_MAX, "Family name of who pays.")
    email = Email(allow_none=True, validate=validate.Length(max=254))
    address = fields.Nested(AddressSchema, allow_none=True)
    share = fields.Nested(ShareSchema, metadata=about("What they pay."))
    effective_from = Day(metadata=about(FIRST))
    effective_to = Day(allow_none=True, metadata=about(LAST))

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> ResponsibleChanges:
        return ResponsibleChanges(**data)


class ShownShareSchema(Schema):
    """What somebody pays."""

    kind = _kind()
    percent = fields.Integer(allow_none=True, metadata=about(f"{PERCENT_IS} Else null."))
    cents = fields.Integer(allow_none=True, metadata=about(f"{CENTS_IS} Else null."))
    service_type_id = Id(allow_none=True, metadata=about(SERVICE_IS))


class ResponsibleTermsSchema(Schema):
    """Who pays, what, and on which days."""

    given_name = fields.String(metadata=about("First name of who pays."))
    family_name = fields.String(metadata=about("Family name of who pays."))
    email = Email(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)
    share = fields.Nested(ShownShareSchema, metadata=about("What they pay."))
    effective_from = fields.Date(metadata=about(FIRST))
    effective_to = fields.Date(allow_none=True, metadata=about(LAST))


class ResponsiblePersonSchema(ResponsibleTermsSchema):
    """Somebody who pays for a client."""

    id = Id()
    version = fields.Integer()
    client_id = Id(metadata=about("Id of the client for whom they pay; of one who was merged, also that one's."))
    set_aside = fields.Boolean(
        metadata=about(
            "true: it counts on no day, because it does not agree with the shares of the client into whom its own was"
            " merged. A PATCH after which it agrees counts it, also one that changes nothing else."
        )
    )


class ResponsibleChangeSchema(Schema):
    """How somebody who pays was before and after a change."""

    at = Instant(metadata=about("When it was changed."))
    by = Id(metadata=about("Id of the member of staff or the API client who changed it."))
    responsible_person_id = Id(metadata=about("Id of who pays. After `removed` there is nobody under it."))
    change = choice(rules.DEEDS, "What was done.", DEEDS)
    before = Stored(ResponsibleTermsSchema, allow_none=True, metadata=about("As it was. null: nobody yet."))
    after = Stored(ResponsibleTermsSchema, allow_none=True, metadata=about("As it was from then on. null: removed."))


class ResponsibleQuery(PageQuery):
    """Which shares."""

    on = Day(load_default=None, metadata=about("Only those that count on this day. Leave it out for all."))


ResponsiblePeoplePage = page_of(ResponsiblePersonSchema, "By `effective_from`, then as they were added.")
ResponsibleChangesPage = page_of(ResponsibleChangeSchema, "Newest first.")
