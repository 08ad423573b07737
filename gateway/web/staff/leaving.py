"""Leaving and coming back: what is open, who takes it over, and what is left after a hand-over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import Response

from gateway.web.forms import Form, Text, body_of
from gateway.web.open_work import open_work
from gateway.web.page import ApiResponse, Page, Question
from gateway.web.people import offered, people_of, staff_question
from gateway.web.staff.member import MEMBER, head_values
from gateway.web.staff.pages import LIST, refused
from shared import clock
from shared.texts import whole_number

OPEN_WORK: Final = "GET /staff/{staff_id}/open-work"
MOVING: Final = ("deactivated_handing_over", "handed_over")  # what was done where work moves within moments
LOOKS: Final = 3  # how often the table then looks again by itself
CLIENTS: Final = "GET /clients"
CLIENTS_SHOWN: Final = 25  # clients of a leaver who can be handed over at once; the next ones follow them


def show_leaving(page: Page) -> Response:
    """What would be left undone, and the way out or back."""
    return _leaving(page, Form())


def deactivate(page: Page) -> Response:
    """They leave: signed out everywhere, and their work goes to the successor, where one was chosen."""
    if not page.form.text("successor_id") and not page.form.ticked("acknowledged"):
        return _leaving(page, page.form.wrong(acknowledged="Choose who takes over, or tick that it stays open."))
    body, form = body_of(page.form, (Text("reason"), Text("successor_id")))
    done = "deactivated_handing_over" if "successor_id" in body else "deactivated"
    return _done(page, "POST /staff/{staff_id}/deactivate", body, form, done)


def hand_over(page: Page) -> Response:
    """Somebody takes over what is still open."""
    body, form = body_of(page.form, (Text("successor_id", blank="keep"),))
    if not page.form.text("successor_id"):
        return _leaving(page, form.wrong(successor_id="Choose who takes over."))
    return _done(page, "POST /staff/{staff_id}/hand-over", body, form, "handed_over")


def reactivate(page: Page) -> Response:
    """They are back, with the levels that they had."""
    body, form = body_of(page.form, (Text("reason"),))
    return _done(page, "POST /staff/{staff_id}/reactivate", body, form, "reactivated")


def _done(page: Page, row: str, body: Mapping[str, str], form: Form, done: str) -> Response:
    reply = page.ask(row, staff_id=page.ids["staff_id"], body=body, headers=form.sent)
    if reply.ok:
        return page.leave(f"{LIST}/{page.ids['staff_id']}/leaving", done)
    return _leaving(page, refused(form, reply))


def show_with(page: Page, share: Form, stayed: Sequence[str] = ()) -> Response:
    """The page with what became of clients who were to be handed over one by one: the form, and what stayed and why."""
    return _leaving(page, Form(), share, stayed)


def _leaving(page: Page, form: Form, share: Form | None = None, stayed: Sequence[str] = ()) -> Response:
    staff_id = page.ids["staff_id"]
    member = page.need(MEMBER, staff_id=staff_id)
    answers = page.ask_all(
        work=Question(OPEN_WORK, {"staff_id": staff_id}),
        people=staff_question(which := _successors(member)),
        signing=staff_question("signing"),
        clients=Question(CLIENTS, query={"assigned_to": staff_id, "limit": CLIENTS_SHOWN}),
    )
    work = answers["work"]
    looks = LOOKS if page.query.get("done") in MOVING else whole_number(page.query.get("looks", ""), digits_max=1)
    people = people_of(page, answers["people"], which, without=(staff_id,), chosen=form.all("successor_id"))
    return page.show(
        "staff/leaving.html",
        422 if form.errors or form.summary or (share and share.errors) else 200,
        form=form,
        work=work,
        looks=min(looks or 0, LOOKS),
        kinds=open_work(work.value, page.me["organization"]["time_zone"], clock.now()) if work.ok else [],
        people=people.after(("", "Nobody for now")),
        share=share or Form(),
        stayed=stayed,
        **_clients(page, answers, share),
        **head_values(page, member),
    )


def _clients(page: Page, answers: Mapping[str, ApiResponse], share: Form | None) -> dict[str, Any]:
    """The first clients of theirs to choose from, whether there are more, and who could take them over."""
    clients, chosen = answers["clients"], share.all("to_staff_id") if share else ()
    takers = people_of(page, answers["signing"], "signing", without=(page.ids["staff_id"],), chosen=chosen)
    items = clients.value["items"] if clients.ok else []
    return {
        "clients": [(item["id"], item["display_name"]) for item in items],
        "more_clients": clients.ok and clients.value["next_cursor"] is not None,
        "takers": takers.after(("", "Choose somebody")),
    }


def _successors(member: Mapping[str, Any]) -> str:
    """Among whom a successor is chosen: who supervises is followed by who may, who signs notes by who does as well."""
    if member.get("supervises"):
        return "supervising"
    return "succeeding" if offered(member, "succeeding") else "active"


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /settings/staff/{staff_id}/leaving": show_leaving,
    "POST /settings/staff/{staff_id}/deactivate": deactivate,
    "POST /settings/staff/{staff_id}/hand-over": hand_over,
    "POST /settings/staff/{staff_id}/reactivate": reactivate,
}
