"""What requests for the trail and its answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from shared.client_families import FAMILY_MAX
from shared.errors import Forbidden
from shared.web.fields import Instant, Several, about, choice
from shared.web.paging import PageQuery, page_of
from shared.web.strict_fields import Id

DENIALS_MAX = 500
TEXT_MAX = 100
KINDS = {"changes": "something was changed", "reads": "something was seen", "refusals": "something was refused"}
OUTCOMES = {"done": "it was done or shown", "denied": "it was refused"}


class TrailFilter(Schema):
    """Which entries. Everything that is given must fit."""

    client_id = Id(metadata=about("Id of a client: what was done to or seen of them."))
    client_ids = Several(
        Id(),
        "Ids of clients, in place of `client_id`: what was done to or seen of any of them, each entry once. Of a client"
        " into whom others were merged, also theirs: the trail keeps an entry under the id that the record had.",
        FAMILY_MAX,
    )
    staff_id = Id(metadata=about("Id of a member of staff or of a program: what they did, saw or were refused."))
    object_id = Id(metadata=about("Id of an invoice, note, case, person …: what was done to it."))
    action = fields.String(
        validate=validate.Length(1, TEXT_MAX), metadata=about("One action by its exact name, such as note.read.")
    )
    outcome = choice(OUTCOMES, "Only entries with this outcome.", OUTCOMES)
    kind = choice(KINDS, "Only changes, only reads, or only refusals.", KINDS)
    from_instant = Instant(data_key="from", metadata=about("From this instant on."))
    to_instant = Instant(data_key="to", metadata=about("Until before this instant."))

    @validates_schema(skip_on_field_errors=True)
    def _either(self, data: dict[str, Any], **_: Any) -> None:
        if "client_id" in data and "client_ids" in data:
            raise ValidationError("Give client_id or client_ids, not both.", "client_ids")


class TrailQuery(TrailFilter, PageQuery):
    """Which entries, page by page, latest first."""


class TrailEntrySchema(Schema):
    """One thing done, seen or refused. It holds ids, slugs and names of fields, never what a field held."""

    seq = fields.Integer(metadata=about("Its place in the organization's chain, from 1 without gaps."))
    id = Id()
    service = fields.String(metadata=about("Which service wrote it: identity, clients, clinical or billing."))
    at = Instant(metadata=about("When it happened."))
    action = fields.String(metadata=about("What was done, such as note.read."))
    outcome = choice(OUTCOMES, "Whether it was done.", OUTCOMES)
    staff_id = Id(
        attribute="actor_id",
        allow_none=True,
        metadata=about(
            "Id of the member of staff or program who did it; null: the service itself, or somebody not signed in."
        ),
    )
    session_id = Id(allow_none=True, metadata=about("Id of the session that it was done in; null outside one."))
    object_id = Id(
        allow_none=True, metadata=about("Id of what it was done to; null where it is nothing in particular.")
    )
    client_id = Id(
        allow_none=True,
        metadata=about("Id of the client whose data it concerns, where it is one client's; null otherwise."),
    )
    client_ids = fields.List(Id(), metadata=about("Ids of all clients whose data it concerns, each once."))
    rule = fields.String(
        allow_none=True,
        metadata=about(
            "Why it was allowed, such as assigned or level; nothing_shown of a list that was empty; the code "
            "of a refusal; null where no rule was asked."
        ),
    )
    request_id = fields.String(
        allow_none=True, metadata=about("Id of the request, which is in our logs too; null on an event.")
    )
    network = fields.String(allow_none=True)
    details = fields.Dict(
        metadata=about(
            "More about the action, such as the names of the fields that were changed. What it holds "
            "depends on the action."
        )
    )
    hash = fields.Function(
        lambda entry: entry.hash.hex(),
        metadata=about("SHA-256, in hexadecimal, over this entry and the hash of the one before.", type="string"),
    )


TrailPage = page_of(TrailEntrySchema, "Latest first.")


class Denial(Schema):
    """One request that the gateway refused by level, or for want of a proof: `rule` is the code."""

    organization_id = Id(required=True)
    id = Id(required=True)
    at = Instant(required=True)
    actor_id = Id(required=True)
    session_id = Id(required=True, allow_none=True)
    action = fields.String(required=True, validate=validate.Length(1, TEXT_MAX))
    object_id = Id(required=True, allow_none=True)
    client_id = Id(required=True, allow_none=True)
    request_id = fields.String(required=True, allow_none=True, validate=validate.Length(max=TEXT_MAX))
    network = fields.String(required=True, allow_none=True, validate=validate.Length(max=TEXT_MAX))
    # A gateway of the release before names none: it refused by level.
    rule = fields.String(load_default=Forbidden.code, validate=validate.Regexp("[a-z_]{1,60}\\Z"))


class Denials(Schema):
    """What the gateway hands over."""

    denials = fields.List(fields.Nested(Denial), required=True, validate=validate.Length(1, DENIALS_MAX))
