"""Taking somebody off a client with whom they have open work: what there is, who takes it over, and what stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.clients.chart import chart_of
from gateway.web.forms import Form
from gateway.web.open_work import choices, with_client
from gateway.web.page import Page, Question
from gateway.web.people import name_of, people_of, staff_question
from shared import clock

UNASSIGN: Final = "DELETE /clients/{client_id}/staff/{staff_id}"
HAND_OVER: Final = "POST /staff/{staff_id}/hand-over-client"
MEMBER: Final = "GET /staff/{staff_id}"
WORK: Final = "GET /staff/{staff_id}/open-work"
REFUSED: Final = (403, 409, 422)
MOVED: Final = ("appointments", "drafts")  # what is moved one by one, by the names of the API
WORDS: Final[Mapping[str, str]] = {"appointment": "The appointment", "draft": "The note"}


def show_work(page: Page) -> Response:
    """What is open; all that can be moved is ticked."""
    return _work(page, Form(), ticked=None)


def hand_over(page: Page) -> Response:
    """Move what is ticked, or all of it, to a colleague. What cannot be moved is named with the reason."""
    form = page.form
    if not form.text("to_staff_id"):
        return _work(page, form.wrong(to_staff_id="Choose who takes over."), ticked=form)
    body: dict[str, Any] = {"client_id": page.ids["client_id"], "to_staff_id": form.text("to_staff_id")}
    if not form.text("everything"):
        body |= {name: list(form.all(name)) for name in MOVED}
    reply = page.ask(HAND_OVER, staff_id=page.ids["staff_id"], body=body, headers=form.sent)
    if reply.ok and not reply.value["refused"]:
        return page.leave(_path(page), "client_handed_over")
    if reply.ok:
        return _work(page, Form.of({"to_staff_id": form.text("to_staff_id")}), None, reply.value)
    if reply.status not in REFUSED:
        page.problem(reply)
    return _work(page, form.refused(reply.value), ticked=form)


def take_off(page: Page) -> Response:
    """Take them off although something stays open, once that is acknowledged."""
    if not page.form.ticked("acknowledged"):
        return _work(page, page.form.wrong(acknowledged="Tick that it stays open, or hand it over first."), ticked=None)
    client_id, staff_id = page.ids["client_id"], page.ids["staff_id"]
    body = {"acknowledged": True}
    reply = page.ask(UNASSIGN, client_id=client_id, staff_id=staff_id, body=body, headers=page.form.sent)
    if reply.ok:
        return page.leave(f"/clients/{client_id}/details", "client_unassigned", off=staff_id)
    if reply.status not in (404, *REFUSED):
        page.problem(reply)
    return _work(page, page.form.refused(reply.value), ticked=None)


def _work(page: Page, form: Form, ticked: Form | None, outcome: Mapping[str, Any] | None = None) -> Response:
    client_id, staff_id = page.ids["client_id"], page.ids["staff_id"]
    chart = chart_of(
        page,
        client_id,
        work=Question(WORK, {"staff_id": staff_id}, {"client_id": client_id}),
        people=staff_question("signing"),
        member=Question(MEMBER, {"staff_id": staff_id}),
    )
    work, member = chart.answers["work"], chart.answers["member"]
    if any(reply.status in (403, 404) for reply in (work, member)):
        page.problem(work if not work.ok else member)
    zone, now = page.me["organization"]["time_zone"], clock.now()
    chosen = form.all("to_staff_id")
    people = people_of(page, chart.answers["people"], "signing", without=(staff_id,), chosen=chosen)
    options = choices(work.value, zone, now) if work.ok else {name: [] for name in MOVED}
    return page.show(
        "clients/taking_off.html",
        422 if form.errors or form.summary else 200,
        chart=chart,
        form=form,
        name=name_of(member.value) if member.ok else "this member of staff",
        here=_path(page),
        work=work,
        kinds=with_client(work.value, zone, now) if work.ok else [],
        options=options,
        ticks=Form.of({name: [pair[0] for pair in options[name]] for name in MOVED}) if ticked is None else ticked,
        people=people.after(("", "Choose somebody")),
        moved=_moved(outcome) if outcome else "",
        stayed=_stayed(outcome["refused"], options) if outcome else [],
    )


def _moved(outcome: Mapping[str, Any]) -> str:
    number = len(outcome["appointments"]) + len(outcome["drafts"])
    return f"{text.count(number, 'item')} moved, {text.count(len(outcome['refused']), 'item')} stayed."


def _stayed(refused: Sequence[Mapping[str, Any]], options: Mapping[str, Sequence[tuple[str, str]]]) -> list[str]:
    """Each refusal in words: which it is, as far as it stands on the page, and why it stayed."""
    words = {identifier: called for pairs in options.values() for identifier, called in pairs}
    return [
        " ".join(filter(None, (WORDS[item["kind"]], words.get(item["id"], "")))) + f": {item['detail']}"
        for item in refused
    ]


def _path(page: Page) -> str:
    return f"/clients/{page.ids['client_id']}/team/{page.ids['staff_id']}"


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /clients/{client_id}/team/{staff_id}": show_work,
    "POST /clients/{client_id}/team/{staff_id}/hand-over": hand_over,
    "POST /clients/{client_id}/team/{staff_id}/take-off": take_off,
}
