"""The first day: the practice signs up, says what it offers, and brings its staff in."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import date, timedelta
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path
from typing import Any, Final

from embedded.api_client import ApiClient
from embedded.demo import practice
from embedded.demo.practice import EVERYBODY, MANAGER, OWNER, Person
from embedded.demo.team import ATTEMPTS, Team, and_say

MAIL_SECONDS: Final = 10

Step = Callable[[str, int], Callable[[], None]]


class Opening:
    """What there is before the first client comes."""

    def __init__(self, url: str, password: str, team: Team, step: Step, mailbox: Path | None) -> None:
        self.front = ApiClient(url, attempts=ATTEMPTS)
        self._password, self._team, self._step, self._mailbox = password, team, step, mailbox
        self.services: dict[str, str] = {}  # by code
        self.locations: list[str] = []

    def do(self, first_day: date, today: date) -> None:
        """All of it; its holiday lies ahead of `today`."""
        done = self._step("Opening the practice", 4 + len(practice.LOCATIONS) + len(practice.SERVICES))
        self._sign_up()
        done()
        owner = self._team[OWNER]
        owner.patch("/organization", practice.profile(today))
        done()
        owner.patch("/organization", {"break_glass_enabled": True})
        done()
        policy = {**practice.NOTICE, "effective_from": first_day.isoformat()}
        owner.post("/cancellation-policies", policy)
        done()
        for location in practice.LOCATIONS:
            self.locations.append(owner.post("/locations", location)["id"])
            done()
        self._team.do(and_say(done, partial(self._add_service, service)) for service in practice.SERVICES)
        done = self._step("Inviting staff", len(EVERYBODY) + 1)
        for person in EVERYBODY[1:]:  # in turn: who is supervised comes after their supervisor
            self._invite(person)
            done()
        owner.patch(f"/staff/{self._team.id_of(OWNER)}", {"licence": practice.licence(OWNER), "colour": OWNER.colour})
        done()
        self._let_owner_treat()
        done()

    def _sign_up(self) -> None:
        response = self.front.post(
            "/organizations",
            {
                "name": practice.ORGANIZATION,
                "time_zone": practice.TIME_ZONE,
                "administrator": {**_name(OWNER), "password": self._password},
            },
        )
        self._team.join(OWNER, response["staff"]["id"])
        if self._mailbox and (token := _token_in(self._mailbox)):
            self.front.post("/organizations/confirm", {"token": token}, expect=200)

    def _let_owner_treat(self) -> None:
        """The owner sees clients too. Nobody changes their own permissions: for once the manager does it."""
        manager = f"/staff/{self._team.id_of(MANAGER)}"
        self._team[OWNER].patch(manager, {"levels": [OWNER.level]})
        body = {"levels": [OWNER.level, "therapist"]}
        self._team[MANAGER].leave_desk()  # a new session knows the new level at once
        self._team[MANAGER].patch(f"/staff/{self._team.id_of(OWNER)}", body)
        self._team[OWNER].patch(manager, {"levels": [MANAGER.level]})

    def _add_service(self, service: dict[str, Any]) -> None:
        body = {**service, "unit": {"rule": "fixed", "units": 1}}
        self.services[service["code"]] = self._team[OWNER].post("/service-types", body)["id"]

    def _invite(self, person: Person) -> None:
        extra: dict[str, Any] = {"licence": practice.licence(person)} if person.clinician else {}
        if person.supervised:
            mode, by = person.supervised
            extra |= {"supervision_mode": mode, "supervisor_id": self._team.ids[by]}
        if person.clinician:
            extra |= {"working_hours": practice.HOURS}
        body = {**_name(person), "levels": [person.level], "job_title": person.job, "colour": person.colour, **extra}
        response = self._team[OWNER].post("/staff", body)
        accepted = {"token": response["invitation"]["token"], "password": self._password}
        self.front.post("/invitations/accept", accepted, expect=200)
        self._team.join(person, response["id"])


def _name(person: Person) -> dict[str, str]:
    return {"given_name": person.given_name, "family_name": person.family_name, "email": person.email}


def _token_in(mailbox: Path) -> str | None:
    """The token of the first link that was mailed; None where mail goes elsewhere."""
    deadline = time.monotonic() + MAIL_SECONDS
    while time.monotonic() < deadline:
        for file in mailbox.glob("*.eml"):
            text = str(message_from_bytes(file.read_bytes(), policy=policy.default).get_content())
            if found := re.search(r"/confirm#token=(\S+)", text):
                return found.group(1)
        time.sleep(0.1)  # the mail is on its way
    return None


def review_day(first_day: date, this_monday: date, *, due: bool) -> date:
    """When a plan is to be looked at again: half a year later, or, where it is to be due, last week."""
    return this_monday - timedelta(days=4) if due else first_day + timedelta(days=180)
