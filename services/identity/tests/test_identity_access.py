"""Levels and grants: tried before they are given, kept as they were, never more than the giver holds.

ROUNDS multiplies how many lives the lattice of grants has (`make soak`: many).
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from services.identity.access.rules import Access, gained, lost
from services.identity.tests.people import Person, Practice, fresh_email
from shared import permissions
from shared.testing.web import ServiceClient

ROUNDS = int(os.environ.get("ROUNDS", "1"))
LEVELS = list(permissions.LEVELS)
GRANTS = list(permissions.GRANTS)
some_levels = st.lists(st.sampled_from(LEVELS), max_size=2)
some_grants = st.lists(st.sampled_from(GRANTS), max_size=2)


def test_a_change_is_seen_before_it_is_saved(practice):
    clerk = practice.member("default")
    tried = practice.owner.web.post(
        f"{clerk.path}/access-preview", {"levels": ["billing"], "grants": ["refunds", "assigned_only"]}
    ).json
    assert "ledger:read" in tried["gained"] and "payments:refund" in tried["gained"] and tried["lost"] == []
    assert tried["ineffective_grants"] == ["assigned_only"] and tried["refusal"] is None
    assert practice.owner.web.get(clerk.path).json["levels"] == ["default"]  # nothing was saved

    saved = practice.owner.web.patch(clerk.path, {"levels": ["billing"], "grants": ["refunds", "assigned_only"]})
    assert saved.json["ineffective_grants"] == ["assigned_only"], "the answer says it too"
    back = practice.owner.web.post(f"{clerk.path}/access-preview", {"levels": []}).json
    assert set(back["lost"]) == set(tried["gained"])
    new = practice.owner.web.post("/access-preview", {"levels": ["therapist"]}).json
    assert set(new["permissions"]) == permissions.effective(["therapist"], [])


@pytest.mark.parametrize("levels", [["billing"], ["administration"], ["therapist", "administration"], ["therapist"]])
def test_each_way_of_giving_grants_says_which_mean_nothing(practice, levels):
    """Adding somebody, changing them, a table of people, the preview; and who reads them afterwards."""
    body = {
        "given_name": "N",
        "family_name": "N",
        "email": fresh_email(),
        "levels": levels,
        "grants": ["assigned_only"],
    }
    added = practice.owner.web.post("/staff", body).json
    nothing = [] if levels == ["therapist"] else ["assigned_only"]
    assert added["ineffective_grants"] == nothing
    path = f"/staff/{added['id']}"
    assert practice.owner.web.get(path).json["ineffective_grants"] == nothing
    assert practice.owner.web.patch(path, {"grants": ["assigned_only"]}).json["ineffective_grants"] == nothing
    tried = practice.owner.web.post("/access-preview", {"levels": levels, "grants": ["assigned_only"]}).json
    assert tried["ineffective_grants"] == nothing
    table = f"first name;surname;e-mail;role;grants\nN;N;{fresh_email()};{' + '.join(levels)};assigned only\n"
    checked = practice.owner.web.upload("POST", "/staff/import", table.encode(), {"dry_run": "true"}).json
    assert checked["rows"][0]["ineffective_grants"] == nothing, checked


@pytest.mark.parametrize(
    ("levels", "grants", "scopes"),
    [
        (["billing"], ["assigned_only"], ("all", "none")),
        (["therapist"], [], ("all", "assigned")),
        (["therapist"], ["assigned_only"], ("assigned", "assigned")),
        (["administration"], ["assigned_only"], ("all", "all")),
    ],
)
def test_a_preview_tells_whose_records_are_reached(practice, levels, grants, scopes):
    tried = practice.owner.web.post("/access-preview", {"levels": levels, "grants": grants}).json
    assert (tried["client_scope"], tried["case_scope"]) == scopes


@given(some_levels, some_grants)
def test_who_is_narrowed_or_told_that_it_has_no_effect(levels, grants):
    """`assigned_only` beside a level that it does not narrow: every client is open, which nobody may miss."""
    access = Access.of(levels, [*grants, "assigned_only"])
    assert ("assigned_only" in access.ineffective_grants) == (access.client_scope == "all")


def test_a_preview_knows_that_administration_sees_its_own_cases_only(practice):
    practice.owner.web.patch("/organization", {"restricts_administration": True})
    tried = practice.owner.web.post("/access-preview", {"levels": ["administration"]}).json
    assert (tried["client_scope"], tried["case_scope"]) == ("all", "assigned")


@pytest.mark.parametrize(
    ("who", "levels", "code"),
    [
        ("administration", ["administration"], "more_than_own"),
        ("organization_administration", ["organization_administration"], None),
    ],
)
def test_a_preview_tells_the_refusal_that_saving_would_meet(practice, who, levels, code):
    clerk = practice.member("default")
    manager = practice.member(who)
    tried = manager.web.post(f"{clerk.path}/access-preview", {"levels": levels})
    assert tried.status_code == 200
    assert (tried.json["refusal"] or {}).get("code") == code
    saved = manager.web.patch(clerk.path, {"levels": levels})
    assert saved.json.get("code") == code
    own = manager.web.post(f"{manager.path}/access-preview", {"levels": []}).json
    assert own["refusal"]["code"] == "own_permissions"


def test_every_change_of_access_stays_on_record(practice):
    clerk = practice.member("default")
    practice.owner.web.patch(clerk.path, {"levels": ["therapist"], "grants": ["double_book"]})
    practice.owner.web.patch(clerk.path, {"job_title": "Clerk"})  # no change of access
    practice.owner.web.post(f"{clerk.path}/deactivate", {"reason": "left for another town"})
    newest, changed, joined = practice.owner.web.get(f"{clerk.path}/access-history").json["items"]
    assert (newest["active_before"], newest["active_after"]) == (True, False)
    assert newest["reason"] == "left for another town"
    assert (changed["levels_before"], changed["levels_after"]) == (["default"], ["default", "therapist"])
    assert (changed["grants_before"], changed["grants_after"]) == ([], ["double_book"])
    assert {UUID(version["changed_by"]) for version in (newest, changed, joined)} == {practice.owner.id}
    assert practice.owner.web.get(f"{practice.owner.path}/access-history").json["items"][0]["changed_by"] is None


@pytest.mark.abuse("A-IDOR-history")
def test_the_history_is_for_whoever_manages_staff_and_for_the_person(practice, new_practice):
    clerk, colleague = practice.member("default"), practice.member("therapist")
    assert len(clerk.web.get(f"{clerk.path}/access-history").json["items"]) == 1
    assert colleague.web.get(f"{clerk.path}/access-history").status_code == 403
    assert new_practice().owner.web.get(f"{clerk.path}/access-history").status_code == 404


def test_reactivation_brings_levels_back_and_sessions_not(practice):
    clerk = practice.member("billing", grants=["refunds"])
    token = practice.sign_in(clerk).json["access_token"]
    deactivated = practice.owner.web.post(f"{clerk.path}/deactivate", {})
    assert deactivated.json["active"] is False
    assert practice.owner.web.post(f"{clerk.path}/deactivate", {}).json["code"] == "already_so"
    assert practice.resolve(token).status_code == 401 and practice.sign_in(clerk).status_code == 401
    back = practice.owner.web.post(f"{clerk.path}/reactivate", {"reason": "came back"}).json
    assert (back["levels"], back["grants"]) == (["billing", "default"], ["refunds"])
    assert practice.resolve(token).status_code == 401  # the earlier session stays dead
    assert practice.sign_in(clerk).status_code == 201
    assert practice.owner.web.post(f"{clerk.path}/reactivate", {}).json["code"] == "already_so"


@pytest.mark.abuse("A-ROLE-last-admin-race")
def test_fifty_pairs_of_demotions_at_once_never_leave_nobody(practice):
    first, second = practice.owner, practice.member("organization_administration")
    for _ in range(50):
        pairs = ((first, second), (second, first))
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda pair: pair[0].web.patch(pair[1].path, {"levels": ["default"]}), pairs))
        left = [
            person
            for person in (first, second)
            if "organization_administration" in person.web.get(person.path).json["levels"]
        ]
        assert len(left) >= 1, [response.json for response in answers]
        for person in (first, second):
            if person not in left:
                raised = left[0].web.patch(person.path, {"levels": ["organization_administration"]})
                assert raised.status_code == 200, raised.json


@given(some_levels, some_grants, some_levels, some_grants, st.booleans())
def test_what_a_change_adds_and_takes_away_is_all_that_changes(levels, grants, other_levels, other_grants, active):
    before, after = Access.of(levels, grants), Access.of(other_levels, other_grants, active)
    assert (before.permissions | gained(before, after)) - lost(before, after) == after.permissions
    assert not gained(before, after) & before.permissions and lost(before, after) <= before.permissions
    for grant in before.ineffective_grants:
        rest = [other for other in before.grants if other != grant]
        assert permissions.effective(before.levels, rest) == before.permissions


class Lattice(RuleBasedStateMachine):
    """Whatever a few colleagues try with each other's access, nobody comes to more than somebody could give."""

    practice: Practice

    def __init__(self) -> None:
        super().__init__()
        made = Practice(type(self).public)
        self.practice = made
        self.people: list[Person] = [
            made.owner,
            made.member("organization_administration"),
            made.member("administration"),
            made.member("therapist"),
        ]
        self.changes = dict.fromkeys((person.id for person in self.people), 1)
        self.access = {person.id: self._shown(person) for person in self.people}

    public: ServiceClient

    def _shown(self, person: Person) -> Access:
        shown = person.web.get(person.path).json
        return Access.of(shown["levels"], shown["grants"], shown["active"])

    def _as_now(self, person: Person) -> ServiceClient:
        """The person with the levels that they have by now, as the gateway would say."""
        access = self.access[person.id]
        return person.web.as_actor(
            *access.levels, organization_id=self.practice.id, staff_id=person.id, grants=access.grants
        )

    @rule(
        who=st.integers(0, 3),
        whom=st.integers(0, 3),
        change=st.one_of(
            st.fixed_dictionaries({"levels": some_levels}),
            st.fixed_dictionaries({"grants": some_grants}),
            st.fixed_dictionaries({"active": st.booleans()}),
            st.fixed_dictionaries({"levels": some_levels, "grants": some_grants}),
        ),
    )
    def change(self, who: int, whom: int, change: dict[str, object]) -> None:
        giver, taker = self.people[who], self.people[whom]
        if not self.access[giver.id].active:
            return  # cannot sign in
        before = self.access[taker.id]
        response = self._as_now(giver).patch(taker.path, change)
        after = self.access[taker.id] = self._shown(taker)
        if response.status_code != 200:
            assert after == before, "a refusal changed something"
            return
        if after != before:
            self.changes[taker.id] += 1
            assert giver.id != taker.id, "somebody changed their own access"
            assert gained(before, after) <= self.access[giver.id].permissions, "more than the giver holds"
            assert {"administration", "organization_administration"} & set(self.access[giver.id].levels)
            if "organization_administration" not in self.access[giver.id].levels:
                assert not {"administration", "organization_administration"} & {*before.levels, *after.levels}

    @invariant()
    def somebody_holds_organization_administration(self) -> None:
        assert any("organization_administration" in a.levels and a.active for a in self.access.values())

    def teardown(self) -> None:
        owner = next(p for p in self.people if "organization_administration" in self.access[p.id].levels)
        for person in self.people:
            history = self._as_now(owner).get(f"{person.path}/access-history", limit=200).json["items"]
            assert len(history) == self.changes[person.id]
            shown = self.access[person.id]
            assert (history[0]["levels_after"], history[0]["grants_after"]) == (list(shown.levels), list(shown.grants))


@pytest.mark.abuse("A-ROLE-lattice")
@pytest.mark.timeout(120 * (ROUNDS + 1))
def test_the_lattice_of_grants(public):
    Lattice.public = public
    run_state_machine_as_test(
        Lattice,
        settings=settings(
            max_examples=10 * ROUNDS, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
