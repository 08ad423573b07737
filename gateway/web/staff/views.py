"""What the pages of staff are given. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.web import text
from gateway.web.people import is_reviewed, name_of

QUERY_MAX: Final = 100  # characters that a search takes
FILTERS: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "": ("Active", {"active": True, "joined": True}),
    "invited": ("Invited", {"active": True, "joined": False}),
    "deactivated": ("Deactivated", {"active": False}),
    "all": ("Everybody", {}),
}
NOBODY: Final[Mapping[str, tuple[str, str]]] = {
    "": ("Nobody is active", "Everybody on the staff has been deactivated."),
    "invited": ("No invitation is open", "Everybody who was invited has joined."),
    "deactivated": ("Nobody is deactivated", "Those who left are listed here. Nothing of theirs is deleted."),
    "all": ("Nobody is here yet", "Add a member of staff, or invite many at once."),
}
SUPERVISION: Final[Mapping[str, str]] = {
    "access_only": "Reads their notes",
    "approve": "Approves their notes",
    "co_sign": "Co-signs their notes",
}
OUTCOMES: Final[Mapping[str, tuple[str, str, str]]] = {  # words, kind of chip, picture
    "invited": ("Invited", "ok", "check"),
    "would_be_invited": ("Can be invited", "ok", "check"),
    "exists": ("Already on the staff", "info", "info"),
    "twice_in_file": ("Same address as an earlier row", "warn", "triangle-alert"),
    "refused": ("Not invited", "bad", "circle-alert"),
}


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One member in the list. `licence` and `state`: words and kind of a chip; `mend`: what supervision lacks."""

    id: str
    name: str
    initials: str
    hue: str
    email: str
    levels: str
    licence: tuple[str, str]
    state: tuple[str, str]
    last_sign_in: str
    second_factor: bool
    supervisor: str
    mend: str


def column_in_words(name: str) -> str:
    """`licence.expires_on` as the sample file calls the column: `license expires on`."""
    return name.replace("licence", "license").replace(".", " ").replace("_", " ")


def file_problems(problem: Mapping[str, Any]) -> list[str]:
    """What is wrong with a file as a whole, column by column, as sentences; its summary says the rest."""
    sentences = {"missing": "The column “{}” is missing.", "twice": "The column “{}” is there twice."}
    return [
        sentences[error["code"]].format(column_in_words(error["field"]))
        for error in problem.get("errors", [])
        if error.get("code") in sentences
    ]


def cell_problem(error: Mapping[str, Any]) -> str:
    """What is wrong with a cell of a row: `License expires on: Enter a day such as 2026-11-17.`"""
    column = column_in_words(re.sub(r"\.[0-9]+", "", error["field"]))
    detail = str(error["detail"]).replace("_", " ")  # words as people write them into a cell, which is read so
    return f"{column[:1].upper()}{column[1:]}: {detail}" if column else detail


def full_name(member: Mapping[str, Any]) -> str:
    """`Daniel Reyes, LCSW`."""
    return ", ".join([name_of(member), *member.get("credentials", [])])


def levels_in_words(levels: Sequence[str], names: Mapping[str, str]) -> str:
    """`Therapist · Billing`; what everybody has only where there is nothing else."""
    return " · ".join(names[name] for name in names if name in levels and name != "default") or names["default"]


def licence_chip(member: Mapping[str, Any]) -> tuple[str, str]:
    """Words and kind of how the licences of a member stand; no words where somebody without one needs none."""
    state, licence = member.get("licence_state"), member.get("licence")
    until = text.day(licence["expires_on"]) if licence else ""
    if state == "none":
        return ("No license", "warn") if "therapist" in member["levels"] else ("", "")
    return {
        "in_force": ("In force", "ok"),
        "expires_soon": (f"Expires {until}", "warn"),
        "not_yet": ("Not in force yet", "warn"),
        "expired": ("Expired", "bad"),
    }.get(str(state), ("", ""))


def state_chip(member: Mapping[str, Any], invited: Collection[str]) -> tuple[str, str]:
    """Words and kind of where a member stands; `invited`: ids of those whose invitation still works."""
    if not member["active"]:
        return ("Deactivated", "")
    if not member.get("joined", True):
        return ("Invited", "info") if member["id"] in invited else ("Invitation expired", "warn")
    return ("Active", "ok")


def staff_rows(
    members: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    reviewed: Collection[str],
    invited: Collection[str],
    level_names: Mapping[str, str],
    zone: str,
    now: datetime,
) -> list[StaffRow]:
    """The list. `names`: of those who may supervise, by their ids; `reviewed`: ids of those who are supervised so."""
    return [
        StaffRow(
            id=member["id"],
            name=full_name(member),
            initials=text.initials(member["given_name"], member["family_name"]),
            hue=member["hue"],
            email=member["email"],
            levels=levels_in_words(member["levels"], level_names),
            licence=licence_chip(member),
            state=state_chip(member, invited),
            last_sign_in=text.moment(member.get("last_sign_in_at"), zone, now),
            second_factor=bool(member.get("second_factor")),
            supervisor=names.get(member.get("supervisor_id") or "", ""),
            mend=to_mend(member, reviewed),
        )
        for member in members
    ]


def to_mend(member: Mapping[str, Any], reviewed: Collection[str]) -> str:
    """What a chain of supervisors from before they were refused comes to, in the words of a chip."""
    if not member["active"]:
        return ""
    if is_reviewed(member) and member.get("supervises"):
        return "Supervised, and supervises"
    return "Is supervised" if member.get("supervisor_id") in reviewed else ""


def in_one_input(problem: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The API's word on an entry of a list (`credentials.0`), at the one input that holds the list."""

    def moved(error: Mapping[str, Any]) -> dict[str, Any]:
        first = str(error.get("field", "")).split(".")[0]
        return {**error, "field": first} if first in names else dict(error)

    return {**problem, "errors": [moved(error) for error in problem.get("errors", [])]}


def listed(typed: str) -> list[str]:
    """`LCSW, PhD` as a list."""
    return [part.strip() for part in typed.split(",") if part.strip()]


@dataclass(frozen=True, slots=True)
class PastChange:
    """One change of somebody's access: when, by whom, in words, and why."""

    at: str
    by: str
    words: str
    reason: str


def past_changes(
    items: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    words: Mapping[str, str],
    zone: str,
    now: datetime,
) -> list[PastChange]:
    """The history of a member's access. `words`: of levels and flags, by their slugs."""
    return [
        PastChange(
            at=text.moment(item["changed_at"], zone, now),
            by=names.get(item["changed_by"], "A colleague") if item["changed_by"] else "The sign-up",
            words=_in_words(item, words),
            reason=item["reason"] or "",
        )
        for item in items
    ]


def _in_words(change: Mapping[str, Any], words: Mapping[str, str]) -> str:
    sentences = []
    if change["active_before"] != change["active_after"]:
        came = "Reactivated" if change["levels_before"] else "Added"
        sentences.append(came if change["active_after"] else "Deactivated")
    before = {*change["levels_before"], *change["grants_before"]} - {"default"}
    after = {*change["levels_after"], *change["grants_after"]} - {"default"}
    for verb, slugs in (("Given", after - before), ("Taken away", before - after)):
        if slugs:
            sentences.append(f"{verb}: {', '.join(name for slug, name in words.items() if slug in slugs)}")
    return ". ".join(sentences) or "Nothing that is shown here"
