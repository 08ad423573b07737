"""The trigger that wakes those who run jobs when one was queued, and the channel on which they listen."""

from __future__ import annotations

from typing import Final

JOBS_CHANNEL: Final = "jobs"
JOB_TRIGGER: Final = (
    f"CREATE FUNCTION notify_jobs() RETURNS trigger LANGUAGE plpgsql AS $$ "
    f"BEGIN PERFORM pg_notify('{JOBS_CHANNEL}', ''); RETURN NULL; END $$",
    "CREATE TRIGGER jobs_notify AFTER INSERT ON job_queue FOR EACH STATEMENT EXECUTE FUNCTION notify_jobs()",
)
