"""What the pages of one's own account show: reasons for permissions, sessions, second factors. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.web.account.permission_words import ACTIONS, AREAS, GRANTS, USUAL
from gateway.web.text import moment_within
from shared import permissions

TABS: Final = (
    ("/account", "Profile and preferences"),
    ("/account/security", "Sign-in and security"),
    ("/account/permissions", "My permissions"),
)
LANDINGS: Final = (
    ("home", "Home"),
    ("agenda", "Agenda"),
    ("clients", "Clients"),
    ("notes", "Notes"),
    ("invoices", "Invoices"),
)
# Colours of people in the agenda, as the API takes them.
COLOURS: Final = (
    ("", "Chosen for me"),
    ("#12807a", "Teal"),
    ("#6d4fc0", "Violet"),
    ("#b4650f", "Orange"),
    ("#b83259", "Rose"),
    ("#2c6bb3", "Blue"),
    ("#5b7a1f", "Olive"),
    ("#95409c", "Plum"),
    ("#6a675c", "Stone"),
)
FACTORS: Final = {
    "password": "password",
    "totp": "authenticator app",
    "recovery_code": "recovery code",
    "passkey": "passkey",
}
# The first level that gives a permission is the reason for it.
LEVELS: Final = ("billing", "therapist", "administration", "organization_administration")
EVERYBODY: Final = "Everybody on the staff"
LIMITS: Final = {
    "assigned_only": "You see clients who are assigned to you, and no others.",
    "cases_assigned": "Your practice shows Administration the cases it is assigned to, and no others.",
    "enrolling": "Until you set up a second factor, you can do nothing else.",
}
# Code of a failed proof -> the input that it concerns, and the sentence beside that input.
PROOF: Final = {
    "wrong_password": ("password", "The password is wrong."),
    "wrong_code": ("totp_code", "This code is wrong, or was used before. Enter the one that the app shows now."),
    "second_factor_required": ("totp_code", "Enter a code of your app too, or use a recovery code or a passkey."),
}


@dataclass(frozen=True, slots=True)
class Allowed:
    """What somebody may do for one reason."""

    actions: Sequence[str]
    reason: str


@dataclass(frozen=True, slots=True)
class Area:
    """What somebody may do in one area."""

    name: str
    allowed: Sequence[Allowed]


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session of one's own in words."""

    id: str
    name: str
    words: str
    current: bool


def areas_of(me: Mapping[str, Any], level_names: Mapping[str, str]) -> list[Area]:
    """What the person of `GET /me` may do, by area, each with the reason; what everybody may comes first."""
    found: dict[str, dict[str, list[str]]] = {}
    for permission in me["permissions"]:
        resource, _, _ = permission.partition(":")
        reasons = found.setdefault(AREAS[resource], {})
        reasons.setdefault(_reason(permission, me, level_names), []).append(ACTIONS[permission])
    return [
        Area(
            name,
            [
                Allowed(sorted(actions, key=_usual_order), reason)
                for reason, actions in sorted(reasons.items(), key=lambda entry: (entry[0] != EVERYBODY, entry[0]))
            ],
        )
        for name, reasons in sorted(found.items())
    ]


def limits_on(me: Mapping[str, Any]) -> list[str]:
    """What narrows the person, in sentences."""
    return [words for slug, words in LIMITS.items() if slug in me["grants"] or slug in me["levels"]]


def sessions_of(items: Iterable[Mapping[str, Any]], zone: str, now: datetime) -> list[SessionRow]:
    """The sessions in words, the present one first."""
    rows = [
        SessionRow(
            item["id"],
            "This browser" if item["current"] else ("Browser" if item["browser"] else "Program"),
            " · ".join(_about(item, zone, now)),
            item["current"],
        )
        for item in items
    ]
    return sorted(rows, key=lambda row: not row.current)


def landings(pages: Collection[str], can: Callable[[str], bool], permission_of: Mapping[str, str]) -> list[Any]:
    """The pages that somebody can choose to land on: those that there are, and that they may open."""
    return [(slug, name) for slug, name in LANDINGS if f"/{slug}" in pages and can(permission_of[f"/{slug}"])]


def colours_with(chosen: str) -> list[tuple[str, str]]:
    """Pairs of colour and word, with the one that is chosen among them."""
    known = list(COLOURS)
    if chosen and chosen not in dict(known):
        known.append((chosen, f"My own ({chosen})"))
    return known


def chunks(secret: str) -> str:
    """A secret in groups of four, as it is typed into an app."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def app_address(text: str) -> str:
    """The address that opens an authenticator app; empty for every other kind of address."""
    return text if text.startswith("otpauth://totp/") else ""


def _usual_order(words: str) -> tuple[int, str]:
    return (USUAL.index(words) if words in USUAL else len(USUAL), words)


def _reason(permission: str, me: Mapping[str, Any], level_names: Mapping[str, str]) -> str:
    if permission in permissions.DEFAULT:
        return EVERYBODY
    for level in LEVELS:
        if level in me["levels"] and permission in permissions.LEVELS[level]:
            return f"Level {level_names[level]}"
    for grant, adds in permissions.GRANTS.items():
        if grant in me["grants"] and permission in adds:
            return f"Grant “{GRANTS[grant]}”"
    return "Setting of your practice"


def _about(session: Mapping[str, Any], zone: str, now: datetime) -> list[str]:
    factors = [FACTORS.get(factor, factor) for factor in session["factors"]]
    return [
        f"Began {moment_within(session['created_at'], zone, now)}",
        f"last used {moment_within(session['last_used_at'], zone, now)}",
        *([f"network {session['network']}"] if session["network"] else []),
        *([f"by {' and '.join(factors)}"] if factors else []),
    ]
