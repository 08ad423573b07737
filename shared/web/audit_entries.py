"""What the edge writes down of a request: who, what, which clients, by which rule.

Services name what they know better by `audit.describe`; everything else is found here, in what was asked and answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Final
from uuid import UUID

import orjson

from shared import audit
from shared.actor import Caller
from shared.audit_facts import AuditFacts
from shared.database.session import Session, set_tenant
from shared.errors import Refusal
from shared.web.routes import INTERNAL, Route

NOTHING_SHOWN: Final = "nothing_shown"


def record_success(
    session: Session, route: Route, actor: Caller | None, call: Mapping[str, Any], value: Any
) -> dict[str, Any]:
    """Write the row of what was done or shown; returns what it says, as JSON, for `record_replay`."""
    facts, session.audit = session.audit, AuditFacts()
    if route.permission == INTERNAL or not (route.writes or route.audit):
        return {}
    if not route.writes and facts.harmless:
        return {}
    # Before sign-in nobody asks for a client of the practice: what `POST /tokens` calls so is a program.
    clients = clients_of(facts, call, value) if actor else []
    entry: dict[str, Any] = {
        "actor_id": facts.actor_id,
        "object_id": facts.object_id or _object_id(call, value),
        "client_ids": clients,
        "rule": _rule_of_success(route, actor, facts, clients, value),
    }
    audit.record(session, actor, route.audit or route.name, **entry, details=facts.details)
    return dict(orjson.loads(orjson.dumps({**entry, "organization_id": session.organization_id})))


def record_replay(
    session: Session, route: Route, actor: Caller | None, call: Mapping[str, Any], about: Mapping[str, Any]
) -> None:
    """The row of a first answer that was given once more, and nothing done again; `about`: what the first row said."""
    if actor is None and about.get("organization_id") is None:
        return
    if actor is None:
        set_tenant(session, UUID(about["organization_id"]))
    audit.record(
        session,
        actor,
        route.audit or route.name,
        actor_id=_uuid(about.get("actor_id")),
        object_id=_uuid(about.get("object_id")) or _object_id(call, None),
        client_ids=[UUID(client_id) for client_id in about.get("client_ids", ())],
        rule=about.get("rule"),
        details={"replayed": True},
    )


def record_denial(
    session: Session,
    route: Route,
    actor: Caller,
    call: Mapping[str, Any],
    refusal: Refusal,
    facts: AuditFacts,
) -> None:
    """The row of what was refused to somebody who is signed in; the rule is the refusal's."""
    audit.record(
        session,
        actor,
        route.audit or route.name,
        outcome="denied",
        object_id=_object_id(call, None),
        client_ids=clients_of(facts, call, None),
        rule=refusal.rule,
    )


def clients_of(facts: AuditFacts, call: Mapping[str, Any], value: Any) -> list[UUID]:
    """Each once: the client in the path and those the service named; if it named none, those asked for and answered."""
    if facts.client_ids is not None:
        found = [call.get("client_id"), *facts.client_ids]
    else:
        found = [identifier for part in (call, call.get("query"), call.get("body")) for identifier in _named(part)]
        found += [identifier for part in (value, *_items(value)) for identifier in _named(part)]
    return list(dict.fromkeys(UUID(str(identifier)) for identifier in found if identifier))


def _named(part: Any) -> Iterator[Any]:
    """The ids in `client_id`, `client_ids` and `clients` of one thing: JSON, or the dataclass made of a body."""
    if is_dataclass(part):
        part = {field.name: getattr(part, field.name) for field in fields(part)}
    if isinstance(part, Mapping):
        yield part.get("client_id")
        yield from _listed(part, "client_ids")
        yield from (client.get("id") for client in _listed(part, "clients") if isinstance(client, Mapping))


def _items(value: Any) -> Iterator[Any]:
    """The items of a page, and of pages within an answer."""
    if isinstance(value, Mapping):
        yield from _listed(value, "items")
        for part in value.values():
            if isinstance(part, Mapping):
                yield from _listed(part, "items")


def _listed(part: Mapping[str, Any], name: str) -> Sequence[Any]:
    found = part.get(name)
    return found if isinstance(found, list | tuple) else []


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _rule_of_success(
    route: Route, actor: Caller | None, facts: AuditFacts, clients: Sequence[UUID], value: Any
) -> str | None:
    """By which rule it was done or shown. An empty page opened nothing, whatever would have opened what is hidden."""
    reads = route.reads or not route.writes
    if reads and isinstance(value, Mapping) and value.get("items") == []:
        return NOTHING_SHOWN
    return facts.rule or (_rule(actor) if clients else None)


def _rule(actor: Caller | None) -> str | None:
    """Where the service names no narrower rule: assignment for those who see only assigned clients, else the level."""
    if actor is None:
        return None
    return "assigned" if actor.sees_assigned_only else "level"


def _object_id(call: Mapping[str, Any], value: Any) -> Any:
    """The first path id is the object of the request; what is created tells its own."""
    for name, identifier in call.items():
        if name.endswith("_id"):
            return identifier
    return value.get("id") if isinstance(value, Mapping) else None
