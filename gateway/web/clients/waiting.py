"""The waiting list: who waits longest comes first, each with what they wish for and the first times that are free."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.clients.chart import chart_of
from gateway.web.clients.wishes import suiting, wish, wished_in_words, wished_names
from gateway.web.page import ApiResponse, Page
from gateway.web.people import names_of
from gateway.web.rendering import url
from shared import clock

LIST: Final = "GET /clients"
SLOTS: Final = "POST /open-slots"
OFFER: Final = "POST /clients/{client_id}/offers"
CHANGE: Final = "PATCH /clients/{client_id}"
CHANGES_CLIENTS: Final = "clients:update"
LEFT: Final = "/clients/waiting"
SOMEBODY: Final = "Somebody who left"
PROGRAM: Final = "A program"
BOOKS: Final = "appointments:create"
ORDER: Final = "waiting_since"
LISTED: Final = 50
FIRST: Final = 2  # free times beside each line of the list
DAYS: Final = 14  # that the list looks ahead
FOUND: Final = 20  # free times on the page of one client
SPANS: Final = (("14", "Two weeks"), ("28", "Four weeks"))


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A time that can be offered."""

    when: str
    clinician: str
    booking: str  # where it is booked
    staff_id: str
    starts_at: str
    offered: bool = False  # to this client


@dataclass(frozen=True, slots=True)
class Offered:
    """A time that was offered before."""

    when: str
    clinician: str
    by: str
    at: str
    past: bool


def show_waiting(page: Page) -> Response:
    """One page of the list. Without the agenda it stands there all the same."""
    reply = page.ask(LIST, sort=ORDER, limit=LISTED, cursor=page.query.get("cursor"))
    if not reply.ok:
        return page.problem(reply)
    clients = reply.value["items"]
    found = None
    if clients and page.can(BOOKS):
        wishes = [suiting(client["waiting"]) for client in clients]
        found = page.ask(SLOTS, body={"wishes": wishes, "days": DAYS, "limit": FIRST})
    times = _times(page, found, clients) if found is not None and found.ok else None
    names = wished_names(page, [client["waiting"] for client in clients])
    zone = page.me["organization"]["time_zone"]
    today = clock.today(zone)
    rows = [
        {
            "path": f"/clients/{client['id']}",
            "name": client["display_name"],
            "waits": text.count((today - date.fromisoformat(client["waiting"]["since"])).days, "day"),
            "wish": ". ".join(wished_in_words(client["waiting"], names)),
            "phone": text.phone(client["phone"]),
            "phone_stored": client["phone"] or "",
            "offered": text.moment(offers[0]["starts_at"], zone, clock.now())
            if (offers := client["waiting"].get("offers"))
            else "",
            "times": times[at] if times is not None else [],
        }
        for at, client in enumerate(clients)
    ]
    return page.show(
        "clients/waiting.html",
        rows=rows,
        next_cursor=reply.value["next_cursor"],
        away=found is not None and not found.ok,
        days=DAYS,
    )


def show_times(page: Page) -> Response:
    """Free times that suit one client; of somebody who is not on the waiting list, any."""
    client_id = page.ids["client_id"]
    chart = chart_of(page, client_id)
    client = chart.client
    days = page.query.get("days") if page.query.get("days") in dict(SPANS) else SPANS[0][0]
    reply = page.ask(SLOTS, body={"wishes": [suiting(client["waiting"])], "days": int(days or DAYS), "limit": FOUND})
    names = wished_names(page, [client["waiting"]])
    return page.show(
        "clients/free_times.html",
        chart=chart,
        anybody=suiting(client["waiting"]).get("staff_id") is None,
        wish=wish(client["waiting"], names) if client["waiting"] else [],
        times=_times(page, reply, [client])[0] if reply.ok else None,
        document=reply.value if reply.ok else None,
        days=days,
        spans=SPANS,
        offers=_offers(page, client),
        offers_times=client["waiting"] is not None and page.can(CHANGES_CLIENTS),
    )


def offer_time(page: Page) -> Response:
    """Note that a time was offered."""
    client_id = page.ids["client_id"]
    body = {"staff_id": page.form.text("staff_id"), "starts_at": page.form.text("starts_at")}
    return page.change(OFFER, f"/clients/{client_id}/free-times", "time_offered", body=body, client_id=client_id)


def take_off(page: Page) -> Response:
    """Take the client off the list."""
    return page.change(CHANGE, LEFT, "left_the_list", body={"waiting": None}, client_id=page.ids["client_id"])


def _offers(page: Page, client: Mapping[str, Any]) -> list[Offered]:
    """What was offered to the client, the last offer first."""
    offers = (client["waiting"] or {}).get("offers", [])
    zone, now = page.me["organization"]["time_zone"], clock.now()
    names = names_of(page, {offer[name] for offer in offers for name in ("staff_id", "offered_by")})
    return [
        Offered(
            when=text.moment(offer["starts_at"], zone, now),
            clinician=names.get(offer["staff_id"], SOMEBODY),
            by=names.get(offer["offered_by"], PROGRAM),
            at=text.moment_within(offer["offered_at"], zone, now),
            past=datetime.fromisoformat(offer["starts_at"]) < now,
        )
        for offer in offers
    ]


def _times(page: Page, reply: ApiResponse, clients: Sequence[Mapping[str, Any]]) -> list[list[FreeTime]]:
    """The free times of each client, in their order."""
    document = reply.value
    today = clock.today(document["time_zone"])
    names = names_of(page, {slot["staff_id"] for item in document["items"] for slot in item["slots"]})
    return [
        [_time(slot, item, client, names, today) for slot in item["slots"]]
        for item, client in zip(document["items"], clients, strict=True)
    ]


def _time(
    slot: Mapping[str, Any],
    item: Mapping[str, Any],
    client: Mapping[str, Any],
    names: Mapping[str, str],
    today: date,
) -> FreeTime:
    begins = datetime.fromisoformat(slot["starts_at_local"])
    service_id = (client["waiting"] or {}).get("service_type_id")
    return FreeTime(
        when=f"{text.day(begins.date(), today)}, {text.clock_time(begins)}",
        clinician=names.get(slot["staff_id"], ""),
        staff_id=slot["staff_id"],
        starts_at=slot["starts_at"],
        offered=any(
            (offer["staff_id"], offer["starts_at"]) == (slot["staff_id"], slot["starts_at"])
            for offer in (client["waiting"] or {}).get("offers", ())
        ),
        booking=url(
            "/agenda/new",
            client_id=client["id"],
            on=begins.date().isoformat(),
            at=f"{begins:%H:%M}",
            minutes=item["duration_minutes"],
            staff_id=slot["staff_id"],
            service_type_id=service_id,
        ),
    )


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /clients/waiting": show_waiting,
    "GET /clients/{client_id}/free-times": show_times,
    "POST /clients/{client_id}/free-times/offer": offer_time,
    "POST /clients/{client_id}/free-times/leave": take_off,
}
