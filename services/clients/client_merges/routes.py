"""The endpoints of merging two clients, and of what that would find in clients."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from services.clients.client_merges import commands, queries
from services.clients.client_merges.commands import Into
from services.clients.client_merges.schemas import (
    ClientMergeSchema,
    MergeBodySchema,
    ProfileMergePreviewSchema,
)
from shared.actor import Caller, Person
from shared.client_merges import Merge
from shared.database.session import Session
from shared.web.client_merges import MergePreviewQuery
from shared.web.routes import Route


def get_clients_merge_preview(session: Session, actor: Person, query: Merge) -> dict[str, Any]:
    """Preview what a merge of two clients would find in their profiles

    Counts who is assigned, ways to reach the client, related clients, tags, addresses, responsible people and own
    fields, and what of it who stays would not take over (`left`). It changes nothing: it tells which of the two is the
    one to keep. Refused with `self`, `archived`, `has_merged` and `too_many_merged`; a client whom the person may not
    see is answered like one who does not exist.
    """
    return queries.preview(session, actor, query)


def post_client_merge(session: Session, actor: Person, client_id: UUID, body: Into) -> dict[str, Any]:
    """Merge a client into another one

    For one person who is there twice. Starts a job, which asks clinical and billing; meanwhile nothing can be booked,
    opened, paid or changed for the two (`client_held`). Done, there is one client: who stays has all appointments,
    cases, notes, invoices and payments of both, each as it was written, and one ledger; their staff, ways to be
    reached, people to call, related clients, tags and names from before are those of both, and a no to being contacted
    stays a no. Single details and own fields who stays takes where they have none. Addresses hold on days on which who
    stays has none, and shares of responsible people as far as they agree; `left` counts the rest. The id of who ended
    is answered with 308, and means who stays where it is sent. It takes the permission to assign staff too, for the
    staff of each see the records of the other (`merging_assigns`). Otherwise nothing is changed, and `error` says why:
    `same_appointment` where both are in one appointment or group, `being_changed`, `not_answered`, and what this
    request itself is refused with.
    """
    return commands.merge(session, actor, client_id, body)


def get_client_merge(session: Session, actor: Caller, merge_id: UUID) -> dict[str, Any]:
    """Read a merge

    How far it has come, who began it, when and why, what came along, and whether it was taken back.
    """
    return queries.read_merge(session, actor, merge_id)


def post_client_merge_undo(session: Session, actor: Person, merge_id: UUID) -> dict[str, Any]:
    """Take a merge back

    Starts a job, as merging does. Both are as they were: each has their own records, and what the merge gave to who
    stayed is taken back. What was booked, written, paid or changed since stays with who stayed: `parting.stayed` counts
    what of the profile.
    """
    return commands.undo(session, actor, merge_id)


_ONE: Final = "/api/v1/client-merges/{merge_id}"
ROUTES = (
    Route(
        "GET",
        "/api/v1/client-merges/preview/clients",
        "clients:merge",
        get_clients_merge_preview,
        query=MergePreviewQuery,
        response=ProfileMergePreviewSchema,
        audit="merge_preview.read",
        example={"client_id": "{client_id}", "into_client_id": "{client_id}"},
    ),
    Route(
        "POST",
        "/api/v1/clients/{client_id}/merge",
        "clients:merge",
        post_client_merge,
        body=MergeBodySchema,
        response=ClientMergeSchema,
        status=202,
        makes=_ONE,
        example={"into_client_id": "{client_id}", "reason": "added_twice"},
    ),
    Route("GET", _ONE, "clients:read", get_client_merge, response=ClientMergeSchema, audit="client_merge.read"),
    Route(
        "POST",
        f"{_ONE}/undo",
        "clients:merge",
        post_client_merge_undo,
        response=ClientMergeSchema,
        status=202,
        makes=_ONE,
    ),
)
