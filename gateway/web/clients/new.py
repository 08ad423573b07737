"""Adding a client: what the API takes, who may be the same person, and who is to see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import Response

from gateway.web.clients import views
from gateway.web.clients.facts import FACTS, FIRST_WAYS, choices, refused, without_empty
from gateway.web.clients.own import LISTED, fields_of, inputs_of, own_of
from gateway.web.forms import Form, Text, body_of
from gateway.web.page import Page, Question
from gateway.web.people import People, people_of, staff_question

ADD: Final = "POST /clients"
SEARCH: Final = "POST /clients/search"
ASSIGN: Final = "PUT /clients/{client_id}/staff/{staff_id}"
OWN: Final = "GET /client-fields"
ASSIGNS: Final = "assignments:change"
ALIKE_MAX: Final = 20


def show_new(page: Page) -> Response:
    """An empty form."""
    return _new(page, Form())


def show_named(page: Page) -> Response:
    """The form with the name that was searched in vain. Nothing is saved by this."""
    given, family = views.split_name(page.form.text("name"))
    return _new(page, Form(values={"given_name": (given,), "family_name": (family,)}))


def add_client(page: Page) -> Response:
    """Add the client, unless somebody of the same name and birth date is there and nobody said that they differ."""
    body, form = body_of(page.form, (*FACTS, *FIRST_WAYS, Text("status")))
    custom, form = own_of(form, page.need(OWN, limit=LISTED.query["limit"])["items"])
    if form.errors:
        return _new(page, form)
    body["custom"] = {slug: value for slug, value in custom.items() if value is not None}
    if not form.ticked("anyway") and (alike := _alike(page, form)):
        return _new(page, form, alike)
    reply = page.ask(ADD, body=without_empty(body, form), headers=form.sent)
    if not reply.ok:
        return _new(page, refused(page, form, reply))
    client_id = reply.value["id"]
    done = "client_added" if _assigned(page, client_id) else "client_added_without_team"
    if done == "client_added" and reply.value["possible_duplicates"] and not form.ticked("anyway"):
        done = "client_added_alike"
    return page.leave(f"/clients/{client_id}", done)


def _alike(page: Page, form: Form) -> Sequence[Mapping[str, Any]]:
    """Clients of that name who were born on that day, of those whom the person may see."""
    name, born = f"{form.text('given_name')} {form.text('family_name')}".strip(), form.text("date_of_birth")
    if not name or not born:
        return ()
    reply = page.ask(SEARCH, body={"query": name[: views.QUERY_MAX], "limit": ALIKE_MAX})
    return [client for client in reply.value["items"] if client["date_of_birth"] == born] if reply.ok else ()


def _assigned(page: Page, client_id: str) -> bool:
    """Whether everybody who was ticked is assigned now."""
    chosen = page.form.all("staff_ids") if page.can(ASSIGNS) else ()
    answers = page.ask_all(
        **{
            staff_id: Question(ASSIGN, {"client_id": client_id, "staff_id": staff_id})
            for staff_id in dict.fromkeys(chosen)
        }
    )
    return all(reply.ok for reply in answers.values())


def _new(page: Page, form: Form, alike: Sequence[Mapping[str, Any]] = ()) -> Response:
    people = People()
    answers = page.ask_all(own=LISTED, **({"people": staff_question()} if page.can(ASSIGNS) else {}))
    if page.can(ASSIGNS):
        people = people_of(page, answers["people"], chosen=form.all("staff_ids"))
    return page.show(
        "clients/new.html",
        422 if form.errors or form.summary or alike else 200,
        form=form,
        alike=alike,
        people=people,
        own=inputs_of(fields_of(answers["own"]), form, fresh=True),
        **choices(form),
    )


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /clients/new": show_new,
    "POST /clients/new": add_client,
    "POST /clients/new/named": show_named,
}
