"""The formats of notes: what each is called, and what goes into its sections. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SECTION: Final = "content."
_PLAN: Final = ("plan", "Plan", "What happens next")
# Template -> what it is called, and its sections: slug, name, what goes in.
FORMATS: Final[Mapping[str, tuple[str, tuple[tuple[str, str, str], ...]]]] = {
    "soap": (
        "SOAP",
        (
            ("subjective", "Subjective", "What the client reports"),
            ("objective", "Objective", "What you observe"),
            ("assessment", "Assessment", "Your clinical view"),
            _PLAN,
        ),
    ),
    "dap": (
        "DAP",
        (
            ("data", "Data", "What was said and observed"),
            ("assessment", "Assessment", "Your clinical view"),
            _PLAN,
        ),
    ),
    "birp": (
        "BIRP",
        (
            ("behavior", "Behavior", "What the client shows"),
            ("intervention", "Intervention", "What you did"),
            ("response", "Response", "How the client took it"),
            _PLAN,
        ),
    ),
    "girp": (
        "GIRP",
        (
            ("goals", "Goals", "What you worked toward"),
            ("intervention", "Intervention", "What you did"),
            ("response", "Response", "How the client took it"),
            _PLAN,
        ),
    ),
    "narrative": ("Free text", (("text", "Note", "In your own words"),)),
}


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a note with its text."""

    slug: str
    name: str
    hint: str
    text: str


def sections_of(template: str, content: Mapping[str, str]) -> list[Section]:
    """The parts of a note in the order of its format."""
    return [Section(slug, name, hint, content.get(slug, "")) for slug, name, hint in FORMATS[template][1]]


def formats_but(template: str) -> list[tuple[str, str]]:
    """The other formats to choose from, by slug and name with the sections."""
    return [
        (slug, f"{name}: {', '.join(section for _, section, _ in sections)}" if len(sections) > 1 else name)
        for slug, (name, sections) in FORMATS.items()
        if slug != template
    ]
