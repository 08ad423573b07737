"""What requests and answers about groups look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from services.clinical.groups.commands import GroupChanges, GroupDetails, Joining, Leaving
from services.clinical.groups.rules import FACILITATORS_MAX, MEMBERS_MAX
from shared.web.fields import Day, Instant, Stripped, about, choice, flag, text, written_flag
from shared.web.paging import ListQuery, page_of
from shared.web.strict_fields import Id

NAME_CHARACTERS_MAX = 100
DESCRIPTION_CHARACTERS_MAX = 2_000
REASON_CHARACTERS_MAX = 500


def _distinct(values: list[Any]) -> None:
    if len(set(values)) != len(values):
        raise ValidationError("Each once.")


def _capacity(**options: Any) -> fields.Integer:
    return fields.Integer(
        strict=True,
        validate=validate.Range(1, MEMBERS_MAX),
        metadata=about("How many members it has room for. More can join where somebody says so."),
        **options,
    )


def _staff(**options: Any) -> fields.List[Any]:
    return fields.List(
        Id(),
        validate=[validate.Length(0, FACILITATORS_MAX), _distinct],
        metadata=about("Ids of the members of staff who lead it. The first gives its sessions."),
        **options,
    )


def _name(**options: Any) -> fields.String:
    return text(NAME_CHARACTERS_MAX, "Name of the group. It stays within the practice.", **options)


def _description(**options: Any) -> fields.String:
    return text(DESCRIPTION_CHARACTERS_MAX, "What it is about, for colleagues.", lines=True, allow_none=True, **options)


def _usual_service(**options: Any) -> Id:
    return Id(allow_none=True, metadata=about("Id of the service that its sessions usually are."), **options)


class NewGroup(Stripped):
    """A group to make."""

    name = _name(required=True)
    description = _description(load_default=None)
    service_type_id = _usual_service(load_default=None)
    capacity = _capacity(load_default=MEMBERS_MAX)
    staff = _staff(load_default=())
    members = fields.List(
        Id(),
        load_default=(),
        validate=[validate.Length(0, MEMBERS_MAX), _distinct],
        metadata=about("Ids of the clients who belong to it."),
    )
    on = Day(
        load_default=None,
        allow_none=True,
        metadata=about("The first day on which these clients belong to it. Default: today."),
    )

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> GroupDetails:
        return GroupDetails(**data)


class GroupPatch(Stripped):
    """Changes to a group."""

    name = _name()
    description = _description()
    service_type_id = _usual_service()
    capacity = _capacity()
    staff = _staff()
    archived = flag("Whether it has ended: nobody joins it, and it is not booked.")

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> GroupChanges:
        if "staff" in data:
            data["staff"] = tuple(data["staff"])
        return GroupChanges(**data)


class NewMembership(Stripped):
    """A client who belongs to a group from a day on."""

    on = Day(
        load_default=None, allow_none=True, metadata=about("The first day on which they belong to it. Default: today.")
    )
    over_capacity = flag("Whether they join although the group is full.", load_default=False)
    reason = text(
        REASON_CHARACTERS_MAX,
        "Why, in a sentence. It is kept in the group's history.",
        lines=True,
        load_default=None,
        allow_none=True,
    )

    @post_load
    def _joining(self, data: dict[str, Any], **_: Any) -> Joining:
        return Joining(**data)


class EndedMembership(Stripped):
    """A client who does not belong to a group from a day on."""

    on = Day(
        load_default=None,
        allow_none=True,
        metadata=about("The first day on which they do not belong to it. Default: today."),
    )
    reason = text(
        REASON_CHARACTERS_MAX,
        "Why, in a sentence. It is kept in the group's history.",
        lines=True,
        load_default=None,
        allow_none=True,
    )

    @post_load
    def _leaving(self, data: dict[str, Any], **_: Any) -> Leaving:
        return Leaving(**data)


class GroupMemberSchema(Schema):
    """A time in which a client belongs to a group."""

    client_id = Id()
    name = fields.String(
        allow_none=True,
        metadata=about("The name as colleagues see it; null for some moments after the client was added."),
    )
    first = Day(data_key="from", attribute="from", metadata=about("The first day on which they belong to it."))
    last = Day(
        data_key="to",
        attribute="to",
        allow_none=True,
        metadata=about("The last day on which they belong to it; null until somebody ends it."),
    )


class GroupSummarySchema(Schema):
    """A group in a list."""

    id = Id()
    version = fields.Integer()
    name = _name()
    description = _description()
    service_type_id = _usual_service()
    capacity = _capacity()
    staff = _staff()
    archived = fields.Boolean(metadata=about("Whether it has ended: nobody joins it, and it is not booked."))
    member_count = fields.Integer(metadata=about("How many clients belong to it today, of those whom you may know of."))


class GroupSchema(GroupSummarySchema):
    """A group with its members."""

    members = fields.List(
        fields.Nested(GroupMemberSchema),
        metadata=about(
            "Who belongs to it today or later, as far as you may know of them, who joined first coming first."
        ),
    )


class GroupsQuery(ListQuery):
    """Which groups."""

    archived = written_flag("Only the archived ones, or only the others. Leave it out for both.", load_default=None)
    client_id = Id(
        load_default=None,
        metadata=about("Only groups to which this client belongs, or did, or will. Leave it out for all."),
    )


class GroupChangeSchema(Schema):
    """Something that happened to a group."""

    at = Instant(metadata=about("When it happened."))
    by = fields.UUID(
        attribute="by_actor_id", metadata=about("Id of the member of staff or of the program that did it.")
    )
    change = choice(
        ("created", "changed", "joined", "left"),
        "What happened.",
        {
            "created": "the group was made",
            "changed": "something about the group is otherwise: see `fields`",
            "joined": "a client belongs to it from a day on",
            "left": "a client does not belong to it from a day on",
        },
    )
    client_id = Id(allow_none=True, metadata=about("Id of the client who joined or left; null for all else."))
    on = Day(
        attribute="on_day",
        allow_none=True,
        metadata=about("From which day that holds; null where nobody joined or left."),
    )
    reason = fields.String(allow_none=True, metadata=about("Why, where somebody said so."))
    fields_ = fields.List(
        fields.String(),
        data_key="fields",
        attribute="fields",
        metadata=about("Names of the fields that are otherwise from then on."),
    )
    staff = fields.List(
        Id(), allow_none=True, metadata=about("Ids of those who lead it from then on; null where that stayed.")
    )


GroupsPage = page_of(GroupSummarySchema, "By name.", name="GroupsPage")
GroupHistoryPage = page_of(GroupChangeSchema, "Newest first.", name="GroupHistoryPage")
