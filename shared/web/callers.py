"""Which kind of caller a route's handler takes. Its permission says so, and its annotation must say the same."""

from __future__ import annotations

import inspect
from typing import Any, get_type_hints

from shared import permissions
from shared.actor import Caller, Person
from shared.web.routes import INTERNAL, PUBLIC, Route


def asked_by(route: Route) -> Any:
    """`None` before sign-in and for the gateway, `Caller` where the permission is for programs too, else `Person`."""
    if route.permission in (PUBLIC, INTERNAL):
        return type(None)
    return Caller if route.permission in permissions.API_PERMISSIONS else Person


def ensure_handler_fits(route: Route) -> None:
    """Raises `TypeError` unless the annotation of the handler's second parameter is `asked_by(route)`.

    A handler that takes only a person behind a permission for programs would fail when a program asks; one that takes
    both where no program may ask would have to think of something that never comes.
    """
    _, actor, *_ = inspect.signature(route.handler).parameters
    taken, wanted = get_type_hints(route.handler).get(actor), asked_by(route)
    if taken != wanted:
        raise TypeError(f"{route.name} takes {taken}; {route.permission} is asked by {wanted}")
