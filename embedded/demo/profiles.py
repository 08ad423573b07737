"""What the clients' profiles of the demo hold: each part of a profile is on some of them, and on none all of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

_PRONOUNS: Final = ("she/her", "he/him", "they/them")
_LANGUAGES: Final = ("en", "es", "en", "en", "vi")
_REFERRED: Final = ("Dr. Sample, primary care", "A friend", "Website", "Insurance directory")
# Of single clients, by their number in the demo.
_OF: Final[Mapping[int, Mapping[str, Any]]] = MappingProxyType(
    {
        0: {"middle_name": "Q.", "preferred_name": "Janie", "former_names": ["Jane Standin"]},
        1: {"name_suffix": "Jr.", "gender_identity": "man", "sex": "male"},
        2: {
            "emergency_contacts": [
                {"name": "Anna Sample", "relationship": "sister", "phone": "+12025553901"},
                {"name": "Ben Sample", "phone": "+12025553902"},
            ]
        },
        3: {"former_names": ["Kari Eksempel"], "gender_identity": "non-binary"},
        8: {"client_type": "family", "language": "ar", "tags": ["Interpreter", "Sliding scale"]},
        9: {"tags": ["Sliding scale"]},
        11: {"client_type": "couple", "tags": ["Evenings"]},
    }
)
PROSPECTIVE: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "given_name": "Dina",
        "family_name": "Modell",
        "date_of_birth": "2011-04-09",
        "phone": "+12025551999",
        "status": "prospective",
        "referral_source": "School counselor",
        "waiting": {"weekdays": ["tuesday", "thursday"], "part_of_day": "afternoon", "note": "After school"},
    }
)


def payers(first: date) -> list[dict[str, Any]]:
    """The parents of `PROSPECTIVE`, who share what the child costs from that day on."""
    return [
        {
            "given_name": given_name,
            "family_name": "Modell",
            "email": f"{given_name.lower()}.modell@example.org",
            "share": {"kind": "percent", "percent": percent},
            "effective_from": first.isoformat(),
        }
        for given_name, percent in (("Nora", 60), ("Paul", 40))
    ]


def contacts(number: int, phone: str) -> list[dict[str, Any]]:
    """How a client is reached: all have a phone, some agreed to be called, some have a second one or an address."""
    first = {"channel": "phone", "value": phone, "label": "mobile", "consent": ("given", "not_asked")[number % 2]}
    work = {"channel": "phone", "value": f"+1202555{3000 + number:04d}", "label": "work", "consent": "refused"}
    mail = {"channel": "email", "value": f"client{number}@example.org", "consent": "given"}
    return [first, *([work] if number % 3 == 0 else []), *([mail] if number % 4 else [])]


def profile(number: int, intake: date) -> dict[str, Any]:
    """The fields of a client's profile beside name, birth date and phone. `intake`: the day on which they come."""
    common = {
        "intake_date": intake.isoformat(),
        "language": _LANGUAGES[number % len(_LANGUAGES)],
        "referral_source": _REFERRED[number % len(_REFERRED)],
    }
    pronouns = {"pronouns": _PRONOUNS[number % len(_PRONOUNS)]} if number % 4 else {}
    return {**common, **pronouns, **_OF.get(number, {})}
