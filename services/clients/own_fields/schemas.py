"""What a practice's own fields look like in requests and answers, and their values of a client."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, post_load, validate

from services.clients.own_fields import rules
from services.clients.own_fields.commands import FieldChanges, FieldDetails
from shared.errors import SLUG
from shared.web.fields import Map, Stripped, about, choice, flag, text, written_flag
from shared.web.paging import PageQuery, page_of
from shared.web.strict_fields import Id

MEANINGS: Final = {
    "text": "a text of up to 500 characters, which may have several lines",
    "number": "a number with up to four decimals",
    "date": "a day, such as 2026-10-06",
    "choice": "one of `choices`, by its slug",
    "yes_no": "true or false",
}
VALUE: Final = "A text, a number, true, false or null, as the type of the field has it."
VALUES: Final = "What the practice's own fields say of the client: slug of the field -> value."
POSITION: Final = "Place in the form: fields come by it, and where two have the same, as they were added."
NEW_CLIENT: Final = "Whether the form that adds a client asks for it too. Every field is on the form that changes one."
CHOICE_NAME: Final = "The choice as people read it."


class Values(fields.Dict):
    """Values in an answer, as they are stored."""

    @staticmethod
    def shown(value: dict[str, Any]) -> dict[str, Any]:
        """As an answer has them; see `shared.web.dumping`."""
        return value


def given_values(**options: Any) -> Map:
    """Values of a client in a request. Which of them fit, the fields say."""
    return Map(
        keys=fields.String(
            validate=[validate.Length(max=rules.SLUG_CHARACTERS_MAX), validate.Regexp(f"^{SLUG.pattern}$")]
        ),
        values=fields.Raw(allow_none=True, metadata=about(VALUE)),
        validate=validate.Length(max=rules.FIELDS_MAX),
        metadata=about(f"{VALUES} What is left out stays, null empties. Archived fields cannot be changed."),
        **options,
    )


def shown_values(which: str = VALUES) -> Values:
    """Values of a client in an answer."""
    described = f"{which} Without those that are empty; values of archived fields are among them."
    return Values(
        keys=fields.String(),
        values=fields.Raw(metadata=about(VALUE.replace(", false or null", " or false"))),
        metadata=about(described),
    )


def _name(**options: Any) -> fields.String:
    return text(rules.NAME_CHARACTERS_MAX, "What the field is called, as the form shows it.", **options)


def _type(**options: Any) -> fields.String:
    return choice(rules.TYPES, "What it takes. It never changes.", MEANINGS, **options)


def _position(**options: Any) -> fields.Integer:
    return fields.Integer(
        strict=True, validate=validate.Range(1, rules.FIELDS_EVER_MAX), metadata=about(POSITION), **options
    )


class WantedChoiceSchema(Stripped):
    """A choice as it is to be."""

    slug = text(
        rules.SLUG_CHARACTERS_MAX, "Slug of a choice that there is. Left out, it is a new one.", load_default=None
    )
    name = text(rules.NAME_CHARACTERS_MAX, CHOICE_NAME, required=True)
    archived = flag("true: it is no longer offered; clients who have it keep it.", load_default=False)

    @post_load
    def _choice(self, data: dict[str, Any], **_: Any) -> rules.WantedChoice:
        return rules.WantedChoice(**data)


def _wanted_choices(more: str, **options: Any) -> fields.List[Any]:
    return fields.List(
        fields.Nested(WantedChoiceSchema),
        validate=validate.Length(max=rules.CHOICES_EVER_MAX),
        metadata=about(f"Of a field of the type `choice`: its choices in their order, at most 30.{more}"),
        **options,
    )


class NewClientField(Stripped):
    """A field to add."""

    name = _name(required=True)
    type = _type(required=True)
    choices = _wanted_choices("", load_default=list)
    position = _position(load_default=None, allow_none=True)
    on_new_client = flag(NEW_CLIENT, load_default=False)

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> FieldDetails:
        return FieldDetails(**{**data, "choices": tuple(data["choices"])})


class ClientFieldPatch(Stripped):
    """Changes to a field. What is left out stays."""

    name = _name()
    choices = _wanted_choices(" All of them: one that is left out is archived.")
    position = _position()
    on_new_client = flag(NEW_CLIENT)
    archived = flag("true: archived. What it says of clients is kept and shown, and cannot be changed.")

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> FieldChanges:
        given = {**data, "choices": tuple(data["choices"])} if "choices" in data else data
        return FieldChanges(**given)


class ClientFieldChoiceSchema(Schema):
    """A choice of a field."""

    slug = fields.String(metadata=about("By which clients have it. It never changes."))
    name = fields.String(metadata=about(CHOICE_NAME))
    archived = fields.Boolean(metadata=about("true: no longer offered; clients who have it keep it."))


class ClientFieldSchema(Schema):
    """A field of the practice's own."""

    id = Id(metadata=about("Id of the field."))
    version = fields.Integer()
    slug = fields.String(metadata=about("Its name in `custom` of a client, made of its first name. It never changes."))
    name = _name()
    type = _type()
    choices = fields.List(
        fields.Nested(ClientFieldChoiceSchema), metadata=about("Its choices in their order; none of another type.")
    )
    position = _position()
    on_new_client = fields.Boolean(metadata=about(NEW_CLIENT))
    archived = fields.Boolean(metadata=about("true: archived. Its values are shown and cannot be changed."))


class ClientFieldsQuery(PageQuery):
    """Which fields."""

    archived = written_flag(
        "true: only archived fields; false: only the others. Leave it out for all.", load_default=None
    )


ClientFieldsPage = page_of(ClientFieldSchema, "By `position`, then as they were added.")
