"""What the fields of a client's profile, and of work items, show in the document's examples."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

CLIENT: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "ImportRowError.field": "date_of_birth",
        "ImportRowError.code": "invalid",
        "ImportRowError.detail": "Not a valid date.",
        "Ignored.column": "Shoe size",
        "given_name": "Ada",
        "family_name": "Byron",
        "middle_name": "Augusta",
        "name_suffix": None,
        "preferred_name": None,
        "former_names": ["Ada Gordon"],
        "gender_identity": "woman",
        "language": "en",
        "referral_source": "Dr. Lane",
        "intake_date": "2026-10-06",
        "display_name": "Ada Byron",
        "client_name": "Ada Byron",
        "pronouns": "she/her",
        "date_of_birth": "1990-12-10",
        "waiting": None,
        "Waiting.note": "Ground floor, if possible",
        "part_of_day": "evening",
        "Waiting.since": "2026-10-06",
        "WaitingClient.clinician": "Maya Lind",
        "tags": ["Sliding scale"],
        "tag": "Sliding scale",
        "custom": {"school": "Mill Lane School", "pets": "dog"},
        "ClientField.name": "Pets",
        "ClientField.slug": "pets",
        "ClientField.type": "choice",
        "ClientFieldChoice.name": "Dog",
        "ClientFieldChoice.slug": "dog",
        "channel": "phone",
        "Contact.value": "+12125550123",
        "NoConsentClient.value": "+12125550123",
        "NoConsentClient.consent": "refused",
        "Contact.label": "mobile",
        "consent": "given",
    }
)
_ITEM: Final = {"kind": "appointment_left_behind", "matter": "appointment_left_behind", "state": "open"}
_ITEM_SCHEMAS: Final = ("WorkItem", "WorkItemWithHistory")
WORK_ITEM: Final[Mapping[str, Any]] = MappingProxyType(
    {
        **{f"{schema}.{name}": value for schema in _ITEM_SCHEMAS for name, value in _ITEM.items()},
        "Subject.type": "appointment",
        "level": "administration",
    }
)
WORK_ITEM_RECORDS: Final[Mapping[str, str]] = MappingProxyType(
    {**dict.fromkeys(_ITEM_SCHEMAS, "item_id"), "Subject": "appointment_id"}
)
GROUP: Final[Mapping[str, Any]] = {
    **{f"{schema}.name": "Tuesday evening" for schema in ("Group", "GroupSummary")},
    **{f"{schema}.description": "Eight weeks, for adults." for schema in ("Group", "GroupSummary")},
    "GroupMember.name": "Ada Byron",
}

# A file of clients: its columns.
IMPORT: Final[Mapping[str, Any]] = {
    "column": "Shoe size",
    "ImportColumn.column": "Forenames",
    "ImportColumn.example": "Ada",
    "ImportColumn.fact": "given_name",
    "ImportColumn.reason": None,
}
