"""What is copied from the last note, and what an amendment changes nothing about."""

from __future__ import annotations

from typing import Any

from gateway.web.documentation.billed import GIVEN, bills_alike
from gateway.web.documentation.formats import sections_of
from gateway.web.documentation.forward import MARK, copied, marked
from gateway.web.documentation.views import history_of
from services.clinical.notes.rules import ServiceGiven
from shared import clock

DAY = MARK.format(day="Mon, Nov 23, 2026")


def test_a_section_goes_into_the_one_of_its_name_below_what_was_written() -> None:
    last = sections_of(
        "soap", {"subjective": "Slept badly.", "objective": "", "assessment": "Calmer.", "plan": "Walks."}
    )
    draft = sections_of("soap", {"subjective": "", "objective": "", "assessment": "Tense.", "plan": " "})
    assert copied(last, draft, DAY) == {
        "subjective": f"{DAY}\nSlept badly.",
        "assessment": f"Tense.\n\n{DAY}\nCalmer.",
        "plan": f"{DAY}\nWalks.",
    }


def test_what_another_format_has_no_section_for_goes_into_the_first() -> None:
    last = sections_of("soap", {"subjective": "Slept badly.", "objective": "Pale.", "plan": "Walks."})
    draft = sections_of("birp", {})
    assert copied(last, draft, DAY) == {
        "behavior": f"{DAY}\nSubjective: Slept badly.\n\nObjective: Pale.",
        "plan": f"{DAY}\nWalks.",
    }
    assert copied(sections_of("soap", {}), draft, DAY) == {}


def test_a_mark_is_found_until_its_line_is_gone() -> None:
    note = {"template": "soap", "content": {"subjective": f"Well.\n\n{DAY}\nSlept badly.", "plan": "[Copied] from him"}}
    assert marked(note) == ["Subjective"]
    assert marked({"template": "soap", "content": {"subjective": "Well.\n\nSlept badly."}}) == []


def version(number: int, **changes: Any) -> dict[str, Any]:
    return {
        **dict.fromkeys(GIVEN),
        "minutes": 55,
        "number": number,
        "signed_at": f"2026-11-2{number}T15:00:00Z",
        "signed_by_name": "Maya Okafor",
        "signed_by_credentials": [],
        "countersigned_at": None,
        "reason": "A word." if number > 1 else None,
        **changes,
    }


def test_an_amendment_of_the_text_alone_says_that_nothing_billed_changes() -> None:
    assert set(GIVEN) == set(ServiceGiven.__dataclass_fields__), "what billing is told anew"
    versions = [version(1), version(2), version(3, minutes=58)]
    assert bills_alike(*versions[:2]) and not bills_alike(*versions[1:])
    note = {
        "created_at": "2026-11-20T15:00:00Z",
        "drafted_by": None,
        "author_id": "a",
        "reviews": [],
        "addenda": [],
        "versions": versions,
    }
    assert [past.title for past in history_of(note, {}, "America/New_York", clock.now())] == [
        "Version 3 signed",
        "Version 2 signed, no effect on what is billed",
        "Signed and locked",
        "Draft begun",
    ]
