"""The audit trail says of every list by which rule it was shown, and of an empty one that nothing was."""

from __future__ import annotations

from typing import Any, cast

import pytest

from shared import audit
from shared.actor import Person
from shared.audit_facts import AuditFacts
from shared.database.session import Session
from shared.ids import new_id
from shared.services import SERVICES
from shared.testing.databases import load
from shared.web.audit_entries import NOTHING_SHOWN, record_success
from shared.web.routes import INTERNAL, Route

LISTS = [
    route
    for service in SERVICES
    for route in load(service).routes
    if route.permission != INTERNAL
    and route.response is not None
    and "items" in route.response().fields
    and (route.audit or route.reads)
]
SOMEBODY = Person.of_member(new_id(), new_id(), {"default", "therapist"}, ())


class Facts:
    """What a session knows of a request whose handler named a rule."""

    organization_id = SOMEBODY.organization_id

    def __init__(self, rule: str | None) -> None:
        self.audit = AuditFacts(rule=rule)


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The rules that are written down."""
    written: list[str | None] = []
    monkeypatch.setattr(audit, "record", lambda *_, rule, **__: written.append(rule))
    return written


@pytest.mark.parametrize("route", LISTS, ids=lambda route: route.name)
def test_an_empty_list_was_not_shown_by_any_rule(route: Route, rules: list[str | None]) -> None:
    client_id = new_id()
    for basis in ("on_case", "assigned", "everybody", "break_glass", None):
        for items in ([], [{"client_id": str(client_id)}]):
            response: dict[str, Any] = {"items": items, "next_cursor": None}
            record_success(cast(Session, Facts(basis)), route, SOMEBODY, {"client_id": client_id}, response)
        assert rules[-2:] == [NOTHING_SHOWN, basis or "level"]


def test_there_are_lists_of_clients_cases_money_and_work() -> None:
    names = {route.name for route in LISTS}
    assert {"get_clients", "post_client_search", "get_client_cases", "get_invoices", "get_agenda"} <= names


def test_what_only_reads_stands_among_the_reads_of_the_activity_log() -> None:
    """Changes are the actions whose names have no dot: a POST that only reads must be called after what is read."""
    reads = [route for service in SERVICES for route in load(service).routes if route.reads]
    assert reads and all("." in (route.audit or "") for route in reads if route.permission != INTERNAL), [
        route.name for route in reads if "." not in (route.audit or "")
    ]
