"""The practice that the demo plays: invented people, the same at every run."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

SEED = 2026
ORGANIZATION = "Riverbend Counseling"
TIME_ZONE = "America/New_York"
CLIENTS = 30


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff: `level` is their one permission level."""

    given_name: str
    family_name: str
    level: str
    job: str
    clinician: bool = False

    @property
    def email(self) -> str:
        """Their address, which doubles as their sign-in."""
        return f"{self.given_name}.{self.family_name}@riverbend.test".lower()


STAFF = (
    Person("Maya", "Lindqvist", "organization_administration", "owner, psychologist", clinician=True),
    Person("Jonas", "Weber", "administration", "practice manager"),
    Person("Amara", "Okafor", "therapist", "clinical social worker", clinician=True),
    Person("Ben", "Castillo", "billing", "biller"),
    Person("Rosa", "Nguyen", "default", "front desk"),
)

SERVICES: tuple[dict[str, Any], ...] = (
    {"name": "Diagnostic evaluation", "code": "90791", "rate_cents": 21_000, "duration_minutes": 60,
     "note_minutes_min": 16, "note_minutes_max": 90},
    {"name": "Psychotherapy 45", "code": "90834", "rate_cents": 14_500, "duration_minutes": 45,
     "note_minutes_min": 38, "note_minutes_max": 52},
    {"name": "Psychotherapy 60", "code": "90837", "rate_cents": 18_000, "duration_minutes": 60,
     "note_minutes_min": 53, "note_minutes_max": 60},
)  # fmt: skip

DIAGNOSES = ("F41.1", "F33.1", "F43.10", "F90.2", "F60.3", "F50.20", "F42.2", "F32.1")
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

_GIVEN = (
    *("Ada", "Bruno", "Carla", "Dmitri", "Elena", "Felix", "Greta", "Hugo", "Imani", "Jules"),
    *("Kira", "Lev", "Mina", "Noor", "Oscar", "Petra", "Quentin", "Rhea", "Silas", "Tova"),
    *("Umar", "Vera", "Wanda", "Xavier", "Yusuf", "Zoe", "Anton", "Bea", "Cyrus", "Dora"),
)
_FAMILY = (
    *("Abbott", "Barros", "Chen", "Dubois", "Eriksen", "Farouk", "Garcia", "Hale", "Ivanov", "Jansen"),
    *("Kaplan", "Lopez", "Moreau", "Novak", "Osei", "Park", "Quiroga", "Rossi", "Sato", "Tran"),
    *("Ueda", "Varga", "Walsh", "Xu", "Yilmaz", "Zielinski", "Brandt", "Costa", "Dietrich", "Endo"),
)


@dataclass(frozen=True, slots=True)
class Client:
    """A client and what they come for."""

    given_name: str
    family_name: str
    date_of_birth: date
    phone: str
    diagnosis: str
    clinician: int  # index into the clinicians of STAFF
    hour: int  # of their weekly appointment, local time
    weekday: int


def clients() -> list[Client]:
    """Thirty clients, each with a weekly slot that no other client of the same clinician has."""
    chance = random.Random(SEED)
    slots = {which: [(day, hour) for day in range(5) for hour in (9, 10, 11, 13, 14, 15, 16)] for which in (0, 1)}
    for free in slots.values():
        chance.shuffle(free)
    people = []
    for number in range(CLIENTS):
        which = number % 2
        weekday, hour = slots[which].pop()
        people.append(
            Client(
                given_name=_GIVEN[number],
                family_name=_FAMILY[(number * 7) % len(_FAMILY)],
                date_of_birth=date(1950, 1, 1) + timedelta(days=chance.randrange(20_000)),
                phone=f"+1202555{1000 + number:04d}",
                diagnosis=DIAGNOSES[number % len(DIAGNOSES)],
                clinician=which,
                weekday=weekday,
                hour=hour,
            )
        )
    return people


def week_days(today: date) -> list[date]:
    """The ten working days of last week and this one, in order."""
    monday = today - timedelta(days=today.weekday() + 7)
    return [monday + timedelta(days=day) for day in range(14) if day % 7 < 5]


def treatment_plan(client: Client, effective_from: str) -> dict[str, Any]:
    """The client's plan, as a body of the API, from that day on."""
    return {
        "effective_from": effective_from,
        "problems": [
            {
                "description": CONCERNS[client.diagnosis],
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
                    }
                ],
            }
        ],
    }


def note(client: Client) -> dict[str, str]:
    """The sections of a note about one of the client's sessions."""
    return {
        "subjective": f"{CONCERNS[client.diagnosis]}; describes the week as mixed.",
        "objective": "Oriented, engaged, affect in keeping with what was said.",
        "assessment": "Works toward the plan's first objective; no present danger to self or others.",
        "plan": "Continue weekly; practise the skill agreed on today.",
    }
