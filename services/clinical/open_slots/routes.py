"""The endpoint that finds free times."""

from __future__ import annotations

from typing import Any

from services.clinical.open_slots import queries
from services.clinical.open_slots.queries import SlotQuestion
from services.clinical.open_slots.schemas import OpenSlotsQuestion, OpenSlotsSchema
from shared.actor import Caller
from shared.database.session import Session
from shared.web.routes import Route


def post_open_slots(session: Session, actor: Caller, body: SlotQuestion) -> dict[str, Any]:
    """Find free times

    Times within the practice's hours, outside of its holidays, at which the clinician has no appointment, that suit
    each wish. They begin on a quarter of an hour and are as long as the service. A free time is not kept: booking it
    looks again, at the client's own appointments too. Somebody who sees assigned clients only is told of their own
    time alone. A POST, because the wishes are many; it changes nothing.
    """
    return queries.open_slots(session, actor, body)


ROUTES = (
    Route(
        "POST",
        "/api/v1/open-slots",
        "appointments:create",
        post_open_slots,
        body=OpenSlotsQuestion,
        response=OpenSlotsSchema,
        audit="open_slots.read",
        reads=True,
        example={"wishes": [{"weekdays": ["monday", "wednesday"], "part_of_day": "afternoon"}], "days": 14},
    ),
)
