"""The trigger that wakes the relay when rows were added to the outbox, and the channel on which the relay listens."""

from __future__ import annotations

from typing import Final

OUTBOX_CHANNEL: Final = "outbox"
OUTBOX_TRIGGER: Final = (
    f"CREATE FUNCTION notify_outbox() RETURNS trigger LANGUAGE plpgsql AS $$ "
    f"BEGIN PERFORM pg_notify('{OUTBOX_CHANNEL}', ''); RETURN NULL; END $$",
    "CREATE TRIGGER outbox_notify AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION notify_outbox()",
)
