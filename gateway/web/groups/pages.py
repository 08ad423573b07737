"""The list of groups, making one, and changing, archiving and restoring it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Response

from gateway.web.bookable_groups import GROUPS, narrowed
from gateway.web.conflicts import conflict_of, over
from gateway.web.forms import Form, Input, Text, Whole, body_of
from gateway.web.groups import views
from gateway.web.groups.group import PAGES as GROUP
from gateway.web.groups.group import PATH, changeable, id_of, path_of, show_group
from gateway.web.page import ApiResponse, Page, Question
from gateway.web.people import LISTED, STAFF, members, name_of, people_of, staff_question

ADD: Final = "POST /groups"
CHANGE: Final = "PATCH /groups/{group_id}"
SERVICES: Final = "GET /service-types"
SHOWN: Final = 100
GIVES_SERVICES: Final = "therapist"
INPUTS: Final[tuple[Input, ...]] = (
    Text("name", blank="keep"),
    Text("description", blank="null"),
    Text("service_type_id", blank="null"),
    Whole("capacity"),
)
REFUSED: Final = (403, 409, 422)


def show_groups(page: Page) -> Response:
    """The groups by name: those that go on, or the archived ones."""
    archived = page.query.get("state") == "archived"
    found = page.need(GROUPS, limit=SHOWN, cursor=page.query.get("cursor"), archived=archived)
    leading = {staff_id for group in found["items"] for staff_id in group["staff"]}
    staff = {member["id"]: name_of(member) for member in members(page, leading)}
    return page.show(
        "groups/groups.html",
        rows=views.group_rows(found["items"], staff, narrowed=narrowed(page)),
        next_cursor=found["next_cursor"],
        state="archived" if archived else "",
    )


def show_new(page: Page) -> Response:
    """An empty form. Who gives services leads the group unless they choose somebody else."""
    leads = GIVES_SERVICES in page.me["staff"]["levels"]
    return _form(page, Form(values={"leader.0.id": (page.me["staff"]["id"],)} if leads else {}))


def add_group(page: Page) -> Response:
    """Make a group. Members are added on its own page."""
    body, form = _typed(page)
    if form.errors:
        return _form(page, form, status=422)
    reply = page.ask(ADD, body=body, headers=form.sent)
    if reply.ok:
        return page.leave(f"{PATH}/{reply.value['id']}", "group_added")
    return _form(page, _refused(page, form, reply), status=422)


def show_edit(page: Page) -> Response:
    """The form that changes a group."""
    group = changeable(page)
    return _form(page, views.form_of_group(group), group)


def save(page: Page) -> Response:
    """Change a group."""
    body, form = _typed(page)
    if form.errors:
        return _form(page, form, changeable(page), 422)
    reply = page.ask(CHANGE, group_id=id_of(page), body=body, headers=form.sent)
    if reply.ok:
        return page.leave(path_of(page), "saved")
    if reply.status == 412:
        return _form(page, form, changeable(page), 412)
    return _form(page, _refused(page, form, reply), changeable(page), 422)


def set_state(page: Page) -> Response:
    """Archive a group, or take it back."""
    active = page.form.ticked("active")
    done = "group_restored" if active else "group_archived"
    return page.change(CHANGE, path_of(page), done, body={"archived": not active}, group_id=id_of(page))


def _typed(page: Page) -> tuple[dict[str, Any], Form]:
    body, form = body_of(page.form, INPUTS)
    return {**body, "staff": views.leaders_typed(form)}, form


def _refused(page: Page, form: Form, reply: ApiResponse) -> Form:
    """What the API says beside the inputs; of the leaders, above the form."""
    if reply.status not in REFUSED:
        page.problem(reply)
    return form.refused(reply.value)


def _form(page: Page, form: Form, group: Mapping[str, Any] | None = None, status: int = 200) -> Response:
    replies = page.ask_all(
        **{STAFF: staff_question(), SERVICES: Question(SERVICES, query={"limit": LISTED, "active": True})}
    )
    conflict = None
    if group is not None and status == 412:
        conflict = conflict_of(form, views.form_of_group(group), views.WORDS)
        form = over(form, group["version"])
    services = replies[SERVICES].value["items"] if replies[SERVICES].ok else []
    return page.show(
        "groups/form.html",
        status,
        form=form,
        group=group,
        conflict=conflict,
        people=people_of(page, replies[STAFF], chosen=views.leaders_typed(form)).after(("", "Nobody")),
        leaders=views.choices_of_leaders(form),
        services=_with_stored([(each["id"], each["name"]) for each in services], form),
    )


def _with_stored(options: list[tuple[str, str]], form: Form) -> list[tuple[str, str]]:
    """The services in use, and the one that the group has, which may be archived by now."""
    stored = form.text("service_type_id")
    known = {"", *(value for value, _ in options)}
    return [("", "None in particular"), *options, *([] if stored in known else [(stored, "As it is")])]


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /groups": show_groups,
    "GET /groups/new": show_new,
    "POST /groups/new": add_group,
    "GET /groups/{group_id}": show_group,
    "GET /groups/{group_id}/edit": show_edit,
    "POST /groups/{group_id}/edit": save,
    "POST /groups/{group_id}/state": set_state,
    **GROUP,
}
