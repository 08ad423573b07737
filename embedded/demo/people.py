"""The clients of the demo: names that stand for nobody, as many languages have them, and what each comes for."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from embedded.demo.practice import CLINICIANS, DIAGNOSES, LONG, SHORT, Size

SEED = 2026
HOURS = (9, 10, 11, 13, 14, 15, 16)
STEADY = 12  # so many come every week from the first one on: what each of them stands for is in `stories`
ENDED = 12  # the client whose therapy has ended

NAMES = (
    ("Jane", "Placeholder"), ("Max", "Mustermann"), ("Juan", "Pérez Ejemplo"), ("Marie", "Quidam"),
    ("Ola", "Nordmann"), ("Kari", "Nordmann-Eksempel"), ("Jan", "Przykładowski"), ("Maija", "Meikäläinen"),
    ("فلانة", "الفلانية"), ("ישראלה", "ישראלית"), ("Ivana", "Ukázková"), ("Mario", "Esempio"),
    ("Fulano", "de Tal"), ("Gipsz", "Jakab"), ("Иван", "Примеров"), ("Олена", "Зразкова"),
    ("太郎", "見本"), ("길동", "홍"), ("Nguyễn", "Văn Mẫu"), ("Ayşe", "Örnek"),
    ("Kiran", "Namoona"), ("Adaeze", "Example-Nwosu"), ("Sione", "Faʻataʻitaʻiga"), ("Juan", "dela Cruz Halimbawa"),
    ("Piet", "Voorbeeld"), ("Erika", "Musterfrau"), ("Γιάννης", "Παραδειγματικός"), ("Jón", "Dæmason"),
    ("Séamus", "Ó Sampla"), ("Siân", "Enghraifft"), ("نمونه", "نمونه‌ای"), ("Ion", "Exemplescu"),
    ("Mpho", "Mohlala"), ("Wanjiru", "Mfano"), ("Chaim", "Plóni"), ("Anupama", "Udaharan"),
    ("Maximiliana Theodora Josephine", "von und zu Beispielhausen-Musterstein"), ("Li", "Yàngběn"),
    ("Te Aroha", "Tauira"), ("Joe", "Q"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Client:
    """A client, when they come, and what for."""

    number: int
    given_name: str
    family_name: str
    date_of_birth: date
    phone: str
    diagnosis: str
    clinician: int  # index into CLINICIANS
    weekday: int
    hour: int  # of their appointment, local time
    service: str
    every: int  # weeks
    first_week: int
    last_week: int | None
    telehealth: bool
    location: int  # index into LOCATIONS
    leavers: bool  # the leaver treats them at first

    def comes_in(self, week: int) -> bool:
        """Whether they have an appointment in a week."""
        in_time = self.first_week <= week and (self.last_week is None or week <= self.last_week)
        return in_time and (week - self.first_week) % self.every == 0


def clients(size: Size) -> list[Client]:
    """Clients, each with a slot that no other client of the same clinician has."""
    chance = random.Random(SEED)
    slots = [[(day, hour) for day in range(5) for hour in HOURS] for _ in CLINICIANS]
    for free in slots:
        chance.shuffle(free)
    return [_client(number, size, chance, *slots[number % len(CLINICIANS)].pop()) for number in range(size.clients)]


def _client(number: int, size: Size, chance: random.Random, weekday: int, hour: int) -> Client:
    given_name, family_name = NAMES[number]
    steady = number < STEADY
    return Client(
        number=number,
        given_name=given_name,
        family_name=family_name,
        date_of_birth=date(1946, 1, 1) + timedelta(days=chance.randrange(22_000)),
        phone=f"+1202555{1000 + number:04d}",
        diagnosis=DIAGNOSES[number % len(DIAGNOSES)],
        clinician=number % len(CLINICIANS),
        weekday=weekday,
        hour=hour,
        service=(SHORT, LONG)[number % 3 == 0],
        every=1 if steady else 1 + number % 2,
        first_week=0 if steady or number == ENDED else number * 5 % (size.weeks - 2),
        last_week=size.weeks // 2 if number == ENDED else None,
        telehealth=number % 6 == 5,
        location=number // len(CLINICIANS) % 2,
        leavers=number in (1, 9),
    )
