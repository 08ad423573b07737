"""What the client lists of other programs look like: the headers that tell each apart, and what its own words mean.

Data, and a function over it. A list is recognized by its header alone, in any order; what no preset says is read by the
names that lists use in general.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.spreadsheets.headers import header_key, header_keys

MARKS_MIN: Final = 3  # headers of one program that a list has before it is taken for that program's


@dataclass(frozen=True, slots=True)
class Preset:
    """A program: its name, headers that hardly any other writes, and the facts of those that are not read in general.

    `marks` and `facts` are by the keys of headers.
    """

    name: str
    marks: frozenset[str]
    facts: Mapping[str, str]


def _preset(name: str, marks: Sequence[str], facts: Mapping[str, str]) -> Preset:
    return Preset(
        name,
        frozenset(map(header_key, (*marks, *facts))),
        {header_key(header): fact for header, fact in facts.items()},
    )


PRESETS: Final[Mapping[str, Preset]] = {
    "simplepractice": _preset(
        "SimplePractice",
        ("legal first name", "legal last name", "primary clinician", "billing type", "client status", "date added"),
        {
            "what name do they go by": "preferred_name",
            "name they go by": "preferred_name",
            "administrative sex on file": "sex",
            "mobile phone number 1": "mobile_phone",
            "email address 1": "email",
            "client balance due": "opening_balance",
        },
    ),
    "therapynotes": _preset(
        "TherapyNotes",
        ("patient account number", "patient account", "patient name", "patient status", "patient balance", "last seen"),
        {
            "assigned clinicians": "therapist",
            "primary assigned clinician": "therapist",
            "patient preferred name": "preferred_name",
            "patient mobile phone": "mobile_phone",
            "patient home phone": "home_phone",
            "patient work phone": "work_phone",
            "patient since": "intake_date",
            "patient amount due": "opening_balance",
        },
    ),
    "theranest": _preset(
        "TheraNest",
        ("client id number", "default service type", "intake date", "birthdate", "default location"),
        {
            "assigned staff": "therapist",
            "assigned staff members": "therapist",
            "assigned therapist name": "therapist",
            "legal gender": "sex",
            "client mobile phone number": "mobile_phone",
            "client full name": "full_name",
            "outstanding client balance": "opening_balance",
        },
    ),
}


def recognized(header: Sequence[str]) -> str | None:
    """The slug of the program whose list has this header; None where it fits none, or two alike."""
    keys = {key for cell in header for key in header_keys(cell)}
    fits = sorted((len(preset.marks & keys), slug) for slug, preset in PRESETS.items())
    (second, _), (most, slug) = fits[-2:]
    return slug if most >= MARKS_MIN and most > second else None
