"""What a supervisor's last word means for others who would sign. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared.errors import Conflict

REVIEWING_MODES: Final = ("approve", "co_sign")


class ServiceSupervised(Conflict):
    """Another signature never takes the place of the supervisor's: who has the last word keeps it."""

    denies = True
    code = "service_supervised"
    detail = (
        "A supervisor has the last word on the notes of the clinician who gave this service. Only that supervisor, or"
        " somebody whom they supervise as well, takes it over; to others the supervisor gives it. Where they have left,"
        " have another supervisor chosen."
    )


@dataclass(frozen=True, slots=True)
class Supervision:
    """Who has the last word on somebody's notes, and how: `approve` or `co_sign`."""

    supervisor_id: UUID
    mode: str


def keeps_the_last_word(author_id: UUID, supervision: Supervision | None, of_author: Supervision | None) -> bool:
    """Whether a note that `author_id` finishes is decided by the supervisor of the clinician who gave the service.

    `supervision`: the clinician's; `of_author`: the author's own. Nobody supervises the clinician: any author will do.
    """
    if supervision is None or supervision.supervisor_id == author_id:
        return True
    return of_author is not None and of_author.supervisor_id == supervision.supervisor_id
