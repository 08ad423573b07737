"""Where the practice sees clients: the list, adding a place, changing it with its rooms, and what it prints by day."""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from gateway.web import addresses, places
from gateway.web.addresses import ADDRESS, PARTS, without_empty
from gateway.web.conflicts import Conflict, conflict_of, over
from gateway.web.forms import Form, Input, Text, body_of
from gateway.web.page import ApiResponse, Page
from gateway.web.people import named_in, names_of
from gateway.web.settings import sections, views
from gateway.web.time_zones import TIME_ZONES, zones_with
from gateway.web.weekly_hours import at_inputs
from shared import clock

LIST: Final = "/settings/locations"
ONE: Final = "GET /locations/{location_id}"
CHANGE: Final = "PATCH /locations/{location_id}"
VERSIONS: Final = "GET /locations/{location_id}/billing-profiles"
INPUTS: Final[tuple[Input, ...]] = (
    Text("name", blank="keep"),
    Text("place_of_service"),
    Text("time_zone", blank="null"),
    Text("phone", blank="null"),
    Text("npi", blank="null"),
    *ADDRESS,
)
PRINTED: Final[tuple[Input, ...]] = (
    Text("effective_from"),
    Text("name"),
    Text("phone"),
    Text("npi"),
    Text("place_of_service"),
    *(Text(f"address.{name}") for name in PARTS),
)
WORDS: Final = {
    "name": "Name",
    "place_of_service": "Place of service",
    "time_zone": "Time zone",
    "phone": "Phone",
    "npi": "NPI",
    **addresses.WORDS,
}


def show_locations(page: Page) -> Response:
    """All places, those that are closed too."""
    found = page.need("GET /locations", limit=100, cursor=page.query.get("cursor"))
    return page.show(
        "settings/locations.html",
        rows=views.location_rows(found["items"]),
        next_cursor=found["next_cursor"],
    )


def show_new(page: Page) -> Response:
    """An empty form."""
    return _new(page, Form(values={"place_of_service": ("11",)}))


def add_location(page: Page) -> Response:
    """Add a place with its rooms."""
    body, form = _typed(page)
    reply = page.ask("POST /locations", body=body, headers=form.sent)
    if reply.ok:
        return page.leave(f"{LIST}/{reply.value['id']}", "location_added")
    return _new(page, _refused(page, form, reply), 422)


def _new(page: Page, form: Form, status: int = 200) -> Response:
    return page.show("settings/location_new.html", status, form=form, **_choices(form))


def show_location(page: Page) -> Response:
    """One place."""
    return _location(page)


def save_location(page: Page) -> Response:
    """Change a place and its rooms. What it prints changes from today on."""
    body, form = _typed(page)
    reply = page.ask(CHANGE, location_id=_id(page), body=body, headers=form.sent)
    if reply.ok:
        return page.leave(f"{LIST}/{_id(page)}", "saved")
    if reply.status == 412:
        return _location(page, form, status=412)
    return _location(page, _refused(page, form, reply), status=422)


def set_state(page: Page) -> Response:
    """Close a place, or open it again."""
    active = page.form.ticked("active")
    done = "location_opened" if active else "location_closed"
    return page.change(CHANGE, f"{LIST}/{_id(page)}", done, body={"active": active}, location_id=_id(page))


def add_version(page: Page) -> Response:
    """What the place prints from a day on; what is left blank stays as it was on that day."""
    body, form = body_of(page.form, PRINTED)
    reply = page.ask(
        "POST /locations/{location_id}/billing-profiles", location_id=_id(page), body=body, headers=form.sent
    )
    if reply.ok:
        return page.leave(f"{LIST}/{_id(page)}", "printing_saved")
    return _location(page, printed=_refused(page, form, reply), status=422)


def _location(page: Page, form: Form | None = None, *, printed: Form | None = None, status: int = 200) -> Response:
    location = page.need(ONE, location_id=_id(page))
    stored = views.form_of_location(location)
    conflict: Conflict | None = None
    if form is not None and status == 412:
        conflict = conflict_of(form, stored, WORDS)
        form = over(form, location["version"])
    form = form or stored
    versions: Any = page.ask(VERSIONS, location_id=_id(page), cursor=page.query.get("cursor"))
    zone, items = page.me["organization"]["time_zone"], versions.value["items"] if versions.ok else []
    return page.show(
        "settings/location.html",
        status,
        location=location,
        form=form,
        conflict=conflict,
        printed=printed or Form(),
        history=versions,
        versions=views.versions_of(items, names_of(page, named_in(items)), zone, clock.now()),
        next_cursor=versions.value["next_cursor"] if versions.ok else None,
        **_choices(form),
    )


def _choices(form: Form) -> dict[str, Any]:
    chosen = form.text("time_zone")
    return {
        "places": places.OPTIONS,
        "places_or_not": (("", "As it was"), *places.OPTIONS),
        "zones": [("", "The practice’s"), *(zones_with(chosen) if chosen else TIME_ZONES)],
        "rooms": range(views.rows_of_rooms(form)),
    }


def _typed(page: Page) -> tuple[dict[str, Any], Form]:
    body, form = body_of(page.form, INPUTS)
    body["rooms"] = views.rooms_of(form)[0]
    return without_empty(body, form), form


def _refused(page: Page, form: Form, reply: ApiResponse) -> Form:
    if reply.status not in sections.REFUSED:
        page.problem(reply)
    return form.refused(at_inputs(reply.value, "rooms", views.rooms_of(form)[1], whole="name"))


def _id(page: Page) -> str:
    return page.ids["location_id"]
