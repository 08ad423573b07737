"""The endpoint that tells what merging two clients would find in clients."""

from __future__ import annotations

from typing import Any

from services.clients.client_merges import queries
from services.clients.client_merges.schemas import ProfileMergePreviewSchema
from shared.actor import Person
from shared.client_merges import Merge
from shared.database.session import Session
from shared.web.client_merges import MergePreviewQuery
from shared.web.routes import Route


def get_clients_merge_preview(session: Session, actor: Person, query: Merge) -> dict[str, Any]:
    """Preview what a merge of two clients would find in their profiles

    Counts who is assigned, ways to reach the client, related clients and tags.
    It changes nothing, and nobody is merged so far: it tells which of the two is the one to keep. Refused with `self`
    and `archived`; a client whom the person may not see is answered like one who does not exist.
    """
    return queries.preview(session, actor, query)


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
)
