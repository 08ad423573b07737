"""What each kind of work item is called, and where its matter is settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

NOTICE: Final = "notice"


@dataclass(frozen=True, slots=True)
class Words:
    """Of one matter: the service that has it, its name in the choice of kinds, the sentence of a row, its picture, the
    verb of the way to it, and that way, in which `{}` stands for the id of what it is about.
    """

    service: str
    name: str
    sentence: str
    picture: str
    verb: str
    path: str


MATTERS: Final[Mapping[str, Words]] = {
    "emergency_access": Words(
        "clinical",
        "Emergency access to review",
        "Somebody opened a record in an emergency",
        "heart-pulse",
        "Review",
        "/settings/emergency-access",
    ),
    "appointment_left_behind": Words(
        "clinical",
        "Appointments left behind",
        "Appointment of somebody who left",
        "calendar-x",
        "Open",
        "/agenda/appointments/{}",
    ),
    "orphan_draft": Words(
        "clinical",
        "Drafts that nobody can finish",
        "A draft that nobody can finish",
        "user-x",
        "Read",
        "/notes/{}",
    ),
    "deleted_client_used": Words(
        "clinical",
        "Deleted clients with sessions or cases",
        "A client was deleted while something began for them",
        "user-x",
        "Add again",
        "/clients/new",
    ),
    "case_continued": Words(
        "clinical",
        "Cases continued after a separation",
        "Records lay in another client's case, and lie in a case of their own now",
        "user-x",
        "Look",
        "/clients/{}",
    ),
    "assignments_refused": Words(
        "clients",
        "Notices",
        "An assignment of many clients did not reach all of them",
        "users-round",
        "Look",
        "/jobs/clients/{}",
    ),
}
KINDS: Final[Mapping[str, str]] = {
    **{matter: words.name for matter, words in MATTERS.items() if words.name != "Notices"},
    NOTICE: "Notices",
}
CHANGES: Final[Mapping[str, str]] = {
    "raised": "It came up",
    "assigned": "Given to {}",
    "unassigned": "Taken off, so that nobody has it",
    "due": "Due {}",
    "commented": "Comment: {}",
    "done": "Marked as done",
    "reopened": "Opened again",
    "settled": "The matter was settled",
}


def services_with(kind: str) -> tuple[str, ...]:
    """The services that have items of a kind; all of them where it is none."""
    every = tuple(sorted({words.service for words in MATTERS.values()}))
    if kind == NOTICE:
        return tuple(sorted({words.service for words in MATTERS.values() if words.name == "Notices"}))
    return (MATTERS[kind].service,) if kind in MATTERS else every
