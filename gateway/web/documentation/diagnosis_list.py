"""The diagnoses of a case as the chart lists them: in force, to come, ended, and entered in error. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.web import text
from gateway.web.documentation.views import full_name
from gateway.web.forms import Form

PRIMARY: Final = 1


@dataclass(frozen=True, slots=True)
class Move:
    """A press that changes the order. `sent`: name and value of the hidden input that says how."""

    words: str
    picture: str
    direction: str  # up | down
    sent: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Listed:
    """A diagnosis that can be corrected, with its form of each correction."""

    id: str
    version: int
    code: str
    name: str
    rank: int
    words: str
    ends: bool
    moves: Sequence[Move]
    end: Form
    error: Form


@dataclass(frozen=True, slots=True)
class StruckOut:
    """A diagnosis that was entered in error: what it was, and who struck it out when and why."""

    name: str
    words: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class DiagnosisList:
    """Every diagnosis of a case stands in one of these."""

    in_force: Sequence[Listed]
    later: Sequence[Listed]
    ended: Sequence[Listed]
    struck_out: Sequence[StruckOut]

    @property
    def correctable(self) -> Sequence[Listed]:
        """Those that may be ended or struck out, in the order in which they are shown."""
        return [*self.in_force, *self.later, *self.ended]


def key_of(diagnosis_id: str, correction: str) -> str:
    """By which a correction's form is known: `end` or `error`; `rank` for an order that was refused."""
    return f"{correction}-{diagnosis_id}"


def diagnosis_list(
    diagnoses: Iterable[Mapping[str, Any]],
    people: Mapping[str, Mapping[str, Any]],
    zone: str,
    now: datetime,
    forms: Mapping[str, Form],
) -> DiagnosisList:
    """The list on the practice's day of `now`, by rank and first day. `people`: staff by id; `forms`: refused ones."""
    today = now.astimezone(ZoneInfo(zone)).date().isoformat()
    ordered = sorted(diagnoses, key=lambda diagnosis: (diagnosis["rank"], diagnosis["effective_from"]))
    kept = [diagnosis for diagnosis in ordered if not diagnosis["entered_in_error_at"]]
    ended = [diagnosis for diagnosis in kept if (diagnosis["effective_to"] or today) < today]
    later = [diagnosis for diagnosis in kept if diagnosis["effective_from"] > today]
    in_force = [diagnosis for diagnosis in kept if diagnosis not in ended and diagnosis not in later]
    return DiagnosisList(
        in_force=[
            _listed(diagnosis, today, forms, _moves(in_force, place)) for place, diagnosis in enumerate(in_force)
        ],
        later=[_listed(diagnosis, today, forms, ()) for diagnosis in later],
        ended=[_listed(diagnosis, today, forms, ()) for diagnosis in ended],
        struck_out=[
            StruckOut(
                name=_name(diagnosis),
                words=_period(diagnosis),
                by=f"{full_name(people.get(diagnosis['entered_in_error_by']))}, "
                f"{text.moment(diagnosis['entered_in_error_at'], zone, now)}",
                reason=diagnosis["entered_in_error_reason"],
            )
            for diagnosis in sorted(ordered, key=lambda each: each["entered_in_error_at"] or "", reverse=True)
            if diagnosis["entered_in_error_at"]
        ],
    )


def _moves(in_force: Sequence[Mapping[str, Any]], place: int) -> list[Move]:
    """Up and down trade ranks with the neighbour; the first becomes the primary one where there is none."""
    diagnosis = in_force[place]
    code = diagnosis["code"]
    moves = []
    if place > 0:
        moves.append(Move(f"Move {code} up", "chevron-up", "up", ("swap_with", in_force[place - 1]["id"])))
    elif diagnosis["rank"] > PRIMARY:
        moves.append(Move(f"Make {code} the primary one", "chevron-up", "up", ("rank", str(PRIMARY))))
    if place + 1 < len(in_force):
        moves.append(Move(f"Move {code} down", "chevron-down", "down", ("swap_with", in_force[place + 1]["id"])))
    return moves


def _listed(diagnosis: Mapping[str, Any], today: str, forms: Mapping[str, Form], moves: Sequence[Move]) -> Listed:
    last = diagnosis["effective_to"] or max(today, diagnosis["effective_from"])
    words = _period(diagnosis)
    return Listed(
        id=diagnosis["id"],
        version=diagnosis["version"],
        code=diagnosis["code"],
        name=_name(diagnosis),
        rank=diagnosis["rank"],
        words=f"Primary, {words}" if diagnosis["rank"] == PRIMARY else words,
        ends=diagnosis["effective_to"] is not None,
        moves=moves,
        end=forms.get(key_of(diagnosis["id"], "end")) or Form(values={"effective_to": (last,)}),
        error=forms.get(key_of(diagnosis["id"], "error")) or Form(),
    )


def _name(diagnosis: Mapping[str, Any]) -> str:
    return f"{diagnosis['code']} {diagnosis['title'] or ''}".strip()


def _period(diagnosis: Mapping[str, Any]) -> str:
    begins = f"from {text.day(diagnosis['effective_from'])}"
    return f"{begins} to {text.day(diagnosis['effective_to'])}" if diagnosis["effective_to"] else begins
