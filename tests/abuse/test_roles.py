"""Abuse cases A-ROLE: coming to more than one was given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from embedded.stack import Stack
from shared import permissions
from shared.actor import Person
from shared.ids import new_id
from shared.testing.waiting import wait_until
from tests.practice import Practice
from tests.running import rows

OWNER = "organization_administration"
EVERYBODY = ("owner", "manager", "therapist", "biller", "desk")
REASON = {"reason": "The client is in a crisis and called us."}


def staff(practice: Practice, name: str) -> str:
    """Where somebody is found."""
    return f"/staff/{practice.staff_ids[name]}"


def somebody(practice: Practice, **facts: Any) -> dict[str, Any]:
    """The body that invites somebody new."""
    email = practice.email(f"new{next(practice_numbers)}")
    return {"given_name": "N", "family_name": "N", "email": email, "levels": ["default"], **facts}


practice_numbers = iter(range(10_000))


def all_access(stack: Stack) -> list[tuple[object, ...]]:
    """Everybody's access, in every practice."""
    statement = "SELECT id, organization_id, levels, grants, active, password_hash FROM staff ORDER BY id"
    return rows(stack, "identity", statement)


@pytest.mark.abuse("A-ROLE-grant-across")
@pytest.mark.parametrize("name", ["owner", "manager"])
def test_nobody_touches_the_staff_of_another_practice(
    besieged: Stack, home: Practice, away: Practice, name: str
) -> None:
    before = all_access(besieged)
    asker = home.people[name]
    for victim in EVERYBODY:
        path = staff(away, victim)
        for change in ({"levels": [OWNER]}, {"grants": ["refunds"]}, {"active": False}, {"email": "x@example.test"}):
            asker.patch(path, change, expect=404)
        asker.post(f"{path}/deactivate", {}, expect=404)
        asker.post(f"{path}/reactivate", {}, expect=404)
        asker.post(f"{path}/invitation", expect=404)
        asker.post(f"{path}/access-preview", {"levels": [OWNER]}, expect=404)
        asker.delete(f"{path}/second-factors", expect=404 if name == "owner" else 403)
    assert all_access(besieged) == before


FORBIDDEN_FIELDS: dict[str, Any] = {
    "A-ROLE-mass-assign-role": {"role": OWNER, "roles": [OWNER], "level": OWNER, "permissions": ["audit:export"]},
    "A-ROLE-mass-assign-organization": {"organization_id": None, "organization": {"id": None}, "tenant": "x"},
    "A-ROLE-mass-assign-active": {"is_active": True, "joined": True, "signed_out_at": None, "is_admin": True},
    "A-ROLE-mass-assign-version": {"version": 1, "id": None, "created_at": "2026-01-01T00:00:00Z"},
    "A-ROLE-mass-assign-password": {"password_hash": "x", "password": "heron lantern quarry 41", "email_key": "x"},
}


@pytest.mark.abuse(*FORBIDDEN_FIELDS)
@pytest.mark.parametrize("name", FORBIDDEN_FIELDS)
def test_a_field_that_is_nobodys_to_send_is_refused(besieged: Stack, home: Practice, away: Practice, name: str) -> None:
    before = all_access(besieged)
    nobody = type(home.owner)(home.url)
    for field, value in FORBIDDEN_FIELDS[name].items():
        smuggled = {field: value if value is not None else away.organization_id}
        sent: list[tuple[Callable[..., Any], str, dict[str, Any]]] = [
            (home.owner.post, "/staff", somebody(home, **smuggled)),
            (home.owner.patch, staff(home, "desk"), smuggled),
            (home.people["desk"].patch, "/me", smuggled),
            (home.owner.patch, "/organization", smuggled),
            (nobody.post, "/invitations/accept", {"token": "x" * 60, "password": "heron lantern 41", **smuggled}),
        ]
        for send, path, body in sent:
            if path == "/invitations/accept" and field == "password":
                continue
            refused = send(path, body, expect=422)
            assert {(error["field"], error["code"]) for error in refused["errors"]} == {(field, "unknown")}, path
    assert all_access(besieged) == before


@pytest.mark.abuse("A-ROLE-invite-higher")
def test_nobody_lifts_themselves_over_an_invitation(besieged: Stack, home: Practice) -> None:
    """A second account of one's own with more in it is the way round "nobody changes their own"."""
    before = all_access(besieged)
    for name, response in {"manager": "more_than_own", "therapist": "forbidden", "biller": "forbidden"}.items():
        for levels in ([OWNER], ["administration"], ["default", "administration"], ["therapist", OWNER]):
            refused = home.people[name].post("/staff", somebody(home, levels=levels), expect=403)
            assert refused["code"] == response, (name, levels)
    assert all_access(besieged) == before
    home.owner.post("/staff", somebody(home, levels=[OWNER, "sudo"]), expect=422)


@pytest.mark.abuse("A-ROLE-combined-levels")
def test_two_levels_are_their_sum_and_no_more(home: Practice) -> None:
    both = home.add("both", "therapist", "billing")
    held = set(both.get("/me")["permissions"])
    assert held == permissions.LEVELS["therapist"] | permissions.LEVELS["billing"]
    assert not held & {"staff:update", "audit:read", "payments:refund", "assignments:change", "break_glass:review"}
    both.patch(staff(home, "desk"), {"levels": ["billing"]}, expect=403)
    both.get("/audit/entries", expect=403)
    ineffective = home.add("refunder", "therapist", grants=["refunds"])
    assert "payments:refund" not in ineffective.get("/me")["permissions"]


@pytest.mark.abuse("A-ROLE-narrowing-wins")
def test_what_narrows_is_not_widened_by_anything_besides(home: Practice) -> None:
    """Billing and every grant together open no client to a therapist who sees assigned clients only."""
    client_id, case_id = home.new_client()
    others = sorted(set(permissions.GRANTS) - {"assigned_only"})
    narrowed = home.add("narrowed", "therapist", "billing", grants=["assigned_only", *others])
    for path in ("/clients/{}", "/clients/{}/ledger", "/clients/{}/staff"):
        narrowed.get(path.format(client_id), expect=404)
    narrowed.get(f"/cases/{case_id}", expect=404)
    assert narrowed.get("/clients")["items"] == []
    assert narrowed.post("/clients/search", {"query": "ada"}, expect=200)["items"] == []
    assert narrowed.get("/agenda", **{"from": "2026-10-05", "to": "2026-10-11"})["items"] == []
    for levels in (("therapist",), ("therapist", "billing"), ("therapist", "default")):
        for extra in others:
            assert Person.of_member(new_id(), new_id(), levels, ["assigned_only", extra]).sees_assigned_only
    assigns = {"PUT": f"/clients/{client_id}/staff/{home.staff_ids['narrowed']}"}
    for method, path in assigns.items():  # the grant to assign is no key to a client that one may not know of
        assert narrowed.call(method, path).status_code == 404


@pytest.mark.abuse("A-ROLE-break-glass-reach")
def test_emergency_access_reaches_one_record_and_no_further(home: Practice, away: Practice) -> None:
    home.owner.patch("/organization", {"break_glass_enabled": True})
    away.owner.patch("/organization", {"break_glass_enabled": True})
    (first, first_case), (second, second_case) = home.new_client(), home.new_client(given_name="Bea")
    foreign, _ = away.new_client()
    curious = home.add("curious", "therapist")

    def opened() -> bool:
        return curious.call("POST", f"/clients/{first}/break-glass", json=REASON).status_code == 201

    wait_until(opened, 20, "the setting in clinical")
    curious.get(f"/cases/{first_case}")
    curious.get(f"/cases/{second_case}", expect=404)
    assert curious.post(f"/clients/{second}/break-glass", REASON, expect=409)["code"] == "one_at_a_time"
    curious.post(f"/clients/{foreign}/break-glass", REASON, expect=404)
    for name in ("desk", "biller"):
        home.people[name].post(f"/clients/{first}/break-glass", REASON, expect=403)
    (opening,) = curious.get("/break-glass")["items"]
    path = f"/break-glass/{opening['id']}"
    away.owner.get(path, expect=404)
    assert curious.post(f"{path}/review", {"outcome": "justified", "comment": "It was me."}, expect=403)
    curious.patch(f"/cases/{first_case}", {"name": "Mine"}, expect=404)
    # Losing the level ends it, whatever time is left.
    home.owner.patch(staff(home, "curious"), {"levels": ["default"]})
    wait_until(lambda: curious.call("GET", f"/cases/{first_case}").status_code == 403, 5, "the end")
