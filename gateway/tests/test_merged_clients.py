"""A client who was merged, at the gateway: programs are told where to go, and pages go there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import orjson
import pytest
from flask import Flask, Response

from gateway.api import proxy
from gateway.edge.door import Call, Door, Passed
from gateway.edge.limits import Quota
from gateway.edge.sessions import Session
from gateway.edge.upstream import UpstreamResponse
from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.row import PREFIX, Row
from gateway.web import app as web
from gateway.web.own_name import OwnName
from gateway.web.page import Page, Question
from shared.actor import Person
from shared.ids import new_id

OLD, NEW = str(new_id()), str(new_id())
OWNER = Person(new_id(), new_id(), levels=frozenset({"organization_administration"}), session_id=new_id())
ME = {"staff": {}, "organization": {}, "levels": [], "preferences": {}}
APPOINTMENTS = "/clients/{client_id}/appointments"


@dataclass
class MovedDoor:
    """A door behind which the client with the id `OLD` was merged into the one with the id `NEW`."""

    paths: list[str] = field(default_factory=list)

    def enter(self, *_: Any) -> Session:
        return Session(OWNER)

    def ask(self, _session: Session, _row: Row, call: Call, _visitor: object) -> Passed:
        self.paths.append(call.path)
        moved = OLD in call.path
        headers = {"Content-Type": "application/json", "Location": f"{call.path.replace(OLD, NEW)}?limit=5"}
        value = {"code": "client_merged", "errors": [{"value": NEW}]} if moved else ME
        return Passed(
            UpstreamResponse(308 if moved else 200, headers, orjson.dumps(value)), Quota("account", 1, 1, 1), int
        )

    def pass_through(self, row: Row, call: Call, visitor: object) -> Passed:
        return self.ask(Session(OWNER), row, call, visitor)


def asked_of_a_page(path: str, handler: Callable[[Page], Response], asks: str) -> tuple[Any, list[str]]:
    """What a browser is answered at `/x/{id}`, and what the page asked of the API besides its frame."""
    door, flask = MovedDoor(), Flask("gateway")
    row = Row("GET", "/x/<string:client_id>", "gateway", "clients:read", "x", asks=(asks,))
    view = web.Pages(cast(Door, door), 0, OwnName.of("http://localhost")).view_of(row, handler)
    flask.add_url_rule(row.path, view_func=view, endpoint="x")
    response = flask.test_client().get(path)
    return response, [path for path in door.paths if not path.endswith("/me")]


def test_a_program_is_told_the_address_of_who_stays() -> None:
    (row,) = [row for row in ROUTE_TABLE if row.name == f"GET {APPOINTMENTS}"]
    flask = Flask("gateway")
    view = proxy.view_of(cast(Door, MovedDoor()), row, 0)
    flask.add_url_rule(f"{PREFIX}/clients/<string:client_id>/appointments", view_func=view, endpoint="x")
    response = flask.test_client().get(f"{PREFIX}/clients/{OLD}/appointments?limit=5")
    assert response.status_code == 308
    assert response.headers["Location"] == f"{PREFIX}/clients/{NEW}/appointments?limit=5"


def ask_all(page: Page, row: str, client_id: str) -> object:
    return page.ask_all(some=Question(row, {"client_id": client_id}))


@pytest.mark.parametrize("ask", [Page.need, Page.hand_on, ask_all], ids=lambda way: way.__name__)
def test_a_page_of_an_ended_client_is_that_of_who_stays(ask: Callable[..., object]) -> None:
    def handler(page: Page) -> Response:
        ask(page, f"GET {APPOINTMENTS}", client_id=page.ids["client_id"])
        return Response("shown")

    response, _ = asked_of_a_page(f"/x/{OLD}?tab=2&client_id={OLD}", handler, f"GET {APPOINTMENTS}")
    assert (response.status_code, response.headers["Cache-Control"]) == (308, "no-store")
    assert response.headers["Location"] == f"/x/{NEW}?tab=2&client_id={NEW}"


@pytest.mark.parametrize("ask", [Page.need, Page.hand_on, ask_all], ids=lambda way: way.__name__)
def test_a_page_that_names_somebody_else_asks_of_who_stays(ask: Callable[..., object]) -> None:
    def handler(page: Page) -> Response:
        ask(page, f"GET {APPOINTMENTS}", client_id=OLD)
        return Response("shown")

    response, paths = asked_of_a_page(f"/x/{new_id()}", handler, f"GET {APPOINTMENTS}")
    assert (response.status_code, response.text) == (200, "shown")
    assert paths == [f"{PREFIX}/clients/{each}/appointments" for each in (OLD, NEW)]
