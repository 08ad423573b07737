"""A handler takes exactly those who may ask: its annotation and the route's permission say the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from shared.actor import Actor, Caller, Person, Program
from shared.database.session import Database, Session
from shared.keys.public import PublicKeys
from shared.services import SERVICES
from shared.testing.databases import load
from shared.web.application import build_application
from shared.web.callers import asked_by, ensure_handler_fits
from shared.web.cursors import CursorKey
from shared.web.routes import INTERNAL, PUBLIC, Route

PERSONS, PROGRAMS_TOO = "notes:sign", "notes:read"


def takes_a_person(session: Session, actor: Person) -> None: ...


def takes_a_program(session: Session, actor: Program) -> None: ...


def takes_a_caller(session: Session, actor: Caller) -> None: ...


def takes_anybody(session: Session, actor: Actor) -> None: ...


def takes_nobody(session: Session, actor: None) -> None: ...


def takes_something(session: Session, actor) -> None:  # type: ignore[no-untyped-def]  # what is tested
    ...


HANDLERS = (takes_a_person, takes_a_program, takes_a_caller, takes_anybody, takes_nobody, takes_something)
FITTING = {
    PERSONS: takes_a_person,
    PROGRAMS_TOO: takes_a_caller,
    PUBLIC: takes_nobody,
    INTERNAL: takes_nobody,
}


def test_every_handler_takes_who_may_ask() -> None:
    routes = [route for service in SERVICES for route in load(service).routes]
    for route in routes:
        ensure_handler_fits(route)
    assert {asked_by(route) for route in routes} == {Caller, Person, type(None)}


@pytest.mark.parametrize("handler", HANDLERS)
@pytest.mark.parametrize("permission", FITTING)
def test_a_service_with_another_handler_does_not_start(permission: str, handler: Callable[..., Any]) -> None:
    route = Route("GET", "/api/v1/things", permission, handler)

    def start() -> None:
        build_application("clinical", cast(Database, None), cast(PublicKeys, None), [route], CursorKey(""))

    if handler is FITTING[permission]:
        start()
    else:
        with pytest.raises(TypeError, match=handler.__name__):
            start()
