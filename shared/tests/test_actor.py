"""Each kind of actor says what holds of it, and travels as the slugs that the previous release reads and writes."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import permissions
from shared.actor import Caller, Person, Program, ServiceActor
from shared.actor_slugs import caller_of, slugs_of
from shared.errors import Forbidden
from shared.permissions import Restriction, Setting

HERE, SOMEBODY, SESSION = UUID(int=1), UUID(int=2), UUID(int=3)

PEOPLE = st.builds(
    Person.of_member,
    st.just(HERE),
    st.just(SOMEBODY),
    st.frozensets(st.sampled_from(sorted(permissions.LEVELS))),
    st.frozensets(st.sampled_from([*permissions.GRANTS, "of_a_later_release"])),
    restricts_administration=st.booleans(),
    emergency_access=st.booleans(),
    session_id=st.just(SESSION),
)
ENROLLING = Person(HERE, SOMEBODY, restrictions=frozenset({Restriction.ENROLLING}), session_id=SESSION)
PROGRAMS = st.builds(
    Program, st.just(HERE), st.just(SOMEBODY), st.frozensets(st.sampled_from(sorted(permissions.ALL))), st.just(SESSION)
)


def person(*levels: str, grants: tuple[str, ...] = (), restricts: bool = False) -> Person:
    """A member of staff."""
    return Person.of_member(HERE, SOMEBODY, levels, grants, restricts_administration=restricts)


def test_what_is_stored_of_a_member_is_told_apart() -> None:
    found = Person.of_member(
        HERE,
        SOMEBODY,
        ["administration", "therapist"],
        ["assigned_only", "refunds"],
        restricts_administration=True,
        emergency_access=True,
    )
    assert found.grants == {"refunds"}
    assert found.restrictions == {Restriction.ASSIGNED_ONLY, Restriction.CASES_ASSIGNED}
    assert found.settings == {Setting.EMERGENCY_ACCESS}
    assert found.actor_id == SOMEBODY


def test_what_narrows_whom() -> None:
    narrowed = ("assigned_only",)
    assert person("therapist", grants=narrowed).sees_assigned_only
    assert person("therapist", "billing", grants=narrowed).sees_assigned_only
    assert not person("therapist", "administration", grants=narrowed).sees_assigned_only
    assert not person("billing", grants=narrowed).sees_assigned_only
    assert not person("therapist").sees_assigned_only
    assert person("administration").sees_all_cases
    assert not person("administration", restricts=True).sees_all_cases
    assert person("administration", "organization_administration", restricts=True).sees_all_cases
    assert not person("therapist", restricts=True).restrictions


def test_somebody_who_enrols_may_do_nothing_else() -> None:
    assert ENROLLING.permissions == permissions.ENROLLING_PERMISSIONS
    both = Person(HERE, SOMEBODY, frozenset({"administration"}), restrictions=frozenset({Restriction.ENROLLING}))
    assert both.permissions == permissions.ENROLLING_PERMISSIONS
    with pytest.raises(Forbidden):
        both.require("clients:read")


@given(PROGRAMS)
def test_a_program_may_what_it_was_given_and_programs_may(program: Program) -> None:
    assert program.permissions == program.scope & permissions.API_PERMISSIONS
    assert (program.actor_id, program.sees_all_cases) == (program.api_client_id, True)
    assert not (program.enrolling or program.sees_assigned_only or program.emergency_access)


def test_a_service_names_nobody() -> None:
    assert (ServiceActor(HERE).actor_id, ServiceActor(HERE).session_id) == (None, None)


@given(st.one_of(PEOPLE, PROGRAMS, st.just(ENROLLING)))
def test_a_caller_arrives_as_it_was_sent(caller: Caller) -> None:
    assert caller_of(HERE, SOMEBODY, *slugs_of(caller), SESSION) == caller


@pytest.mark.parametrize(
    ("levels", "grants", "caller"),
    [
        (["enrolling"], [], ENROLLING),
        (["api_client"], ["clients:read"], Program(HERE, SOMEBODY, frozenset({"clients:read"}), SESSION)),
        (
            ["administration", "default"],
            ["assigned_only", "cases_assigned", "emergency_access", "staff_assign"],
            Person(
                HERE,
                SOMEBODY,
                frozenset({"administration", "default"}),
                frozenset({"staff_assign"}),
                frozenset({Restriction.ASSIGNED_ONLY, Restriction.CASES_ASSIGNED}),
                frozenset({Setting.EMERGENCY_ACCESS}),
                SESSION,
            ),
        ),
    ],
)
def test_the_slugs_are_those_of_the_previous_release(levels: list[str], grants: list[str], caller: Caller) -> None:
    assert slugs_of(caller) == (levels, grants)
    assert caller_of(HERE, SOMEBODY, levels, grants, SESSION) == caller
