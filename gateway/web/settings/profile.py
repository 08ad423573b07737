"""The practice profile: names, address, numbers and time zone in the first section, and the logo."""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from gateway.web import addresses
from gateway.web.addresses import ADDRESS, without_empty
from gateway.web.forms import Form, Input, Text, body_of
from gateway.web.home.first_steps import of_practice
from gateway.web.home.views import Setup
from gateway.web.page import Page
from gateway.web.settings import sections
from gateway.web.time_zones import zones_with

PATH: Final = "/settings"
PRINTED_TODAY: Final = "GET /organization/billing-profile"
INPUTS: Final[tuple[Input, ...]] = (
    Text("name", blank="keep"),
    *(Text(name, blank="null") for name in ("legal_name", "phone", "fax", "email", "tax_id", "npi", "taxonomy")),
    Text("time_zone"),
    *ADDRESS,
)
WORDS: Final = {
    "name": "Name",
    "legal_name": "Legal name",
    "phone": "Phone",
    "fax": "Fax",
    "email": "E-mail",
    **addresses.WORDS,
    "tax_id": "Tax ID",
    "npi": "NPI",
    "taxonomy": "Taxonomy code",
    "time_zone": "Time zone",
}
LOGO_REFUSED: Final = (413, 422)


def show_profile(page: Page) -> Response:
    """The profile as it is stored, below the first steps as long as one is left."""
    return _profile(page, setup=of_practice(page))


def save_profile(page: Page) -> Response:
    """Save the first section. An address of which nothing is left is none."""
    body, form = body_of(page.form, INPUTS)
    done = sections.save(page, without_empty(body, form), form, to=PATH, words=WORDS)
    return _profile(page, done) if isinstance(done, tuple) else done


def count_kept(page: Page) -> Response:
    """How many coming appointments keep their time zone, for the part of the page that asks."""
    reply = page.ask("GET /agenda/time-zone-change", time_zone=page.form.text("time_zone"))
    if not reply.ok and reply.status != 422:
        return page.problem(reply)
    return page.show("settings/_kept.html", kept=reply.value["kept"] if reply.ok else 0)


def put_logo(page: Page) -> Response:
    """A new logo, from today on."""
    upload = page.form.uploads.get("logo")
    if upload is None:
        return _profile(page, logo=Form().wrong(logo="Choose a picture first."), status=422)
    reply = page.send_file("PUT /organization/logo", upload)
    if reply.ok:
        return page.leave(PATH, "logo_saved")
    if reply.status not in LOGO_REFUSED:
        return page.problem(reply)
    return _profile(page, logo=Form().wrong(logo=reply.detail), status=422)


def remove_logo(page: Page) -> Response:
    """No logo from today on."""
    reply = page.ask("DELETE /organization/logo")
    return page.leave(PATH, "logo_removed") if reply.ok else page.problem(reply)


def show_logo(page: Page) -> Response:
    """The picture itself."""
    return page.hand_on("GET /organization/logo")


def _profile(
    page: Page,
    section: sections.Section | None = None,
    logo: Form | None = None,
    status: int = 200,
    setup: Setup | None = None,
) -> Response:
    organization = page.need(sections.READ)
    form, conflict = section or (Form.of(organization), None)
    printed: Any = page.ask(PRINTED_TODAY)
    return sections.show(
        page,
        "settings/profile.html",
        sections.status_of(section) if section else status,
        setup=setup,
        organization=organization,
        form=form,
        conflict=conflict,
        zones=zones_with(form.text("time_zone")),
        logo=logo or Form(),
        logo_id=printed.value["logo_id"] if printed.ok else None,
    )
