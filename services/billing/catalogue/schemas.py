"""What catalogue requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, pre_load, validate

from services.billing.catalogue import rules
from services.billing.catalogue.commands import ServiceChanges
from shared.durations import SERVICE_MINUTES_MAX
from shared.money import CENTS_MAX
from shared.web.fields import PLACES_OF_SERVICE, Day, Text, about, choice, flag, text, written_flag
from shared.web.paging import ListQuery, page_of

UNITS_MAX = 100


def _minutes(description: str, **options: Any) -> fields.Integer:
    return fields.Integer(
        strict=True, validate=validate.Range(1, SERVICE_MINUTES_MAX), metadata=about(description), **options
    )


def _cents(description: str, **options: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(1, CENTS_MAX), metadata=about(description), **options)


class _Stripped(Schema):
    """Text fields lose the blanks around them before they are looked at."""

    @pre_load
    def strip(self, data: Any, **_: Any) -> Any:
        """Strings without leading and trailing blanks."""
        if not isinstance(data, dict):
            return data
        return {name: value.strip() if isinstance(value, str) else value for name, value in data.items()}


def _name(**options: Any) -> fields.String:
    return text(200, "Name of the service as it is booked and as invoices print it.", **options)


def _kind(**options: Any) -> fields.String:
    meanings = {"cpt": "CPT or HCPCS, which may go on a claim", "other": "the practice's own, which never does"}
    return choice(rules.KINDS, "Kind of the code.", meanings, **options)


def _modifiers(**options: Any) -> fields.List[str]:
    modifier = Text(validate=validate.Length(equal=2), metadata=about("A modifier, such as 95 or GT."))
    return fields.List(
        modifier,
        validate=validate.Length(max=rules.MODIFIERS_MAX),
        metadata=about("Modifiers of the code (CPT or HCPCS), at most four of two characters, each once."),
        **options,
    )


def _colour(more: str = "", **options: Any) -> fields.String:
    meanings = {colour: f"colour {number} of the web app" for number, colour in enumerate(rules.COLOURS, start=1)}
    return choice(rules.COLOURS, f"Colour of its appointments in the agenda.{more}", meanings, **options)


def _place(**options: Any) -> fields.String:
    description = "Place of service code (CMS) of the service, for where neither a note nor a location says one."
    return choice(PLACES_OF_SERVICE, description, PLACES_OF_SERVICE, **options)


def _insurance_billable(more: str = "", **options: Any) -> fields.Boolean:
    return flag(f"Whether it may go on a claim. Codes of the kind `other` never do.{more}", **options)


class UnitSchema(Schema):
    """How the billable units of a service are counted."""

    MAY_BE_ABSENT = ("units", "minutes", "rounding")

    rule = choice(
        rules.UNIT_RULES,
        "How units are counted.",
        {"fixed": "always `units`", "per_minutes": "one unit per `minutes`, the rest by `rounding`"},
        required=True,
    )
    units = fields.Integer(
        strict=True,
        validate=validate.Range(1, UNITS_MAX),
        metadata=about("For `fixed`: how many units the service always has."),
    )
    minutes = _minutes("For `per_minutes`: the length of one unit in minutes.")
    rounding = choice(
        rules.ROUNDINGS,
        "For `per_minutes`: what the rest of a unit counts.",
        {"nearest": "one from half a unit on (the default)", "down": "nothing", "up": "one"},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> rules.UnitRule:
        """As the rules see it."""
        return rules.UnitRule(**data)


class NewServiceType(_Stripped):
    """A service to add to the catalogue, with its first rate."""

    name = _name(required=True)
    kind = _kind(required=True)
    code = text(
        20, "CPT or HCPCS code of five characters, such as 90837, or for `other` the practice's own.", required=True
    )
    modifiers = _modifiers(load_default=list)
    rate_cents = _cents("Price of one unit.", required=True)
    unit = fields.Nested(
        UnitSchema, load_default=None, metadata=about("How units are counted. Default: always one unit.")
    )
    duration_minutes = _minutes(
        "Length in minutes that the service is booked with. Default: the practice's usual length (`session_minutes`).",
        load_default=None,
        allow_none=True,
    )
    note_minutes_min = _minutes(
        "The fewest documented minutes that fit the service; with fewer the invoice is held. null: no lower bound.",
        load_default=None,
        allow_none=True,
    )
    note_minutes_max = _minutes(
        "The most documented minutes that fit the service; with more the invoice is held. null: no upper bound.",
        load_default=None,
        allow_none=True,
    )
    colour = _colour(" Default: each by turn.")  # left out, not null: a choice that may be null has no name
    place_of_service = _place(load_default=rules.IN_AN_OFFICE)
    insurance_billable = _insurance_billable(" Default: true for `cpt`, false for `other`.", load_default=None)
    effective_from = Day(
        load_default=None,
        allow_none=True,
        metadata=about("First date of service that the rate applies to. null: the rate holds from the beginning."),
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> rules.ServiceFacts:
        """As the command takes it."""
        rate = rules.Rate(data.pop("rate_cents"), data.pop("effective_from"))
        modifiers = tuple(data.pop("modifiers"))
        return rules.ServiceFacts(rate=rate, modifiers=modifiers, colour=data.pop("colour", None), **data)


class ServiceTypePatch(_Stripped):
    """Changes to a service. What is left out stays; its price changes by adding a rate."""

    name = _name()
    duration_minutes = _minutes("Length in minutes that the service is booked with.")
    note_minutes_min = _minutes(
        "The fewest documented minutes that fit the service; with fewer the invoice is held. null: no lower bound.",
        allow_none=True,
    )
    note_minutes_max = _minutes(
        "The most documented minutes that fit the service; with more the invoice is held. null: no upper bound.",
        allow_none=True,
    )
    colour = _colour()
    place_of_service = _place()
    insurance_billable = _insurance_billable()
    active = flag("false: archived. It is no longer booked; what was booked is still billed.")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> ServiceChanges:
        """As the command takes it."""
        return ServiceChanges(**data)


class NewRate(Schema):
    """A price from a day on. On a day that has one it corrects it."""

    rate_cents = _cents("Price of one unit.", required=True)
    effective_from = Day(
        required=True,
        allow_none=True,
        metadata=about("First date of service that it applies to. null: the rate that holds from the beginning."),
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> rules.Rate:
        """As the rules see it."""
        return rules.Rate(**data)


class RateSchema(Schema):
    """A price of a service, from a day on until the next one."""

    id = fields.UUID()
    rate_cents = fields.Integer(metadata=about("Price of one unit."))
    effective_from = fields.Date(
        allow_none=True,
        metadata=about("First date of service that it applies to. null: from the beginning."),
    )


class ServiceTypeSchema(Schema):
    """A service of the catalogue: what is booked, documented and billed."""

    id = fields.UUID()
    name = _name()
    kind = _kind()
    code = fields.String(metadata=about("CPT or HCPCS code, or for `other` the practice's own."))
    modifiers = _modifiers()
    unit = fields.Nested(UnitSchema, metadata=about("How units are counted."))
    duration_minutes = fields.Integer(metadata=about("Length in minutes that the service is booked with."))
    note_minutes_min = fields.Integer(
        allow_none=True,
        metadata=about(
            "The fewest documented minutes that fit the service; with fewer the invoice is held. null: no lower bound."
        ),
    )
    note_minutes_max = fields.Integer(
        allow_none=True,
        metadata=about(
            "The most documented minutes that fit the service; with more the invoice is held. null: no upper bound."
        ),
    )
    colour = _colour()
    place_of_service = _place()
    insurance_billable = _insurance_billable()
    active = fields.Boolean(metadata=about("false: archived, and no longer booked."))
    version = fields.Integer()
    rate_cents = fields.Integer(
        allow_none=True,
        metadata=about(
            "Price of one unit today, in the practice's time zone; null where no rate is in force, and for those who"
            " read no invoices."
        ),
    )
    rates = fields.List(
        fields.Nested(RateSchema),
        metadata=about("All its rates, past and coming; none for those who read no invoices."),
    )


class ServiceTypesQuery(ListQuery):
    """Which services."""

    active = written_flag(
        "true: only active services; false: only archived ones. Leave it out for all.", load_default=None
    )


ServiceTypesPage = page_of(ServiceTypeSchema, "By name.")
