"""What a service does on an event: a handler of one event, or of several of one type and organization at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from shared import clock, logs
from shared.contracts.envelope import Envelope
from shared.database.connection import Statement
from shared.database.session import Row, Session, set_tenant
from shared.messaging import metrics

Delivered = tuple[Any, Envelope]  # an event and what it came in
Found = Sequence[Sequence[Row]]  # the rows that each of several statements answered with


@dataclass(frozen=True, slots=True)
class Together:
    """A handler of events of one type and one organization that came one after the other, at least one.

    It does what handling each of them alone, in their order, would have done.
    """

    handle: Callable[[Session, Sequence[Delivered]], None]


@dataclass(frozen=True, slots=True)
class TogetherAfterReads:
    """The same, where what has to be read is known beforehand: `reads` says it, `handle` is given what they found.

    So they travel together, those of a batch's first events with BEGIN. They may lock; a lock that is held for events
    which turn out to be known already does no harm. They see what was committed before them, and what the session has
    written.
    """

    reads: Callable[[Sequence[Delivered]], Sequence[Statement]]
    handle: Callable[[Session, Sequence[Delivered], Found], None]


Handler = Callable[..., None] | Together | TogetherAfterReads  # of one event: (session, event, envelope)


@contextmanager
def because_of(session: Session, envelope: Envelope) -> Iterator[None]:
    """What is done within is done because of this event: it is the cause of further events, and in every log line."""
    session.causation_id = envelope.id
    with logs.correlated(correlation=envelope.correlation_id):
        yield


def runs_of(delivered: Sequence[Delivered]) -> list[list[Delivered]]:
    """Events that may be applied together, in the order in which they are applied.

    One organization comes after the other, always in the same order: so each is named to the database once, what came
    together stays together, and of two consumers with overlapping batches one waits for the other.
    """
    ordered = sorted(delivered, key=lambda pair: pair[1].organization_id)
    return [list(run) for _, run in groupby(ordered, lambda pair: (pair[1].organization_id, pair[1].type))]


def first_reads(handlers: Mapping[type, Handler], run: Sequence[Delivered]) -> Sequence[Statement]:
    """What the handler of these events reads first; nothing where it does not say."""
    handler = handlers[type(run[0][0])]
    return handler.reads(run) if isinstance(handler, TogetherAfterReads) else ()


def handle(
    service: str,
    session: Session,
    handlers: Mapping[type, Handler],
    delivered: Sequence[Delivered],
    found: Found | None = None,
) -> None:
    """Apply events, those of one organization in their order. Raises what the handlers raise.

    `found`: what `first_reads` of the first of `runs_of(delivered)` found; None where they were not carried out.
    """
    for run in runs_of(delivered):
        (first, envelope), started = run[0], clock.monotonic()
        if session.organization_id != envelope.organization_id:
            set_tenant(session, envelope.organization_id)
        handler = handlers[type(first)]
        if isinstance(handler, TogetherAfterReads):
            handler.handle(session, run, session.ask(*handler.reads(run)) if found is None else found)
            session.flush()
        elif isinstance(handler, Together):
            handler.handle(session, run)
            session.flush()
        else:
            _handle_each(session, handler, run)
        found = None  # it was of the first
        each = (clock.monotonic() - started) / len(run)
        for _ in run:
            metrics.HANDLER_SECONDS.labels(service, envelope.type).observe(each)
        metrics.CONSUMED.labels(service, envelope.type).inc(len(run))


def _handle_each(session: Session, handler: Callable[..., None], run: Sequence[Delivered]) -> None:
    for event, envelope in run:
        with because_of(session, envelope):
            handler(session, event, envelope)
            session.flush()
