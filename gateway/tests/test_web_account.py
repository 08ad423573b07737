"""What the pages of one's own account say: reasons, sessions, and addresses that lead nowhere else."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.web.account import permission_words, views
from gateway.web.account.proof import PROOF_INPUTS, refused_proof
from gateway.web.account.qr_code import qr_code_of
from gateway.web.forms import Form, body_of
from gateway.web.rendering import LEVEL_NAMES
from gateway.web.staff import access_view, api_client_view
from shared.permissions import ALL, API_PERMISSIONS, GRANTS, LEVELS, effective

NOW = datetime(2026, 11, 27, 15, tzinfo=UTC)


def me(levels: list[str], grants: list[str]) -> dict[str, Any]:
    return {"levels": levels, "grants": grants, "permissions": sorted(effective(levels, grants))}


def told(levels: list[str], grants: list[str]) -> list[tuple[str, str, str]]:
    areas = views.areas_of(me(levels, grants), LEVEL_NAMES)
    return [
        (area.name, words, permission.reason)
        for area in areas
        for permission in area.allowed
        for words in permission.actions
    ]


@pytest.mark.parametrize("level", LEVELS)
def test_every_permission_of_a_level_has_its_reason(level: str) -> None:
    shown = told([level], [])
    assert len(shown) == len(LEVELS[level])
    own = {f"Level {LEVEL_NAMES[level]}"} if level != "default" else set()
    assert {reason for _, _, reason in shown} == {views.EVERYBODY} | own


def test_a_grant_is_the_reason_for_what_no_level_gives() -> None:
    reason = "Grant “Books in spite of a conflict”"
    assert ("Appointments", "book in spite of a conflict", reason) in told(["default"], ["double_book"])


def test_seeing_comes_before_changing() -> None:
    words = [words for area, words, _ in told(["default"], []) if area == "Clients"]
    assert words == ["see", "add", "change"]


def test_every_permission_level_and_grant_has_words() -> None:
    assert permission_words.ACTIONS.keys() == ALL
    assert permission_words.AREAS.keys() == {permission.partition(":")[0] for permission in ALL}
    assert {grant for grant, adds in GRANTS.items() if adds} == permission_words.GRANTS.keys()
    assert LEVEL_NAMES.keys() == access_view.LEVELS.keys() == LEVELS.keys()
    assert access_view.FLAGS.keys() == GRANTS.keys()
    assert {slug for area in api_client_view.AREAS.values() for slug in area} == API_PERMISSIONS
    shown = [*permission_words.ACTIONS.values(), *permission_words.AREAS.values(), *LEVEL_NAMES.values()]
    assert [words for words in shown if not words.strip() or "_" in words or ":" in words] == []


def test_what_narrows_somebody_is_said() -> None:
    assert len(views.limits_on(me(["therapist"], ["assigned_only"]))) == 1
    assert views.limits_on(me(["therapist"], [])) == []


def test_the_present_session_comes_first_and_programs_are_told_from_browsers() -> None:
    session = {
        "created_at": "2026-11-27T14:00:00Z",
        "last_used_at": "2026-11-27T14:59:00Z",
        "network": "203.0.113.0/24",
        "factors": ["password", "totp"],
    }
    items = [
        {**session, "id": "a", "browser": False, "current": False},
        {**session, "id": "b", "browser": True, "current": True},
    ]
    rows = views.sessions_of(items, "America/New_York", NOW)
    assert [row.name for row in rows] == ["This browser", "Program"]
    assert "by password and authenticator app" in rows[0].words and "network 203.0.113.0/24" in rows[0].words
    assert "9:59" in rows[0].words


@pytest.mark.parametrize("text", ["javascript:alert(1)", "https://evil.test", "otpauth://hotp/x", ""])
def test_a_form_that_comes_back_makes_no_other_link(text: str) -> None:
    assert views.app_address(text) == ""


def test_a_wrong_proof_stands_beside_its_input() -> None:
    problem = {"code": "wrong_password", "detail": "The password is wrong.", "errors": []}
    assert refused_proof(Form(), problem, "current_password").errors == {"current_password": "The password is wrong."}
    assert refused_proof(Form(), {**problem, "code": "wrong_code"}).errors.keys() == {"totp_code"}
    assert refused_proof(Form(), {**problem, "code": "same_password"}).errors == {}
    assert body_of(Form(values={"totp_code": ("123456",)}), PROOF_INPUTS)[0] == {"totp_code": "123456"}


def test_landings_are_pages_that_somebody_may_open() -> None:
    pages = {"/home": "self:read", "/invoices": "invoices:read"}
    assert views.landings(pages, lambda permission: permission == "self:read", pages) == [("home", "Home")]


def test_a_secret_is_written_in_fours_and_a_colour_of_ones_own_stays() -> None:
    assert views.chunks("ABCDEFGHIJ") == "ABCD EFGH IJ"
    assert views.colours_with("#123456")[-1][0] == "#123456"


def test_a_qr_code_has_its_corners_and_its_quiet_zone() -> None:
    qr = qr_code_of("otpauth://totp/Caseload:ruth@example.org?secret=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567&issuer=Caseload")
    assert qr is not None
    dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", qr.path)}
    assert (qr.size - 8 - 17) % 4 == 0  # every version has 17 + 4n modules along a side
    finder = {(x, y) for x in range(7) for y in range(7) if max(abs(x - 3), abs(y - 3)) != 2}
    for left, top in ((4, 4), (qr.size - 11, 4), (4, qr.size - 11)):
        assert {(x - left, y - top) for x, y in dark if left <= x < left + 7 and top <= y < top + 7} == finder
    assert all(4 <= x < qr.size - 4 and 4 <= y < qr.size - 4 for x, y in dark)


@pytest.mark.parametrize("text", ["", "otpauth://totp/" + "x" * 600])
def test_what_cannot_be_scanned_has_no_qr_code(text: str) -> None:
    assert qr_code_of(text) is None
