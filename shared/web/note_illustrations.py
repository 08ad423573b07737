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
        "NewNote.goals": ["3c6e0b8a9c15224a"],
        "NotePatch.goals": ["3c6e0b8a9c15224a"],
        "key": "3c6e0b8a9c15224a",
        "worked_on": 9,
        "sessions": 13,
        "risk": "none",
        "GoalProgress.description": "Feel calm on most days.",
        "TickedGoal.description": "Feel calm on most days.",
        "WordsWanted.words": "grounding",
    }
)
