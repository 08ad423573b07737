"""What holds of billing profiles. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Final, Protocol
from uuid import UUID

from shared.errors import Invalid

ORGANIZATION: Final = "organization"
LOCATION: Final = "location"
STAFF: Final = "staff"
# What documents and claims say of each; the organization's logo besides, which is not text.
PROFILE_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    ORGANIZATION: ("name", "legal_name", "npi", "tax_id", "taxonomy", "phone", "fax", "email", "address"),
    LOCATION: ("name", "npi", "phone", "address", "place_of_service"),
    STAFF: ("given_name", "family_name", "credentials", "npi", "taxonomy"),
}
LOGO: Final = "logo_id"
# What their rows show as of today. The practice's name on the door is a setting of its own.
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    **PROFILE_FIELDS,
    ORGANIZATION: tuple(field for field in PROFILE_FIELDS[ORGANIZATION] if field != "name"),
}
SINCE_EVER: Final = date(1900, 1, 1)


class Subject(Protocol):
    """Whose billing profile it is: the row of the organization, of a location or of a member of staff.

    `PROFILE_KIND` is its kind, which names its fields in `PROFILE_FIELDS`.
    """

    PROFILE_KIND: ClassVar[str]

    @property
    def organization_id(self) -> UUID:
        """The organization that the row belongs to."""

    @property
    def id(self) -> UUID:
        """Which row of its kind."""

    @property
    def created_at(self) -> datetime:
        """When the row came to be."""


class NothingPrinted(Invalid):
    """A version that says nothing."""

    code = "nothing_given"
    detail = "Say what is to be another from that day on."


def printed(subject: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """All that is printed of a `subject` of that kind; null where an older version does not know a field."""
    return {field: values.get(field) for field in PROFILE_FIELDS[subject]}


def shown(subject: str, printed_today: Mapping[str, Any]) -> dict[str, Any]:
    """What its row shows of it; nothing of a field that the version did not know of yet."""
    return {field: printed_today[field] for field in SHOWN[subject] if field in printed_today}


def differing(subject: str, before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the `changes` that have something printed otherwise than `before`."""
    return {
        field: changes[field]
        for field in PROFILE_FIELDS[subject]
        if field in changes and changes[field] != before.get(field)
    }
