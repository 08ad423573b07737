"""What a service does on an event: a handler of one event, or of several of one type and organization at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from shared import clock, logs
from shared.contracts.envelope import Envelope
from shared.database.session import Session, set_tenant
from shared.messaging import metrics

Delivered = tuple[Any, Envelope]  # an event and what it came in


@dataclass(frozen=True, slots=True)
class Together:
    """A handler of events of one type and one organization that came one after the other, at least one.

    It does what handling each of them alone, in their order, would have done.
    """

    handle: Callable[[Session, Sequence[Delivered]], None]


Handler = Callable[..., None] | Together  # of one event: (session, event, envelope)


@contextmanager
def because_of(session: Session, envelope: Envelope) -> Iterator[None]:
    """What is done within is done because of this event: it is the cause of further events, and in every log line."""
    session.causation_id = envelope.id
    with logs.correlated(correlation=envelope.correlation_id):
        yield


def handle(service: str, session: Session, handlers: Mapping[type, Handler], delivered: Sequence[Delivered]) -> None:
    """Apply events, those of one organization in their order. Raises what the handlers raise.

    One organization comes after the other, always in the same order: so each is named to the database once, what came
    together stays together, and of two consumers with overlapping batches one waits for the other.
    """
    ordered = sorted(delivered, key=lambda pair: pair[1].organization_id)
    for (organization_id, event_type), run in groupby(ordered, lambda pair: (pair[1].organization_id, pair[1].type)):
        if session.organization_id != organization_id:
            set_tenant(session, organization_id)
        together = list(run)
        started = clock.monotonic()
        handler = handlers[type(together[0][0])]
        if isinstance(handler, Together):
            handler.handle(session, together)
            session.flush()
        else:
            for event, envelope in together:
                with because_of(session, envelope):
                    handler(session, event, envelope)
                    session.flush()
        each = (clock.monotonic() - started) / len(together)
        for _ in together:
            metrics.HANDLER_SECONDS.labels(service, event_type).observe(each)
        metrics.CONSUMED.labels(service, event_type).inc(len(together))
