"""Home: the greeting, and the first steps of a practice until they are done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from flask import Response

from gateway.web.agenda.around import GIVES_SERVICES
from gateway.web.bookable_groups import group_names
from gateway.web.documentation import worklist
from gateway.web.home import first_steps, own_month
from gateway.web.home.billing import queues_of
from gateway.web.home.desk import desk_of
from gateway.web.home.month import month_of
from gateway.web.home.views import coming_of, next_up, sessions_in_words
from gateway.web.page import Page, Question
from shared import clock

SET_STATUS: Final = "POST /appointments/{appointment_id}/status"
WRITES: Final = "notes:update"  # who has a worklist
LOOK_AHEAD: Final = timedelta(days=13)
AGENDA_MAX: Final = 30
REVIEWS: Final = "break_glass:review"
OPENINGS: Final = "GET /break-glass"
REVIEWS_MAX: Final = 100
TAKES_PLACE: Final = "booked,confirmed,arrived"


def show_home(page: Page) -> Response:
    """The greeting, and what is to be done first."""
    awaited = bool(page.me.get("confirmation_awaited"))
    if awaited and (now := page.ask("GET /me")).ok:  # the frame may be old, and the link may have been opened since
        awaited = now.value["confirmation_awaited"]
    desk = desk_of(page)
    return page.show(
        "home/home.html",
        setup=first_steps.of_home(page),
        confirmation_awaited=awaited,
        queues=queues_of(page),
        month=month_of(page),
        desk=desk,
        reviews=_reviews(page),
        **{**_day(page), **({"sessions": desk.sessions} if desk else {})},
    )


def set_attendance(page: Page) -> Response:
    """Say what became of one of today's appointments, and be on Home again."""
    body = {"status": page.form.text("status"), "reason": None}
    return page.change(SET_STATUS, "/home", "status_set", body=body, appointment_id=page.ids["appointment_id"])


def mail_confirmation(page: Page) -> Response:
    """Mail the founder another link to confirm their address."""
    reply = page.ask("POST /organization/confirmation", headers=page.form.sent)
    return page.leave("/home", "confirmation_sent") if reply.ok else page.problem(reply)


def work_alone(page: Page) -> Response:
    """Nobody else works here: the step of adding staff is done."""
    body, headers = {"works_alone": True}, {}
    organization = page.need("GET /organization")
    headers["If-Match"] = f'"{organization["version"]}"'
    reply = page.ask("PATCH /organization", body=body, headers=headers)
    return page.leave("/home", "works_alone") if reply.ok else page.problem(reply)


def _day(page: Page) -> dict[str, Any]:
    """What waits for somebody who writes notes, and their next sessions; neither of them for others."""
    if not page.can(WRITES):
        return {"writes": False, "work": [], "waiting": 0, "coming": [], "sessions": "", "own_month": None}
    zone = page.me["organization"]["time_zone"]
    now, today = clock.now(), clock.today(zone)
    of = {"from": today, "to": today + LOOK_AHEAD, "staff_id": page.me["staff"]["id"], "status": TAKES_PLACE}
    answers = page.ask_all(
        work=worklist.question(),
        agenda=Question("GET /agenda", query={**of, "limit": AGENDA_MAX}),
        month=own_month.question(today),
    )
    agenda = answers["agenda"]
    items = agenda.value["items"] if agenda.ok else []
    coming = coming_of(items, now)
    return {
        "writes": True,
        "work": worklist.first_of(page, answers["work"]),
        "waiting": worklist.waiting(answers["work"]),
        "coming": next_up(coming, group_names(page, coming), today) if agenda.ok else None,
        "gives_services": GIVES_SERVICES in page.me["levels"],
        "sessions": sessions_in_words(items, today),
        "own_month": own_month.own_month_of(answers["month"], today),
    }


def _reviews(page: Page) -> str:
    """How many accesses in an emergency wait for this person's review, in words; empty where none does."""
    if not page.can(REVIEWS):
        return ""
    reply = page.ask(OPENINGS, state="to_review", limit=REVIEWS_MAX)
    found = reply.value if reply.ok else {"items": [], "next_cursor": None}
    number = sum(item["reviewable"] for item in found["items"])
    more = " or more" if found["next_cursor"] else ""
    if not number:
        return ""
    return "1 emergency access waits" if number == 1 and not more else f"{number}{more} emergency accesses wait"


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /home": show_home,
    "POST /home/confirmation": mail_confirmation,
    "POST /home/setup": first_steps.like,
    "POST /home/just-me": work_alone,
    "POST /home/appointments/{appointment_id}/status": set_attendance,
}
