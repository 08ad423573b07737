"""The list of all services' work items, and the page of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Response

from gateway.route_table.pages import WORK_SERVICES
from gateway.web.conflicts import over
from gateway.web.documentation.worklist import names_of as clients_of
from gateway.web.forms import Form, Text, body_of
from gateway.web.page import Page, Question
from gateway.web.people import names_of, people_of, staff_question
from gateway.web.rendering import url
from gateway.web.work_items.views import PATH, lines_of, row_of, rows_of
from gateway.web.work_items.words import KINDS, services_with
from shared import clock

SHOWN: Final = 50
# View -> its words over the list, and what the services are asked.
VIEWS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "": ("Mine", {"assignee": "me"}),
    "team": ("My team’s", {"assignee": "team"}),
    "unassigned": ("Unassigned", {"assignee": "none"}),
    "done": ("Done", {"state": "done"}),
}
DUE: Final = {"": "Whenever", "today": "Today or before"}
INPUTS: Final = (Text("assignee_id", blank="null"), Text("due_on", blank="null"), Text("comment", blank="null"))
REFUSED: Final = frozenset({409, 422})


def show_items(page: Page) -> Response:
    """The open items of the person, of their team or of nobody, or the ones that are done.

    The items of a service that is away are missing, and the page says so.
    """
    view = page.query.get("view", "") if page.query.get("view") in VIEWS else ""
    kind = page.query.get("kind", "") if page.query.get("kind") in KINDS else ""
    due = page.query.get("due", "") if page.query.get("due") in DUE else ""
    zone, now = page.me["organization"]["time_zone"], clock.now()
    query = {
        **VIEWS[view][1],
        "kind": kind or None,
        "client_id": page.query.get("client_id") or None,
        "due_by": clock.today(zone).isoformat() if due else None,
        "limit": SHOWN,
    }
    # The first load asks every service, a further one those that have more.
    cursors = {service: page.query[service] for service in WORK_SERVICES if page.query.get(service)}
    services = list(cursors) if cursors else [name for name in services_with(kind) if name in WORK_SERVICES]
    replies = page.ask_all(
        **{name: Question(f"GET {PATH}/{name}", query={**query, "cursor": cursors.get(name)}) for name in services}
    )
    found = [(name, item) for name, reply in replies.items() if reply.ok for item in reply.value["items"]]
    items = [item for _, item in found]
    chosen = {"view": view, "kind": kind, "due": due, "client_id": query["client_id"]}
    following = {name: reply.value["next_cursor"] for name, reply in replies.items() if reply.ok}
    more = {name: cursor for name, cursor in following.items() if cursor}
    return page.show(
        "work_items/work_items.html",
        rows=rows_of(found, _clients(page, items), _staff(page, items), zone, now),
        views=[(_address(chosen, view=slug), words, slug == view) for slug, (words, _) in VIEWS.items()],
        view=view,
        kinds=[("", "All kinds"), *KINDS.items()],
        dues=list(DUE.items()),
        chosen=Form.of(chosen),
        about_client=bool(query["client_id"]),
        whole=_address(chosen, client_id=None),
        away=[name for name, reply in replies.items() if not reply.ok],
        again=_address(chosen),
        more=_address(chosen, **more) if more else None,
    )


def show_bell(page: Page) -> Response:
    """How many open items the person has, notices among them: a part of the bar above every page.

    It names nothing of what waits. A service that is away is left out: the list says so.
    """
    if not page.is_fragment:
        return page.leave(PATH)
    replies = page.ask_all(**{name: Question(f"GET {PATH}/{name}/count") for name in WORK_SERVICES})
    number = sum(reply.value["mine"] for reply in replies.values() if reply.ok)
    return page.show("work_items/_bell.html", number=number)


def show_item(page: Page) -> Response:
    """One item with what happened to it, and what can be done."""
    return _item(page)


def change_item(page: Page) -> Response:
    """Give it to somebody, set its day, comment on it."""
    service, item_id = _named(page)
    body, form = body_of(page.form, INPUTS if "assignee_id" in page.form.values else INPUTS[2:])
    reply = page.ask(f"PATCH {PATH}/{service}/{{item_id}}", item_id=item_id, body=body, headers=form.sent)
    if reply.ok:
        return page.leave(f"{PATH}/{service}/{item_id}", "saved")
    if reply.code == "stale":
        return _item(page, form, stale=True)
    if reply.status not in REFUSED:
        return page.problem(reply)
    return _item(page, form.refused(reply.value))


def take_item(page: Page) -> Response:
    """Have it oneself."""
    service, item_id = _named(page)
    return page.change(
        f"PATCH {PATH}/{service}/{{item_id}}",
        f"{PATH}/{service}/{item_id}",
        "item_taken",
        body={"assignee_id": page.me["staff"]["id"]},
        item_id=item_id,
    )


def set_state(page: Page) -> Response:
    """Mark it as done, or open it again: then its own page is there, which has the way back."""
    service, item_id = _named(page)
    done = page.form.text("state") == "done"
    return page.change(
        f"PATCH {PATH}/{service}/{{item_id}}",
        f"{PATH}/{service}/{item_id}",
        "item_done" if done else "item_opened",
        body={"state": "done" if done else "open"},
        item_id=item_id,
    )


def _item(page: Page, form: Form | None = None, *, stale: bool = False) -> Response:
    service, item_id = _named(page)
    item = page.need(f"GET {PATH}/{service}/{{item_id}}", item_id=item_id)
    zone, now = page.me["organization"]["time_zone"], clock.now()
    staff = _staff(page, [item, *item["history"]])
    people = people_of(page, page.ask_all(people=staff_question())["people"], chosen=[item["assignee_id"] or ""])
    if form is not None and stale:
        form = over(form, item["version"])
    return page.show(
        "work_items/work_item.html",
        422 if form else 200,
        row=row_of(service, item, _clients(page, [item]), staff, clock.today(zone)),
        item=item,
        lines=lines_of(item["history"], staff, zone, now),
        people=people.after(("", "Nobody")),
        form=form or Form.of({name: item[name] or "" for name in ("assignee_id", "due_on", "comment")}),
    )


def _named(page: Page) -> tuple[str, str]:
    """The service in the path, and the item's id."""
    return page.row.path.split("/")[2], page.ids["item_id"]


def _address(chosen: Mapping[str, Any], **more: Any) -> str:
    return url(PATH, **{name: value or None for name, value in {**chosen, **more}.items()})


def _clients(page: Page, items: list[Mapping[str, Any]]) -> Mapping[str, str]:
    return clients_of(page, [item for item in items if item["client_id"]])


def _staff(page: Page, items: list[Mapping[str, Any]]) -> Mapping[str, str]:
    named = [item.get(name) for item in items for name in ("assignee_id", "by_staff_id")]
    return names_of(page, [staff_id for staff_id in named if staff_id])


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /bell": show_bell,
    f"GET {PATH}": show_items,
    **{f"GET {PATH}/{service}/{{item_id}}": show_item for service in WORK_SERVICES},
    **{f"POST {PATH}/{service}/{{item_id}}": change_item for service in WORK_SERVICES},
    **{f"POST {PATH}/{service}/{{item_id}}/take": take_item for service in WORK_SERVICES},
    **{f"POST {PATH}/{service}/{{item_id}}/state": set_state for service in WORK_SERVICES},
}
