"""A draft gets another format: nothing that was written is lost, and a signed note keeps its own."""

from __future__ import annotations

from itertools import permutations

import pytest

from services.clinical.notes.rules import SECTION_CHARACTERS_MAX, TEMPLATES, in_format
from services.clinical.tests.conftest import SOAP, Clinic
from shared.errors import Invalid

WRITTEN = {"subjective": "Sleeps badly.", "objective": "Tense.", "assessment": "Anxious.", "plan": "Weekly."}


@pytest.mark.parametrize(("before", "after"), list(permutations(TEMPLATES, 2)))
def test_every_word_is_there_in_the_other_format(before: str, after: str) -> None:
    content = {section: f"what {section} says" for section in TEMPLATES[before]}
    found = in_format(content, before, after)
    assert set(found) <= set(TEMPLATES[after])
    for section, text in content.items():
        assert [text] == [text for moved in found.values() if text in moved], section
        assert section not in found or found[section] == text


def test_what_only_the_old_format_has_stands_under_its_name() -> None:
    assert in_format(WRITTEN, "soap", "dap") == {
        "data": "Subjective: Sleeps badly.\n\nObjective: Tense.",
        "assessment": "Anxious.",
        "plan": "Weekly.",
    }
    assert in_format({"text": " As it came. "}, "narrative", "soap") == {"subjective": "As it came."}
    assert in_format({"subjective": " ", "plan": "p"}, "soap", "birp") == {"plan": "p"}
    assert in_format(WRITTEN, "soap", "soap") == WRITTEN


def test_what_does_not_fit_one_section_is_refused() -> None:
    half = "x" * (SECTION_CHARACTERS_MAX // 2)
    with pytest.raises(Invalid):
        in_format({"subjective": half, "objective": half}, "soap", "dap")


def test_a_draft_gets_another_format_and_is_written_on_in_it(clinic: Clinic) -> None:
    path = f"/notes/{clinic.note(clinic.book('2026-10-06T10:00')['id'], content=WRITTEN)['id']}"
    changed = clinic.therapist.patch(path, {"template": "dap", "content": {"plan": "Twice a week."}}).json
    assert (changed["template"], changed["content"]) == (
        "dap",
        {"data": "Subjective: Sleeps badly.\n\nObjective: Tense.", "assessment": "Anxious.", "plan": "Twice a week."},
    )
    again = clinic.therapist.patch(path, {"template": "dap"}).json
    assert again == changed, "the same format changes nothing"
    old = clinic.therapist.patch(path, {"content": {"subjective": "s"}})
    assert (old.status_code, old.json["errors"][0]["field"]) == (422, "content.subjective")
    both = clinic.therapist.patch(path, {"template": "soap", "content": {"data": "d"}})
    assert (both.status_code, both.json["errors"][0]["field"]) == (422, "content.data")
    assert clinic.therapist.get(path).json == changed
    assert clinic.therapist.patch(path, {"template": "poem"}).status_code == 422
    assert clinic.therapist.post(f"{path}/sign").json["template"] == "dap"
    assert clinic.therapist.patch(path, {"template": "soap"}).json["code"] == "note_signed"


def test_the_next_version_of_a_signed_note_keeps_the_format(clinic: Clinic) -> None:
    path = f"/notes/{clinic.note(clinic.book('2026-10-06T10:00')['id'])['id']}"
    clinic.therapist.post(f"{path}/sign")
    clinic.therapist.post(f"{path}/reopen", {"reason": "More was said."})
    refused = clinic.therapist.patch(path, {"template": "dap"})
    assert (refused.status_code, refused.json["code"]) == (409, "format_signed")
    kept = clinic.therapist.patch(path, {"template": "soap", "minutes": 51}).json
    assert (kept["template"], kept["content"], kept["minutes"]) == ("soap", SOAP, 51)
