"""Structured logs: one JSON line per thing that happened, made of selected facts.

Facts are ids, codes, counts and durations. Names, note text, request bodies, tokens, SQL parameters and
exception arguments never are: an exception is logged as its class and the places it passed.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any, TextIO, cast

import structlog

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
correlation_id: ContextVar[str | None] = ContextVar("correlation_id", default=None)

FRAMES_MAX = 12


@contextmanager
def correlated(*, request: str | None = None, correlation: str | None = None) -> Iterator[None]:
    """Within the block, log lines and outbox rows carry these ids."""
    request_token, correlation_token = request_id.set(request), correlation_id.set(correlation)
    try:
        yield
    finally:
        request_id.reset(request_token)
        correlation_id.reset(correlation_token)


def configure(service: str, level: str = "INFO") -> None:
    """Send structlog and the standard library's loggers to stderr as JSON lines."""
    structlog.configure(
        processors=[
            _add_context(service),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _exception_without_values,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, _Lines(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    # Libraries log what they like: only their warnings, and only their name and level, are kept.
    logging.basicConfig(level=logging.WARNING, handlers=[_LibraryLines()], force=True)
    logging.getLogger("pika").setLevel(logging.CRITICAL)


def get() -> Any:
    """The logger. First argument of each call is the event's name, in snake case."""
    return structlog.get_logger()


def exception_places(error: BaseException) -> list[str]:
    """Where an exception passed, innermost last, as `file:line function`: no values, no message."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_MAX:]
    return [f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno} {frame.name}" for frame in frames]


def _add_context(service: str) -> Any:
    def add(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["service"] = service
        for key, variable in (("request_id", request_id), ("correlation_id", correlation_id)):
            if (value := variable.get()) is not None:
                event.setdefault(key, value)
        return event

    return add


def _exception_without_values(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    error = event.pop("error", None)
    if isinstance(error, BaseException):
        event["error"] = type(error).__qualname__
        event["places"] = exception_places(error)
    elif error is not None:
        event["error"] = error
    event.pop("exc_info", None)
    return event


class _Lines:
    """Where lines go. Nobody who logs fails because nobody reads them any longer, as when the keeper was killed."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """Write, if somebody reads."""
        with suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        """Send what was written, if somebody reads."""
        with suppress(OSError):
            self._stream.flush()


class _LibraryLines(logging.Handler):
    """A library's warning as its logger's name: its text may hold values that are not ours to log."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        get().warning("library_warning", library=record.name, line=record.lineno, error=error)
