"""How somebody looks at the agenda: what they chose last, kept with their preferences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.web.agenda.around import GIVES_SERVICES
from gateway.web.agenda.asked import staff_of
from gateway.web.forms import Form
from gateway.web.page import Page

SAVE: Final = "PATCH /me/preferences"
COLOURS: Final = (("person", "Person"), ("service", "Service"), ("status", "Status"))


@dataclass(frozen=True, slots=True)
class Liking:
    """The view and whose appointments (ids of staff; none: everybody's) the agenda opens with, and how it looks."""

    view: str
    staff: Sequence[str]
    sunday_first: bool
    colours: str
    initials: bool  # on paper, in place of clients' names

    def form(self) -> Form:
        """As a form shows it."""
        return Form.of({"agenda_colours": self.colours, "agenda_initials": "on" if self.initials else ""})


def liking_of(page: Page) -> Liking:
    """Of the person who looks. Somebody who gives services and chose nobody sees their own appointments."""
    preferences = page.me["preferences"]
    staff = preferences["agenda_staff"]
    if staff is None:
        staff = [page.me["staff"]["id"]] if GIVES_SERVICES in page.me["levels"] else []
    return Liking(
        view=preferences["agenda_view"],
        staff=staff,
        sunday_first=preferences["week_start"] == "sunday",
        colours=preferences["agenda_colours"],
        initials=preferences["agenda_initials"],
    )


def saved_look(form: Form) -> dict[str, Any]:
    """The preferences that a form, or a link of the agenda that was followed, changes."""
    body: dict[str, Any] = {}
    if form.text("view"):
        body["agenda_view"] = form.text("view")
    if form.text("staff"):
        body["agenda_staff"] = staff_of(form.text("staff"))
    if form.text("agenda_colours"):  # the form: a box that is not ticked is not sent
        body["agenda_colours"] = form.text("agenda_colours")
        body["agenda_initials"] = form.ticked("agenda_initials")
    return body
