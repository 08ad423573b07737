"""The catalogue of services: the list, adding one, changing one, and its rates by day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Response

from gateway.web import places
from gateway.web.conflicts import Conflict, conflict_of, over
from gateway.web.forms import Form, Input, Money, Text, Whole, body_of
from gateway.web.page import ApiResponse, Page
from gateway.web.services import views
from shared import clock

LIST: Final = "/settings/services"
LISTED: Final = 100
READS_RATES: Final = "invoices:read"
ONE: Final = "GET /service-types/{service_type_id}"
CHANGE: Final = "PATCH /service-types/{service_type_id}"
ADD: Final = "POST /service-types"
ADD_RATE: Final = "POST /service-types/{service_type_id}/rates"
PREVIEW: Final = "POST /service-types/{service_type_id}/units-preview"
_MINUTES: Final = (Whole("note_minutes_min", blank="null"), Whole("note_minutes_max", blank="null"))
NEW_SERVICE: Final[tuple[Input, ...]] = (
    Text("name"),
    Text("kind"),
    Text("code"),
    Money("rate_cents"),
    Whole("duration_minutes"),
    *_MINUTES,
    Text("place_of_service"),
    Text("colour"),
    Text("effective_from", blank="null"),
    Text("unit.rule"),
)
# Each rule of counting units has inputs of its own; those of the other one are not sent.
OF_RULE: Final[Mapping[str, tuple[Input, ...]]] = {
    "fixed": (Whole("unit.units"),),
    "per_minutes": (Whole("unit.minutes"), Text("unit.rounding")),
}
CHANGED: Final[tuple[Input, ...]] = (
    Text("name", blank="keep"),
    Whole("duration_minutes"),
    *_MINUTES,
    Text("place_of_service"),
    Text("colour"),
)
EMPTY: Final = {
    "kind": ("cpt",),
    "unit.rule": ("fixed",),
    "unit.units": ("1",),
    "unit.rounding": ("nearest",),
    "place_of_service": ("11",),
    "insurance_billable": ("on",),
}
REFUSED: Final = (403, 409, 412, 422)


def show_services(page: Page) -> Response:
    """Those that are offered, or all."""
    everything = page.query.get("state") == "all"
    active = None if everything else True
    found = page.need("GET /service-types", limit=LISTED, cursor=page.query.get("cursor"), active=active)
    return page.show(
        "services/services.html",
        rows=views.service_rows(found["items"]),
        next_cursor=found["next_cursor"],
        state="all" if everything else "",
        rates=page.can(READS_RATES),
    )


def show_new(page: Page) -> Response:
    """An empty form."""
    return _new(page, Form(values=EMPTY))


def add_service(page: Page) -> Response:
    """Add a service with its first rate."""
    rule = page.form.text("unit.rule")
    body, form = body_of(page.form, (*NEW_SERVICE, *OF_RULE.get(rule, ())))
    body["modifiers"] = views.split(form.text("modifiers"))
    if body.get("kind") == "cpt":
        body["insurance_billable"] = form.ticked("insurance_billable")
    if form.errors:
        return _new(page, form, 422)
    reply = page.ask(ADD, body=body, headers=form.sent)
    if reply.ok:
        return page.leave(f"{LIST}/{reply.value['id']}", "service_added")
    return _new(page, _refused(page, form, reply), 422)


def _new(page: Page, form: Form, status: int = 200) -> Response:
    return page.show("services/new.html", status, form=form, **_choices())


def show_service(page: Page) -> Response:
    """One service: what it is, its rates, and what some minutes of it come to."""
    return _service(page)


def save_service(page: Page) -> Response:
    """Change what may change of a service. Code, kind, units and earlier rates stay."""
    body, form = body_of(page.form, CHANGED)
    if form.text("kind") == "cpt":
        body["insurance_billable"] = form.ticked("insurance_billable")
    if form.errors:
        return _service(page, form, status=422)
    reply = page.ask(CHANGE, service_type_id=_id(page), body=body, headers=form.sent)
    if reply.ok:
        return page.leave(f"{LIST}/{_id(page)}", "saved")
    if reply.status == 412:
        return _service(page, form, status=412)
    return _service(page, _refused(page, form, reply), status=422)


def set_state(page: Page) -> Response:
    """Offer a service no longer, or again."""
    active = page.form.ticked("active")
    done = "service_activated" if active else "service_deactivated"
    return page.change(CHANGE, f"{LIST}/{_id(page)}", done, body={"active": active}, service_type_id=_id(page))


def add_rate(page: Page) -> Response:
    """A rate from a day on; without a day it is the one from the beginning."""
    body, form = body_of(page.form, (Money("rate_cents"), Text("effective_from", blank="null")))
    if form.errors:
        return _service(page, rate=form, status=422)
    reply = page.ask(ADD_RATE, service_type_id=_id(page), body=body, headers=form.sent)
    if reply.ok:
        return page.leave(f"{LIST}/{_id(page)}", "rate_added")
    return _service(page, rate=_refused(page, form, reply), status=422)


def preview_units(page: Page) -> Response:
    """What some minutes of the service come to, for the part of the page that asks."""
    body, form = body_of(page.form, (Whole("minutes"),))
    reply = None if form.errors else page.ask(PREVIEW, service_type_id=_id(page), body=body)
    if reply is not None and not reply.ok:
        form = _refused(page, form, reply)
    service = page.need(ONE, service_type_id=_id(page))
    counted = reply.value if reply is not None and reply.ok else None
    values: dict[str, Any] = {
        "counted": counted,
        "preview": form,
        "fits": counted is None or views.fits(body["minutes"], service),
        "minutes": body.get("minutes"),
    }
    if page.is_fragment:
        return page.show("services/_units.html", **values)
    return _service(page, **values)


def _service(
    page: Page, form: Form | None = None, *, rate: Form | None = None, status: int = 200, **more: Any
) -> Response:
    service = page.need(ONE, service_type_id=_id(page))
    stored = Form.of(service)
    conflict: Conflict | None = None
    if form is not None and status == 412:
        conflict = conflict_of(form, stored, views.WORDS)
        form = over(form, service["version"])
    today = clock.today(page.me["organization"]["time_zone"])
    preview: dict[str, Any] = {"counted": None, "preview": Form(), "fits": True, "minutes": None}
    return page.show(
        "services/service.html",
        status,
        **{**preview, **more},
        form=form or stored,
        conflict=conflict,
        service=service,
        code=views.code_of(service),
        units=views.units_in_words(service["unit"]),
        rates=views.rate_rows(service["rates"], today) if page.can(READS_RATES) else None,
        rate=rate or Form(),
        **_choices(),
    )


def _choices() -> dict[str, Any]:
    return {
        "kinds": views.KINDS,
        "rules": views.RULES,
        "roundings": views.ROUNDINGS,
        "hues": views.HUES,
        "places": places.OPTIONS,
    }


def _refused(page: Page, form: Form, reply: ApiResponse) -> Form:
    if reply.status not in REFUSED:
        page.problem(reply)
    return form.refused(reply.value, "modifiers")


def _id(page: Page) -> str:
    return page.ids["service_type_id"]


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /settings/services": show_services,
    "GET /settings/services/new": show_new,
    "POST /settings/services/new": add_service,
    "GET /settings/services/{service_type_id}": show_service,
    "POST /settings/services/{service_type_id}": save_service,
    "POST /settings/services/{service_type_id}/state": set_state,
    "POST /settings/services/{service_type_id}/rates": add_rate,
    "POST /settings/services/{service_type_id}/units": preview_units,
}
