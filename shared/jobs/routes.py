"""The endpoints of a service's jobs. The command that starts one has a route of its own."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from shared.actor import Caller
from shared.database.session import Session
from shared.jobs import commands
from shared.jobs.schemas import JobPage, JobSchema, JobsQuery
from shared.web.routes import Route


def get_jobs(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """List jobs

    One's own, and everybody's for Organization Administration, of the last 30 days. What came of their rows, the job
    itself says.
    """
    return commands.list_jobs(session, actor, **query)


def get_job(session: Session, actor: Caller, job_id: UUID) -> Row[Any]:
    """Read how far a job has come

    For the person or program that started it, and for Organization Administration. A page asks once a second at most.
    """
    return commands.look_at(session, actor, job_id)


def post_job_cancellation(session: Session, actor: Caller, job_id: UUID) -> Row[Any]:
    """Cancel a job

    It stops between two steps: what it has done stays done, and the rest is not begun. For the person or program that
    started it, and for Organization Administration.
    """
    return commands.cancel(session, actor, job_id)


def job_path(service: str) -> str:
    """Where a job of a service is read: what the `makes` of a route that starts one says."""
    return f"/api/v1/jobs/{service}/{{job_id}}"


def routes_of(service: str) -> tuple[Route, ...]:
    """The endpoints for the jobs of one service."""
    path = job_path(service)
    return (
        Route(
            "GET",
            f"/api/v1/jobs/{service}",
            "jobs:read",
            _of(service, get_jobs, "get_{}_jobs"),
            query=JobsQuery,
            response=JobPage,
            audit="job.list",
        ),
        Route(
            "GET",
            path,
            "jobs:read",
            _of(service, get_job, "get_{}_job"),
            response=JobSchema,
            audit="job.read",
        ),
        Route(
            "POST",
            path + "/cancel",
            "jobs:cancel",
            _of(service, post_job_cancellation, "post_{}_job_cancellation"),
            response=JobSchema,
            keyed=False,
        ),
    )


def _of(service: str, handler: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The handler under a name of the service's own: the document of all services names each operation once."""
    assert isinstance(handler, FunctionType)
    copy = FunctionType(handler.__code__, handler.__globals__, name.format(service))
    copy.__doc__, copy.__annotations__ = handler.__doc__, handler.__annotations__
    return copy
