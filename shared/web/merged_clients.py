"""What a request says of a client who was merged: an address leads to the survivor, any other id means the survivor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final
from uuid import UUID

from shared.actor import Caller
from shared.client_families import Beside, ClientMoved, survivors
from shared.database.session import Session

# Whose address it is, in the path of a route; an id further behind says of another thing whom it is about.
OWN_ADDRESS: Final = "/api/v1/clients/{client_id}"
# The names under which queries and bodies have ids of clients.
NAMES: Final = frozenset({"client_id", "client_ids", "into_client_id", "members"})


@dataclass(frozen=True, slots=True)
class KnownClients:
    """The clients that a service knows: the table with `merged_into`, and who may see one.

    `ensure_visible` raises `NotFound` for a client whom the actor may not see. `beside`: what most requests about one
    client read besides.
    """

    model: type[Any]
    ensure_visible: Callable[[Session, Caller, UUID], object]
    beside: Beside | None = None


def has_own_address(path: str) -> bool:
    """Whether a route's path is the address of a client, or lies below it."""
    return path == OWN_ADDRESS or path.startswith(f"{OWN_ADDRESS}/")


def follow(
    session: Session, actor: Caller, clients: KnownClients, path: str, call: dict[str, Any]
) -> tuple[dict[str, Any], ClientMoved | None]:
    """The call with survivors in place of clients who were merged, and where the address of one leads.

    `path` is the route's. Raises `NotFound` where the actor may not see who the address would lead to.
    """
    parts = (call, call.get("query"), call.get("body"))
    ids = {client_id for part in parts for _, named in _named(part) for client_id in named}
    merged = survivors(session, clients.model, actor.organization_id, ids, clients.beside) if ids else {}
    if not merged:
        return call, None
    followed = {name: _followed(part, merged) for name, part in _followed(call, merged).items()}
    addressed: Any = call.get("client_id")
    if addressed not in merged or not has_own_address(path):
        return followed, None
    clients.ensure_visible(session, actor, merged[addressed])
    return followed, ClientMoved(addressed, merged[addressed])


def _followed(part: Any, merged: Mapping[UUID, UUID]) -> Any:
    """One part of a call with survivors in it, each once."""
    changes: dict[str, Any] = {}
    for name, named in _named(part):
        if not merged.keys().isdisjoint(named):
            ids = tuple(dict.fromkeys(merged.get(client_id, client_id) for client_id in named))
            changes[name] = ids if isinstance(_value(part, name), list | tuple) else ids[0]
    if not changes:
        return part
    return {**part, **changes} if isinstance(part, Mapping) else replace(part, **changes)


def _named(part: Any) -> Iterator[tuple[str, list[UUID]]]:
    """Names and ids of the clients in one part of a call: JSON, or the dataclass made of it."""
    names = {field.name for field in fields(part)} if is_dataclass(part) else part if isinstance(part, Mapping) else ()
    for name in NAMES.intersection(names):
        value = _value(part, name)
        yield name, [each for each in (value if isinstance(value, list | tuple) else [value]) if isinstance(each, UUID)]


def _value(part: Any, name: str) -> Any:
    return part[name] if isinstance(part, Mapping) else getattr(part, name)
