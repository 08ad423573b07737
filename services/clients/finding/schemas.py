"""What requests for several clients look like, and their answers."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from services.clients.profiles.queries import ORDERS
from services.clients.profiles.schemas import NUMBER, ClientSchema, status_field
from services.clients.tags.schemas import tag_field
from shared.web.cursors import CURSOR_CHARACTERS_MAX
from shared.web.fields import NAME_MAX, Stripped, about, flag, text, written_flag
from shared.web.paging import LIMIT_DEFAULT, LIMIT_MAX, PageQuery, page_of
from shared.web.strict_fields import Id

LOOKED_UP_MAX = 200
ASSIGNED_TO = "Only clients to whom this member of staff is assigned. It takes the permission `assignments:read`."
UNASSIGNED = (
    "true: only clients to whom nobody is assigned; false: only others. It takes the permission `assignments:read`."
)
TAGGED = "Only clients with this tag, whatever the case of its letters."


class ClientsQuery(PageQuery):
    """Which clients. Nobody is searched by a name in an address: see `POST /clients/search`."""

    status = status_field("Only clients in this status.", load_default=None)
    assigned_to = Id(load_default=None, metadata=about(ASSIGNED_TO))
    unassigned = written_flag(UNASSIGNED, load_default=None)
    tag = tag_field(TAGGED, load_default=None)
    sort = ORDERS.parameter()


class ClientSearch(Stripped):
    """Whom to look for. The words stand in the body, so that nothing of a client gets into an address."""

    query = text(
        NAME_MAX,
        "Words of the name, each from its beginning, in any order: `jo smi` finds Joanna Smith. Among them may stand"
        " the birthday, four or more digits from either end of the phone, or the number of the client.",
        required=True,
    )
    status = status_field("Only clients in this status.", load_default=None, allow_none=True)
    assigned_to = Id(load_default=None, allow_none=True, metadata=about(ASSIGNED_TO))
    unassigned = flag(UNASSIGNED, load_default=None, allow_none=True)
    tag = tag_field(TAGGED, load_default=None, allow_none=True)
    limit = fields.Integer(strict=True, load_default=LIMIT_DEFAULT, validate=validate.Range(1, LIMIT_MAX))
    cursor = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=CURSOR_CHARACTERS_MAX))


class ClientLookup(Schema):
    """Ids of clients whose names are wanted."""

    ids = fields.List(
        Id(),
        required=True,
        validate=validate.Length(max=LOOKED_UP_MAX),
        metadata=about("Ids of clients, at most 200."),
    )


class NamedClientSchema(Schema):
    """A client by name."""

    id = Id(metadata=about("Id of the client."))
    name = fields.String(
        attribute="display_name", metadata=about("The preferred or else the given name, and the family name.")
    )
    number = fields.Integer(metadata=about(NUMBER))
    status = status_field("How far treatment has come.")
    merged_into = Id(
        allow_none=True,
        metadata=about("Id of the client into whom this one was merged, and whose name and number these are; or null."),
    )


class NamedClientsSchema(Schema):
    """The clients of a look-up whom the person may see."""

    items = fields.List(
        fields.Nested(NamedClientSchema),
        metadata=about("In the order of the ids, each once. Clients whom you may not see are left out."),
    )


ClientsPage = page_of(ClientSchema, "As `sort` says.")
FoundClientsPage = page_of(
    ClientSchema,
    "By the part of the name that begins with the rarest word; with a date or digits, by name.",
    name="FoundClientsPage",
)
