"""Booking one appointment: for a client of the practice, or for somebody who is added with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.agenda.around import AROUND, GIVES_SERVICES, LOOKUP, around_of, choices, now_of, with_staff
from gateway.web.agenda.asked import PATH
from gateway.web.agenda.editing import ONE, OVERRIDE, REFUSED, refused, taken_of, with_start
from gateway.web.bookable_groups import GROUPS, QUESTION, choice_of
from gateway.web.forms import Form, Text, Whole, body_of
from gateway.web.local_addresses import is_id
from gateway.web.page import ApiResponse, Page, Question

BOOK: Final = "POST /appointments"
GROUP: Final = "GET /groups/{group_id}"
ADD_CLIENT: Final = "POST /clients"
SEARCH: Final = "POST /clients/search"
BOOKABLE: Final = ("active", "prospective")  # clients of these statuses
VISITS: Final = "POST /appointments/lookup"
SUGGESTED: Final = 8
WEEK: Final = timedelta(days=7)
USUAL: Final = ("service_type_id", "staff_id", "location_id")  # what is taken over from the client's last appointment
ADDS_CLIENTS: Final = "clients:create"
NEW_CLIENT: Final = (Text("given_name"), Text("family_name"), Text("date_of_birth"), Text("phone"))
BOOKING: Final = (
    Text("staff_id"),
    Text("service_type_id"),
    Text("location_id"),
    Text("starts_at_local"),
    Whole("duration_minutes"),
)


def show_new(page: Page) -> Response:
    """The form, with what the address already says: a day, a time, a length, a clinician, a client.

    Of a client it has what is usual: service, clinician and place of their last appointment, else of their next one.
    Of an appointment that is to be booked again (`like`) it has everything, a week later.
    """
    if is_id(page.query.get("like", "")):
        return _form(page, Form(values={name: (value,) for name, value in _like(page).items()}))
    today = now_of(page).date().isoformat()
    given = {
        name: page.query[name]
        for name in ("staff_id", "client_id", "service_type_id")
        if is_id(page.query.get(name, ""))
    }
    values = {
        "on": page.query.get("on", today),
        "at": page.query.get("at", ""),
        "duration_minutes": page.query.get("minutes", ""),
        "staff_id": page.me["staff"]["id"],
        **(_usual(page, given["client_id"]) if "client_id" in given else {}),
        **({"staff_id": page.me["staff"]["id"]} if GIVES_SERVICES in page.me["staff"]["levels"] else {}),
        **given,
        **_of_group(page),
    }
    return _form(page, Form(values={name: (value,) for name, value in values.items()}), usual=given.get("staff_id", ""))


def _usual(page: Page, client_id: str) -> dict[str, str]:
    """What the client's last appointment was, or what the next will be; empty where that is not known."""
    found = page.ask(VISITS, body={"client_ids": [client_id]})
    visits = found.value["items"][0] if found.ok and found.value["items"] else {}
    visit = visits.get("last_visit") or visits.get("next_appointment")
    reply = page.ask(ONE, appointment_id=visit["appointment_id"]) if visit else None
    if reply is None or not reply.ok:
        return {}
    usual = {name: reply.value[name] or "" for name in USUAL}
    return {**usual, "telehealth": "on" if reply.value["telehealth"] else ""}


def _like(page: Page) -> dict[str, str]:
    """What an appointment is, a week later: or as many weeks as it takes until that day is not over."""
    stored = page.need(ONE, appointment_id=page.query["like"])
    begins = datetime.fromisoformat(stored["starts_at_local"])
    day = begins.date() + WEEK
    if (late := now_of(page).date() - day) > timedelta(0):
        day += WEEK * -(-late // WEEK)
    lasts = datetime.fromisoformat(stored["ends_at"]) - datetime.fromisoformat(stored["starts_at"])
    of_one = len(stored["client_ids"]) == 1 and stored["group_id"] is None
    return {
        **{name: stored[name] or "" for name in USUAL},
        "telehealth": "on" if stored["telehealth"] else "",
        "on": day.isoformat(),
        "at": f"{begins:%H:%M}",
        "duration_minutes": str(lasts // timedelta(minutes=1)),
        "group_id": stored["group_id"] or "",
        "client_id": stored["client_ids"][0] if of_one else "",
    }


def _of_group(page: Page) -> dict[str, str]:
    """The group that the address names, with its usual service, and who gives its sessions; empty where none is."""
    group_id = page.query.get("group_id", "")
    group = _group(page, group_id)
    if group is None:
        return {}
    usual = {"service_type_id": group["service_type_id"], "staff_id": next(iter(group["staff"]), None)}
    return {"group_id": group_id, **{name: value for name, value in usual.items() if value}}


def _group(page: Page, group_id: str) -> Mapping[str, Any] | None:
    reply = page.ask(GROUP, group_id=group_id) if is_id(group_id) else None
    return reply.value if reply is not None and reply.ok else None


def book(page: Page) -> Response:
    """Book it, for a group or a client. A new client is added first, and stays the form's where it is refused."""
    form = page.form
    body, read = body_of(with_start(form), BOOKING)
    group_id = form.text("group_id")
    if not (group_id or form.text("client_id") or form.text("adding")):
        typed = form.text("client").strip()
        read = read.wrong(client="Choose a client from the list, or add a new one." if typed else "Choose who comes.")
    if read.errors:
        return _form(page, read, status=422)
    if not group_id and not form.text("client_id"):
        form, reply = _add_client(page, form)
        if reply is not None:
            return _form(page, form, status=422)
        read = with_start(form)
    body |= {"group_id": group_id} if group_id else {"client_ids": [form.text("client_id")]}
    if form.ticked("telehealth"):
        body["telehealth"] = True
    if form.text("override_reason").strip():
        body["override"] = {"reason": form.text("override_reason").strip()}
    reply = page.ask(BOOK, body=body, headers={"Idempotency-Key": _key(form)})
    if reply.ok:
        day = reply.value["starts_at_local"][:10]
        stranger = "stranger_booked_for_group" if group_id else "stranger_booked"
        done = stranger if reply.value["warnings"] else "booked"
        return page.leave(PATH, done, on=day, show=reply.value["id"])
    if reply.status not in REFUSED:
        return page.problem(reply)
    return _form(page, refused(read, reply), taken=reply, status=422)


def _key(form: Form) -> str:
    """The form's idempotency key. A refused form is sent anew, so that what it says then is looked at."""
    return form.text("once") or form.once


def _add_client(page: Page, form: Form) -> tuple[Form, ApiResponse | None]:
    """The form with the client who was added; or with what is wrong, and the refusal."""
    body, read = body_of(form, NEW_CLIENT)
    reply = page.ask(ADD_CLIENT, body=body, headers={"Idempotency-Key": f"{_key(form)}-c"})
    if reply.ok:
        name = f"{body['given_name']} {body['family_name']}"
        values = {**form.values, "client_id": (reply.value["id"],), "client": (name,), "adding": ("",)}
        return Form(values, once=form.once), None
    if reply.status not in REFUSED:
        page.problem(reply)
    return read.refused(reply.value), reply


def suggest_clients(page: Page) -> Response:
    """Clients whom what was typed finds; the last line adds one, where the person may."""
    typed = page.form.text("client").strip()
    found = page.ask_all(
        **{
            status: Question(SEARCH, body={"query": typed, "limit": SUGGESTED, "status": status})
            for status in BOOKABLE
            if typed
        }
    )
    items = [client for reply in found.values() if reply.ok for client in reply.value["items"]][:SUGGESTED]
    adds = page.can(ADDS_CLIENTS) and page.form.ticked("may_add")
    return page.show("agenda/_suggestions.html", items=items, typed=typed, named=text.named(typed), adds=adds and typed)


def _form(
    page: Page, form: Form, *, taken: ApiResponse | None = None, status: int = 200, usual: str | None = None
) -> Response:
    """The form; with `usual`, who was chosen for it or empty, it takes over what is usual of the client chosen next."""
    answers = page.ask_all(**AROUND, **{GROUPS: QUESTION})
    around = with_staff(page, around_of(answers), form.all("staff_id"))
    if form.text("client_id") and not form.text("client"):
        found = page.ask(LOOKUP, body={"ids": [form.text("client_id")]})
        name = next((client["name"] for client in found.value["items"]), "") if found.ok else ""
        form = Form({**form.values, "client": (name,), "client_id": (form.text("client_id") if name else "",)})
    values: dict[str, Any] = {
        "form": form,
        "taken": taken_of(taken),
        "overrides": page.can(OVERRIDE),
        "adds": page.can(ADDS_CLIENTS),
        "usual": usual,
        "bookable": choice_of(page, answers[GROUPS], _group(page, form.text("group_id"))),
        "long_day": text.long_day,
        **choices(around),
    }
    return page.show("agenda/_booking.html" if page.is_fragment else "agenda/booking.html", status, **values)


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /agenda/new": show_new,
    "POST /agenda/new": book,
    "POST /client-suggestions": suggest_clients,
}
