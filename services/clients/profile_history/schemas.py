"""What the history of a client's basic data looks like in answers."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from shared.web.fields import Instant, about
from shared.web.paging import page_of
from shared.web.strict_fields import Id


class ChangedFields(fields.Dict):
    """Fields with their values before and after, as they are stored."""

    @staticmethod
    def shown(value: dict[str, Any]) -> dict[str, Any]:
        """As an answer has them; see `shared.web.dumping`."""
        return value


class ProfileChangeSchema(Schema):
    """What one change of a client's basic data changed."""

    at = Instant(metadata=about("When it was changed."))
    by = Id(metadata=about("Id of the member of staff or the API client who changed it."))
    client_id = Id(metadata=about("Id of the client whose data it was; of one who was merged, also that one's."))
    changes = ChangedFields(
        keys=fields.String(),
        values=fields.List(fields.Raw(), metadata=about("The value before and the value after.")),
        metadata=about(
            "Field -> its value before and after, as the client has it. A field of the practice's own is "
            "`custom.<slug>`. null: it was empty."
        ),
    )


ProfileChangesPage = page_of(ProfileChangeSchema, "Newest first.")
