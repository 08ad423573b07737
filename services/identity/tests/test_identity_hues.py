"""The colour in which people are shown: their own, or one that differs from their colleagues'."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from services.identity.staff.hues import HUES, least_used, nearest
from services.identity.tests.people import new_member


def hues(practice):
    """By id, as a colleague sees them."""
    return {member["id"]: member["hue"] for member in practice.member("default").web.get("/staff").json["items"]}


def hue_of(person):
    return person.web.get("/me").json["staff"]["hue"]


def test_people_differ_as_long_as_the_colours_last(practice):
    people = [practice.owner, *(practice.invite("therapist") for _ in range(7))]
    assert [practice.owner.web.get(person.path).json["hue"] for person in people] == list(HUES)
    assert hues(practice)[str(people[3].id)] == "c4"
    assert hue_of(practice.member("default")) == "c2"  # the tenth; the ninth, who looked, has the first again


def test_who_chooses_a_colour_is_shown_in_the_nearest_and_a_colleague_gives_way(practice):
    first, second = practice.member("default"), practice.member("default")
    assert [hue_of(person) for person in (practice.owner, first, second)] == ["c1", "c2", "c3"]
    assert second.web.patch("/me", {"colour": "#7050C8"}).json["hue"] == "c2"
    assert [hue_of(person) for person in (practice.owner, first, second)] == ["c1", "c3", "c2"]
    version = practice.owner.web.get(first.path).json["version"]
    assert first.web.patch("/me", {"colour": "#6d4fc0"}).json["hue"] == "c2"  # both chose it: both have it
    assert hue_of(second) == "c2" and practice.owner.web.get(first.path).json["version"] == version + 1
    assert second.web.patch("/me", {"colour": None}).json["hue"] == "c3"
    assert first.web.patch("/me", {"colour": None}).json["hue"] == "c2"  # nobody else has it: it stays
    assert practice.owner.web.patch(first.path, {"colour": HUES["c8"]}).json["hue"] == "c8"


def test_somebody_invited_with_a_colour_has_it_and_the_place_of_who_left_is_free(practice):
    given = practice.owner.web.post("/staff", new_member("default", colour=HUES["c5"])).json
    assert given["hue"] == "c5"
    left = practice.member("default")
    assert hue_of(left) == "c2"
    assert practice.owner.web.patch(left.path, {"active": False}).status_code == 200
    assert practice.owner.web.post("/staff", new_member("default")).json["hue"] == "c2"


def test_people_who_are_invited_at_once_differ(practice):
    with ThreadPoolExecutor(4) as at_once:
        made = list(at_once.map(lambda _: practice.owner.web.post("/staff", new_member("default")).json, range(4)))
    assert sorted(member["hue"] for member in made) == ["c2", "c3", "c4", "c5"]


def test_two_who_choose_each_others_colours_at_once_both_get_them(practice):
    pair = [practice.member("default") for _ in range(2)]
    for wanted in (["c3", "c2"], ["c2", "c3"], ["c3", "c2"]):
        with ThreadPoolExecutor(2) as at_once:
            changes = zip(pair, wanted, strict=True)
            shown = at_once.map(lambda change: change[0].web.patch("/me", {"colour": HUES[change[1]]}), changes)
            assert [response.json["hue"] for response in shown] == wanted
        for person in pair:
            assert person.web.patch("/me", {"colour": None}).status_code == 200


@pytest.mark.parametrize(("colour", "hue"), [("#12807A", "c1"), ("#b91c1c", "c4"), ("#808080", "c8")])
def test_the_nearest_of_the_eight(colour, hue):
    assert nearest(colour) == hue


def test_the_least_used_is_the_first_of_those_that_the_fewest_have():
    assert least_used([]) == "c1"
    assert least_used(["c1", "c1", "c2"]) == "c3"
    assert least_used([*HUES, "c1", "c2"]) == "c3"
