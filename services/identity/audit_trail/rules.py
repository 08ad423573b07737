"""What makes the trail tamper-evident. Pure.

Each link's hash covers the hash before it, so that an entry that is changed, moved, put in or taken out breaks every
link behind it. Cutting off the end, or making the whole chain anew, shows against a checkpoint kept elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import orjson

GENESIS: Final = bytes(32)  # what the first link takes for the hash before it


@dataclass(frozen=True, slots=True)
class Link:
    """One entry in its place. `previous_hash` and `hash` are SHA-256; `seq` counts from 1 without gaps."""

    organization_id: UUID
    seq: int
    id: UUID
    service: str
    at: datetime
    recorded_at: datetime
    action: str
    outcome: str
    actor_id: UUID | None
    session_id: UUID | None
    object_id: UUID | None
    client_ids: Sequence[UUID]
    rule: str | None
    request_id: str | None
    correlation_id: str | None
    network: str | None
    details: Mapping[str, Any]
    previous_hash: bytes
    hash: bytes = b""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stands: its last entry."""

    seq: int = 0
    hash: bytes = GENESIS


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain is not what it says: entry `seq` and why."""

    seq: int
    why: str  # gap | link | content | head | checkpoint | clients


def hash_of(link: Link) -> bytes:
    """SHA-256 over the hash before, and everything that the entry says in one fixed order and spelling."""
    hashed = [
        str(link.organization_id),
        link.seq,
        str(link.id),
        link.service,
        link.at.astimezone(UTC).isoformat(timespec="microseconds"),
        link.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
        link.action,
        link.outcome,
        *(str(identifier) if identifier else None for identifier in (link.actor_id, link.session_id, link.object_id)),
        [str(client_id) for client_id in link.client_ids],
        link.rule,
        link.request_id,
        link.correlation_id,
        link.network,
        dict(link.details),
    ]
    return hashlib.sha256(link.previous_hash + orjson.dumps(hashed, option=orjson.OPT_SORT_KEYS)).digest()


def first_break(links: Iterable[Link], head: Head, checkpoints: Mapping[int, Collection[bytes]]) -> Break | None:
    """Walk a whole chain in the order of `seq`; None when it is sound and agrees with head and checkpoints.

    Of one entry there may be several checkpoints. Two that differ are a break: the chain was made anew in between.
    """
    stands = Head()
    for link in links:
        if why := _why_broken(link, stands, checkpoints):
            return Break(stands.seq + 1, why)
        stands = Head(link.seq, link.hash)
    if stands.seq != head.seq:
        return Break(min(stands.seq, head.seq) + 1, "head")
    if stands.hash != head.hash:
        return Break(head.seq, "head")
    beyond = [seq for seq in checkpoints if seq > stands.seq]
    return Break(stands.seq + 1, "checkpoint") if beyond else None


def _why_broken(link: Link, before: Head, checkpoints: Mapping[int, Collection[bytes]]) -> str | None:
    if link.seq != before.seq + 1:
        return "gap"
    if link.previous_hash != before.hash:
        return "link"
    if link.hash != hash_of(link):
        return "content"
    return "checkpoint" if any(checkpoint != link.hash for checkpoint in checkpoints.get(link.seq, ())) else None
