"""What requests about the status of an appointment and its history look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load

from services.clinical.agenda.schemas import ConflictOverride, status_of
from services.clinical.attendance.rules import NewStatus
from shared.web.fields import Instant, Stripped, about, text
from shared.web.paging import page_of
from shared.web.strict_fields import Id


class StatusChange(Stripped):
    """What became of an appointment."""

    status = status_of("The status from now on.", required=True)
    client_id = Id(
        allow_none=True,
        load_default=None,
        metadata=about(
            "Id of the client whom it is about, where several come. null: all of them, but for those who have "
            "called off or stayed away by themselves."
        ),
    )
    reason = text(
        500,
        "Why, in a sentence. It is kept in the appointment's history, also where the status stays the same.",
        lines=True,
        load_default=None,
        allow_none=True,
    )
    override = fields.Nested(
        ConflictOverride,
        allow_none=True,
        metadata=about("Take it back in spite of a conflict, where the time is taken by now."),
    )

    @post_load
    def _new_status(self, data: dict[str, Any], **_: Any) -> NewStatus:
        override = data.pop("override", None)
        return NewStatus(override_reason=override["reason"] if override else None, **data)


class AppointmentChangeSchema(Schema):
    """Something that happened to an appointment."""

    at = Instant(metadata=about("When it happened."))
    by = fields.UUID(
        attribute="by_actor_id",
        allow_none=True,
        metadata=about("Id of the member of staff or of the program that did it; null: the hand-over of a leaver."),
    )
    status = status_of("The status from then on; null where it stayed.", allow_none=True)
    client_id = Id(
        allow_none=True,
        metadata=about("Id of the client whose status or reason it is, where several come; null: all of them."),
    )
    reason = fields.String(allow_none=True, metadata=about("Why, where somebody said so."))
    override_reason = fields.String(
        allow_none=True, metadata=about("Why a conflict was accepted with it; null where there was none.")
    )
    changes = fields.Dict(
        keys=fields.String(),
        values=fields.String(allow_none=True, metadata=about("The value from then on; null where it was emptied.")),
        metadata=about("What else changed: field -> its value from then on, such as `staff_id` or `starts_at_local`."),
    )


AppointmentHistoryPage = page_of(AppointmentChangeSchema, "Oldest first.", name="AppointmentHistoryPage")
