"""The practice that the demo plays: invented people, the same at every run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

ORGANIZATION = "Riverbend Counseling"
TIME_ZONE = "America/New_York"


@dataclass(frozen=True, slots=True)
class Size:
    """How much is played: of everything there is something at every size."""

    weeks: int = 18  # of history, with this one
    clients: int = 40
    sessions_a_day: int = 6  # of a clinician, this week
    weeks_ahead: int = 2


WHOLE = Size()
SMALL = Size(weeks=8, clients=13, sessions_a_day=2, weeks_ahead=1)


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff: `level` is their one permission level."""

    given_name: str
    family_name: str
    level: str
    job: str
    clinician: bool = False
    colour: str = "#64748b"
    supervised: tuple[str, str] | None = None  # how, and by whom: a given name
    leaves: bool = False

    @property
    def email(self) -> str:
        """Their address, which doubles as their sign-in."""
        return f"{self.given_name}.{self.family_name}@riverbend.test".lower()


OWNER = Person("Maya", "Lindqvist", "organization_administration", "owner, psychologist", True, "#2a6f97")
MANAGER = Person("Jonas", "Weber", "administration", "practice manager")
BILLER = Person("Ben", "Castillo", "billing", "biller")
DESK = Person("Rosa", "Nguyen", "default", "front desk")
CLINICIANS = (
    OWNER,
    Person("Amara", "Okafor", "therapist", "clinical social worker", True, "#9d4edd"),
    Person("Idris", "Haddad", "therapist", "resident, Maya approves", True, "#b5651d", ("approve", "Maya")),
    Person("Lena", "Sommer", "therapist", "associate, Amara co-signs", True, "#2d6a4f", ("co_sign", "Amara")),
)
LEAVER = Person("Sofia", "Marchetti", "therapist", "clinical social worker, has left", True, "#ad2831", leaves=True)
SUCCESSOR = CLINICIANS[1]
STAFF = (OWNER, MANAGER, *CLINICIANS[1:], BILLER, DESK)
EVERYBODY = (*STAFF[:2], SUCCESSOR, *CLINICIANS[2:], LEAVER, BILLER, DESK)

EVALUATION, SHORT, LONG, FAMILY, GROUP, CHECK_IN = "90791", "90834", "90837", "90847", "90853", "CHECK-IN"
SERVICES: tuple[dict[str, Any], ...] = (
    {"name": "Diagnostic evaluation", "code": EVALUATION, "kind": "cpt", "rate_cents": 21_000, "duration_minutes": 60,
     "note_minutes_min": 16, "note_minutes_max": 90, "colour": "c4"},
    {"name": "Psychotherapy 30", "code": "90832", "kind": "cpt", "rate_cents": 9_500, "duration_minutes": 30,
     "note_minutes_min": 16, "note_minutes_max": 37, "colour": "c6"},
    {"name": "Psychotherapy 45", "code": SHORT, "kind": "cpt", "rate_cents": 14_500, "duration_minutes": 45,
     "note_minutes_min": 38, "note_minutes_max": 52, "colour": "c1"},
    {"name": "Psychotherapy 60", "code": LONG, "kind": "cpt", "rate_cents": 18_000, "duration_minutes": 60,
     "note_minutes_min": 53, "note_minutes_max": 60, "colour": "c2"},
    {"name": "Family psychotherapy", "code": FAMILY, "kind": "cpt", "rate_cents": 16_500, "duration_minutes": 50,
     "note_minutes_min": 26, "note_minutes_max": 75, "colour": "c5"},
    {"name": "Group psychotherapy", "code": GROUP, "kind": "cpt", "rate_cents": 6_000, "duration_minutes": 60,
     "note_minutes_min": 45, "note_minutes_max": 90, "colour": "c3"},
    {"name": "Check-in by telephone", "code": CHECK_IN, "kind": "other", "rate_cents": 6_000, "duration_minutes": 20,
     "colour": "c8"},
)  # fmt: skip
MINUTES = {str(service["code"]): int(service["duration_minutes"]) for service in SERVICES}

LOCATIONS: tuple[dict[str, Any], ...] = (
    {"name": "Mill Lane", "phone": "+15185550100",
     "address": {"line1": "12 Mill Lane", "city": "Albany", "state": "NY", "postal_code": "12207-1234"},
     "rooms": [{"name": "Blue room"}, {"name": "Garden room"}, {"name": "Family room", "capacity": 8}]},
    {"name": "Harbor House", "phone": "+15185550140",
     "address": {"line1": "4 Harbor Street", "city": "Troy", "state": "NY", "postal_code": "12180-2200"},
     "rooms": [{"name": "North room"}, {"name": "Loft"}]},
)  # fmt: skip

_WORKING_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
HOURS = [{"weekday": day, "opens": "08:30", "closes": "18:00"} for day in _WORKING_DAYS]
NOTICE = {
    "notice_hours": 24,
    "late_cancel_fee_cents": 7_500,
    "no_show_fee_cents": 10_000,
    "text": "Cancel at least 24 hours before your appointment.",
}

CONCERNS = {
    "F41.1": "Worry that is hard to control",
    "F33.1": "Low mood and loss of interest",
    "F43.10": "Intrusive memories after an accident",
    "F90.2": "Trouble finishing what was begun",
    "F60.3": "Quickly changing feelings in close relationships",
    "F50.20": "Fear around meals",
    "F42.2": "Checking rituals that take hours",
    "F32.1": "Low energy since the summer",
}
DIAGNOSES = tuple(CONCERNS)
_WEEKS = (
    ("the week as mixed", "Practised the breathing exercise on four days", "keep the log going"),
    ("more calm evenings than before", "Brought the log; two entries were worked through", "plan one pleasant hour"),
    ("a hard conversation at work", "Tearful at first, then able to name what hurt", "rehearse the next talk"),
    ("better sleep on most nights", "Lively, made jokes, kept eye contact", "keep the bed time, walk at noon"),
    ("a setback on the weekend", "Tired, slow to begin, engaged after a while", "shorten the steps, call a friend"),
)


def team_day(today: date) -> date:
    """The practice's holiday: the Thursday of the second week after `today`'s. Nobody is booked on it."""
    return today + timedelta(days=14 - today.weekday() + 3)


def profile(today: date) -> dict[str, Any]:
    """What the practice says about itself, as a body of the API."""
    return {
        "legal_name": f"{ORGANIZATION} PLLC",
        "npi": "1234567893",
        "phone": "+15185550100",
        "email": "office@riverbend.test",
        "address": LOCATIONS[0]["address"],
        "business_hours": HOURS,
        "holidays": [{"name": "Team day", "on": team_day(today).isoformat()}],
        "invoice_prefix": "RB",
    }


def licence(person: Person) -> dict[str, str]:
    """The licence of a clinician."""
    return {
        "number": f"NY-{len(person.email):03d}-{len(person.family_name):02d}41",
        "state": "NY",
        "issued_on": "2019-05-01",
        "expires_on": "2031-04-30",
    }


def treatment_plan(diagnosis: str, effective_from: date, review_on: date) -> dict[str, Any]:
    """A plan for what somebody comes for, as a body of the API."""
    return {
        "effective_from": effective_from.isoformat(),
        "review_on": review_on.isoformat(),
        "problems": [
            {
                "description": CONCERNS[diagnosis],
                "goals": [
                    {
                        "description": "Feel able to do what matters on most days",
                        "objectives": [
                            {
                                "description": "Practise one skill daily and write it down",
                                "measure": "Entries in the weekly log",
                                "interventions": [
                                    {"description": "Cognitive behavioural therapy", "frequency": "weekly"}
                                ],
                            }
                        ],
                    },
                    {
                        "description": "Sleep seven hours on five nights a week",
                        "objectives": [
                            {
                                "description": "Go to bed at the same time each night",
                                "measure": "Nights in the sleep diary",
                                "interventions": [{"description": "Sleep hygiene", "frequency": None}],
                            }
                        ],
                    },
                ],
            }
        ],
    }


def worked_on(goals: Sequence[str], number: int) -> list[str]:
    """Which of a plan's goals the session of a day worked on: the first mostly, each later one less often."""
    return [goal for place, goal in enumerate(goals) if number % max(2, 4 - place)]


def note(diagnosis: str, number: int) -> dict[str, str]:
    """The sections of a note about somebody's session of that number."""
    report, seen, agreed = _WEEKS[number % len(_WEEKS)]
    return {
        "subjective": f"{CONCERNS[diagnosis]}; describes {report}.",
        "objective": f"{seen}. Oriented, affect in keeping with what was said.",
        "assessment": "Works toward the plan's first objective; no present danger to self or others.",
        "plan": f"Continue weekly. Agreed to {agreed}.",
    }
