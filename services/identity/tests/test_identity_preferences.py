"""Preferences: one's own, complete, and nothing else."""

from __future__ import annotations

import pytest

from shared.ids import new_id

USUAL = {
    "theme": "system",
    "single_keys": True,
    "landing": "home",
    "week_start": "sunday",
    "setup_hidden": False,
    "setup_completed_on": None,
    "agenda_view": "day",
    "agenda_staff": None,
    "agenda_colours": "person",
    "agenda_initials": True,
}
CHOSEN = {
    "theme": "dark",
    "single_keys": False,
    "landing": "clients",
    "week_start": "monday",
    "setup_hidden": True,
    "setup_completed_on": "2026-11-28",
    "agenda_view": "month",
    "agenda_staff": [],
    "agenda_colours": "service",
    "agenda_initials": False,
}


def preferences(web):
    return web.get("/me").json["preferences"]


def test_somebody_who_chose_nothing_gets_the_usual(practice):
    assert preferences(practice.owner.web) == USUAL
    assert preferences(practice.member("therapist").web) == {**USUAL, "agenda_view": "week"}
    assert preferences(practice.member("default").web) == {**USUAL, "landing": "agenda"}


def test_what_is_left_out_stays(practice):
    web = practice.owner.web
    first = web.patch("/me/preferences", {"theme": "dark"})
    assert (first.status_code, first.json) == (200, {**USUAL, "theme": "dark"})
    assert web.patch("/me/preferences", {"week_start": "monday"}).json == {**first.json, "week_start": "monday"}
    assert web.patch("/me/preferences", {}).json == {**first.json, "week_start": "monday"}
    assert web.patch("/me/preferences", CHOSEN).json == CHOSEN == preferences(web)


def test_they_are_ones_own_and_no_news_to_anybody(practice, database):
    """No other member's change, no new version, no event; what colleagues see of one another does not show them."""
    colleague = practice.member("default")
    before = practice.owner.web.get(colleague.path).json
    published = "SELECT count(*) FROM outbox WHERE organization_id = %s"
    count = database.rows(published, practice.id)
    assert colleague.web.patch("/me/preferences", CHOSEN).status_code == 200
    assert preferences(practice.owner.web) == USUAL
    assert practice.owner.web.get(colleague.path).json == before and "preferences" not in before
    assert database.rows(published, practice.id) == count


@pytest.mark.parametrize(
    "wrong",
    [
        {"theme": "blue"},
        {"theme": None},
        {"single_keys": "yes"},
        {"landing": "https://elsewhere.test"},
        {"landing": "reports"},
        {"week_start": "friday"},
        {"setup_hidden": []},
        {"agenda_view": "year"},
        {"agenda_colours": None},
        {"agenda_initials": "no"},
        {"setup_completed_on": "soon"},
        {"agenda_staff": ["019a2090-7c11-7000-8000-5d2f0a9b3e46"] * 9},
        {"notes": "anything"},
    ],
)
def test_what_nobody_can_choose_is_refused_by_field(practice, wrong):
    response = practice.owner.web.patch("/me/preferences", wrong)
    assert (response.status_code, response.json["errors"][0]["field"]) == (422, next(iter(wrong)))
    assert preferences(practice.owner.web) == USUAL


@pytest.mark.abuse("A-TEN-agenda-staff")
def test_whose_agenda_is_chosen_is_staff_of_the_practice(practice, new_practice):
    """An id of another practice reads as one that nobody has; who has left may still be looked at."""
    web, colleague = practice.owner.web, practice.member("therapist")
    ours = [str(practice.owner.id), str(colleague.id)]
    answers = []
    for stranger in (new_practice().owner.id, new_id()):
        refused = web.patch("/me/preferences", {"agenda_staff": [*ours, str(stranger)]})
        assert refused.status_code == 422
        answers.append({name: value for name, value in refused.json.items() if name != "request_id"})
    assert answers[0] == answers[1] and answers[0]["errors"][0]["field"] == "agenda_staff.2"
    assert preferences(web) == USUAL
    assert web.patch("/me/preferences", {"agenda_staff": ours}).json["agenda_staff"] == ours
    assert web.post(f"{colleague.path}/deactivate", {}).status_code == 200
    assert web.patch("/me/preferences", {"agenda_staff": ours[1:]}).json["agenda_staff"] == ours[1:]


def test_more_than_eight_kilobytes_are_refused(practice):
    assert practice.owner.web.patch("/me/preferences", {"theme": "x" * 9_000}).status_code == 413


def test_a_program_and_somebody_who_is_enrolling_choose_nothing(practice):
    assert practice.owner.web.as_program("clients:read").patch("/me/preferences", CHOSEN).status_code == 403
    practice.owner.web.patch("/organization", {"requires_second_factor": True})
    enrolling = practice.session_of(practice.sign_in(practice.owner).json["access_token"])
    assert enrolling.patch("/me/preferences", CHOSEN).status_code == 403
    assert preferences(enrolling) == USUAL
