"""What catalogue requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, pre_load, validate

from services.billing.catalogue import rules
from shared.money import CENTS_MAX
from shared.web.fields import one_line, text
from shared.web.paging import PageQuery, page_of

MINUTES_MAX = 24 * 60
UNITS_MAX = 100


def _minutes(description: str, **options: Any) -> fields.Integer:
    return fields.Integer(
        strict=True, validate=validate.Range(1, MINUTES_MAX), metadata={"description": description}, **options
    )


def _cents(description: str, **options: Any) -> fields.Integer:
    return fields.Integer(
        strict=True, validate=validate.Range(1, CENTS_MAX), metadata={"description": description}, **options
    )


class _Stripped(Schema):
    """Text fields lose the blanks around them before they are looked at."""

    @pre_load
    def strip(self, data: Any, **_: Any) -> Any:
        """Strings without leading and trailing blanks."""
        if not isinstance(data, dict):
            return data
        return {name: value.strip() if isinstance(value, str) else value for name, value in data.items()}


class UnitSchema(Schema):
    """How units are counted."""

    rule = fields.String(
        required=True,
        validate=validate.OneOf(rules.UNIT_RULES),
        metadata={"description": "`fixed`: always `units`. `per_minutes`: one per `minutes`."},
    )
    units = fields.Integer(strict=True, validate=validate.Range(1, UNITS_MAX), metadata={"description": "For `fixed`."})
    minutes = _minutes("For `per_minutes`: the length of one unit.")
    rounding = fields.String(
        validate=validate.OneOf(rules.ROUNDINGS),
        metadata={
            "description": "For `per_minutes`: what is left over counts from half a unit on (`nearest`, "
            "the default), never (`down`) or always (`up`)."
        },
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> rules.UnitRule:
        """As the rules see it."""
        return rules.UnitRule(**data)


class NewServiceType(_Stripped):
    """A service with its first rate."""

    name = text(200, "As it is booked.", required=True)
    kind = fields.String(
        required=True,
        validate=validate.OneOf(rules.KINDS),
        metadata={"description": "`cpt`: may go on a claim. `other`: never does."},
    )
    code = text(20, "CPT or HCPCS code, or the practice's own.", required=True)
    modifiers = fields.List(
        fields.String(validate=[validate.Length(equal=2), one_line]),
        load_default=list,
        validate=validate.Length(max=rules.MODIFIERS_MAX),
        metadata={"description": "At most four, of two characters each."},
    )
    rate_cents = _cents("Cents per unit.", required=True)
    unit = fields.Nested(UnitSchema, load_default=None, metadata={"description": "Default: always one unit."})
    duration_minutes = _minutes("The length it is booked with.", required=True)
    note_minutes_min = _minutes("The fewest documented minutes that fit.", load_default=None, allow_none=True)
    note_minutes_max = _minutes("The most documented minutes that fit.", load_default=None, allow_none=True)
    effective_from = fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "First day of the rate; without it the rate has been in force from the beginning."},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> rules.ServiceFacts:
        """As the command takes it."""
        rate = rules.Rate(data.pop("rate_cents"), data.pop("effective_from"))
        return rules.ServiceFacts(rate=rate, modifiers=tuple(data.pop("modifiers")), **data)


class ServiceTypePatch(_Stripped):
    """Changes to a service; its rate changes by adding one."""

    name = text(200, "As it is booked.")
    duration_minutes = _minutes("The length it is booked with.")
    note_minutes_min = _minutes("The fewest documented minutes that fit.", allow_none=True)
    note_minutes_max = _minutes("The most documented minutes that fit.", allow_none=True)
    active = fields.Boolean(
        truthy={True},
        falsy={False},
        metadata={"description": "false archives: not bookable, still printable."},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> rules.ServiceChanges:
        """As the command takes it."""
        return rules.ServiceChanges(given=frozenset(data), **data)


class NewRate(Schema):
    """A rate from a day on."""

    rate_cents = _cents("Cents per unit.", required=True)
    effective_from = fields.Date(required=True, metadata={"description": "The first day it is in force."})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> rules.Rate:
        """As the rules see it."""
        return rules.Rate(**data)


class RateSchema(Schema):
    """A rate."""

    id = fields.UUID()
    rate_cents = fields.Integer()
    effective_from = fields.Date(allow_none=True, metadata={"description": "null: from the beginning."})


class ServiceTypeSchema(Schema):
    """A service."""

    id = fields.UUID()
    name = fields.String()
    kind = fields.String()
    code = fields.String()
    modifiers = fields.List(fields.String())
    unit = fields.Nested(UnitSchema)
    duration_minutes = fields.Integer()
    note_minutes_min = fields.Integer(allow_none=True)
    note_minutes_max = fields.Integer(allow_none=True)
    active = fields.Boolean()
    version = fields.Integer()
    rate_cents = fields.Integer(allow_none=True, metadata={"description": "Cents per unit today."})
    rates = fields.List(fields.Nested(RateSchema))


class ServiceTypesQuery(PageQuery):
    """Which services."""

    active = fields.Boolean(load_default=None, metadata={"description": "Only active or only archived ones."})


ServiceTypesPage = page_of(ServiceTypeSchema)
