"""What the fields of a client's profile show in the document's examples."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

CLIENT: Final[Mapping[str, Any]] = MappingProxyType(
    {
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
        "Waiting.note": "A woman, if possible",
        "part_of_day": "evening",
        "Waiting.since": "2026-10-06",
        "tags": ["Sliding scale"],
        "tag": "Sliding scale",
        "channel": "phone",
        "Contact.value": "+12125550123",
        "NoConsentClient.value": "+12125550123",
        "NoConsentClient.consent": "refused",
        "Contact.label": "mobile",
        "consent": "given",
    }
)
