"""What the fields of notes show in the document's examples."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

NOTES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "content": {
            "subjective": "Slept better this week.",
            "objective": "Calm, oriented.",
            "assessment": "Fewer panic attacks.",
            "plan": "Continue weekly.",
        },
        "addenda": [],
        "reviews": [],
        "Note.status": "signed",
        "NoteHead.status": "signed",
        "NoteLine.status": "signed",
        "NoteLine.line": "Slept better this week.",
        "NoteLine.addenda": 1,
        "WordsWanted.words": "grounding",
    }
)
