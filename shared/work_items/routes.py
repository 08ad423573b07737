"""The endpoints of a service's work items."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import Route
from shared.work_items import commands, queries
from shared.work_items.commands import ItemChanges
from shared.work_items.kinds import Host
from shared.work_items.models import WorkItem
from shared.work_items.schemas import (
    WorkItemCountSchema,
    WorkItemPage,
    WorkItemPatch,
    WorkItemWithHistorySchema,
    query_of,
)


def routes_of(host: Host) -> tuple[Route, ...]:
    """The endpoints for the work items of one service."""

    def get_items(session: Session, actor: Person, query: dict[str, Any]) -> dict[str, Any]:
        """List work items

        Your notices, and what is for your levels. Somebody who sees assigned clients only sees nothing about others.
        """
        return queries.list_items(session, actor, host, **query)

    def get_count(session: Session, actor: Person) -> dict[str, int]:
        """Count what waits for you

        Counts open items that you have, your notices included.
        """
        return {"mine": queries.count_mine(session, actor, host)}

    def get_item(session: Session, actor: Person, item_id: UUID) -> dict[str, Any]:
        """Read a work item

        Shows it with who did what to it, and when.
        """
        return queries.with_history(session, host, queries.visible_item(session, actor, host, item_id))

    def patch_item(session: Session, actor: Person, item_id: UUID, body: ItemChanges) -> dict[str, Any]:
        """Change a work item

        Gives it to somebody who may see it, sets its day, comments on it, marks it as done, or opens it again. A notice
        stays with its person. What closes by itself cannot be marked as done, and what is settled cannot be opened.
        """
        return queries.with_history(session, host, commands.change_item(session, actor, host, item_id, body))

    def versioned(session: Session, actor: Person, item_id: UUID) -> WorkItem:
        return queries.visible_item(session, actor, host, item_id)

    # The document of all services names each operation once.
    get_items.__name__, get_item.__name__ = f"get_{host.service}_work_items", f"get_{host.service}_work_item"
    get_count.__name__, patch_item.__name__ = f"count_{host.service}_work_items", f"patch_{host.service}_work_item"
    all_, single = f"/api/v1/work-items/{host.service}", f"/api/v1/work-items/{host.service}/{{item_id}}"
    return (
        Route(
            "GET",
            all_,
            "work_items:read",
            get_items,
            query=query_of(host),
            response=WorkItemPage,
            audit="work_items.list",
        ),
        Route(
            "GET", f"{all_}/count", "work_items:read", get_count, response=WorkItemCountSchema, audit="work_items.count"
        ),
        Route(
            "GET",
            single,
            "work_items:read",
            get_item,
            response=WorkItemWithHistorySchema,
            audit="work_item.read",
        ),
        Route(
            "PATCH",
            single,
            "work_items:update",
            patch_item,
            body=WorkItemPatch,
            response=WorkItemWithHistorySchema,
            changes=versioned,
            example={"comment": "Called the practice in Buffalo; they call back."},
        ),
    )
