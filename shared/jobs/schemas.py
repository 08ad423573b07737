"""What answers about jobs look like."""

from __future__ import annotations

from typing import Final

from marshmallow import Schema, fields

from shared.web.fields import Instant, about, choice
from shared.web.paging import PageQuery, page_of

STATES: Final = {
    "queued": "it has not begun",
    "running": "it has begun",
    "done": "it came to its end; what was refused stands in `result`",
    "failed": "it was given up, and `error` says why; what it had done until then stays",
    "cancelled": "somebody stopped it; what it had done until then stays",
}
STATE: Final = "How far it has come."


class StartedJobSchema(Schema):
    """A job that was started."""

    id = fields.UUID(metadata=about("Id of the job."))
    state = choice(STATES, STATE, STATES)


class JobErrorSchema(Schema):
    """Why a job failed."""

    code = fields.String(metadata=about("A slug, of those that this operation refuses with, or `gave_up`."))
    detail = fields.String(metadata=about("The same as a sentence."))


class JobSummarySchema(Schema):
    """How far work has come that goes on after the request that started it. It is kept for 30 days after its end."""

    id = fields.UUID(metadata=about("Id of the job."))
    kind = fields.String(metadata=about("What it does, such as `assign_staff`."))
    state = choice(STATES, STATE, STATES)
    total = fields.Integer(metadata=about("How many rows there are to work through."))
    done = fields.Integer(metadata=about("How many of them it is through with."))
    counts = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(metadata=about("How many rows.")),
        metadata=about("How many rows came to what, by a slug."),
    )
    error = fields.Nested(
        JobErrorSchema, allow_none=True, metadata=about("Why it failed; null where it has not failed.")
    )
    started_by = fields.UUID(metadata=about("Id of the member of staff or of the program that started it."))
    created_at = Instant()
    started_at = Instant(allow_none=True, metadata=about("When it began; null while it waits."))
    finished_at = Instant(allow_none=True, metadata=about("When it ended; null until then."))


class JobSchema(JobSummarySchema):
    """Work that goes on after the request that started it, and what came of each row. It is kept for 30 days."""

    result = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Raw(), metadata=about("What came of each row, in their order.")),
        metadata=about("Lists of what came of its rows, as the operation that started it says."),
    )


JobPage = page_of(JobSummarySchema, "Those that were started last come first.", name="JobPage")


class JobsQuery(PageQuery):
    """Which jobs."""

    state = choice(STATES, "Those that have come so far; without it all.", STATES, load_default=None)
