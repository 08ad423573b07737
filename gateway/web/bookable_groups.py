"""Which groups a person may change and book, the choice among them, and their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from gateway.web.page import ApiResponse, Page, Question
from gateway.web.people import LISTED, listed

GROUPS: Final = "GET /groups"
MANAGES: Final = "groups:manage"
QUESTION: Final = Question(GROUPS, query={"archived": False, "limit": LISTED})


def narrowed(page: Page) -> bool:
    """Whether the person sees assigned clients only: then they know nothing of who else is in a group."""
    return page.session is not None and page.session.actor.sees_assigned_only


def leads(page: Page, group: Mapping[str, Any]) -> bool:
    """Whether the person may change and book a group. Who sees assigned clients only does so with those they lead."""
    return page.can(MANAGES) and (not narrowed(page) or page.me["staff"]["id"] in group["staff"])


def choice_of(page: Page, reply: ApiResponse, group: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """Pairs of id and name of the groups that the person may book; `group` is among them wherever it is listed."""
    items = reply.value["items"] if reply.ok else []
    found = {each["id"]: each["name"] for each in (*items, *([group] if group else [])) if leads(page, each)}
    return list(found.items())


def group_names(page: Page, items: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Names by id of the groups whose sessions are among these appointments, as far as they can be had."""
    ids = {item.get("group_id") or "" for item in items}
    return {group["id"]: group["name"] for group in listed(page, GROUPS, ids)}
