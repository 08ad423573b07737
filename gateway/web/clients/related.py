"""Related clients: the list on the tab of details, and the page that finds somebody to add."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import Response

from gateway.web.clients.chart import chart_of
from gateway.web.clients.views import QUERY_MAX, birthday
from gateway.web.forms import Form
from gateway.web.page import ApiResponse, Page, Question

LIST: Final = "GET /clients/{client_id}/related-clients"
RELATE: Final = "PUT /clients/{client_id}/related-clients/{related_client_id}"
PART: Final = "DELETE /clients/{client_id}/related-clients/{related_client_id}"
SEARCH: Final = "POST /clients/search"
LISTED: Final = 100  # a person sees at most 30 that they added; others may have added more
FOUND: Final = 8
REFUSED: Final = (403, 404, 409, 422)
GONE: Final = 404  # somebody removed them meanwhile
KINDS: Final = (
    ("partner", "Partner"),
    ("parent", "Parent"),
    ("child", "Child"),
    ("guardian", "Guardian"),
    ("ward", "Ward, for whom this client decides"),
    ("sibling", "Sibling"),
    ("household", "Couple or family they belong to"),
    ("member", "Member of this couple or family"),
    ("other", "Another relation"),
)


def question(client_id: str) -> Question:
    """What the details ask for their list."""
    return Question(LIST, {"client_id": client_id}, {"limit": LISTED})


def related_rows(reply: ApiResponse) -> list[dict[str, Any]] | None:
    """The lines of the list; None where it does not answer just now."""
    if not reply.ok:
        return None
    return [
        {
            "id": item["client_id"],
            "path": f"/clients/{item['client_id']}/details",
            "name": item["display_name"],
            "number": item["number"],
            "kind": dict(KINDS)[item["kind"]],
            "archived": item["status"] == "archived",
        }
        for item in reply.value["items"]
    ]


def show_search(page: Page) -> Response:
    """An empty search."""
    return _search(page, Form(), None)


def search(page: Page) -> Response:
    """Those whom the words find, without the client themselves. The words stand in no address."""
    query = page.form.text("query").strip()
    found: Sequence[Mapping[str, Any]] = ()
    if query:
        reply = page.ask(SEARCH, body={"query": query[:QUERY_MAX], "limit": FOUND + 1})
        if not reply.ok and reply.status != 422:
            return page.problem(reply)
        found = [each for each in reply.value["items"] if each["id"] != _id(page)] if reply.ok else ()
    return _search(page, page.form, found[:FOUND])


def relate(page: Page) -> Response:
    """Write down what the chosen client is to this one."""
    form = page.form
    body = {"kind": form.text("kind")}
    related_id = page.ids["related_client_id"]
    reply = page.ask(RELATE, client_id=_id(page), related_client_id=related_id, body=body, headers=form.sent)
    if reply.ok:
        return page.leave(_details(page), "client_related")
    if reply.status not in REFUSED:
        page.problem(reply)
    return _search(page, form.refused(reply.value), None, 422)


def part(page: Page) -> Response:
    """The two do not belong together. Where somebody saw to it meanwhile, it is done too."""
    related_id = page.ids["related_client_id"]
    reply = page.ask(PART, client_id=_id(page), related_client_id=related_id, headers=page.form.sent)
    if not reply.ok and reply.status != GONE:
        page.problem(reply)
    return page.leave(_details(page), "client_parted")


def _search(page: Page, form: Form, found: Sequence[Mapping[str, Any]] | None, status: int = 200) -> Response:
    rows = [{**client, "born": birthday(client["date_of_birth"])} for client in found or ()]
    shown: dict[str, Any] = {
        "form": form,
        "found": rows,
        "query": form.text("query").strip(),
        "kinds": KINDS,
        "path": _path(page),
    }
    if page.is_fragment:
        return page.show("clients/_related_found.html", **shown)
    chart = chart_of(page, _id(page))
    return page.show("clients/related.html", status, chart=chart, **shown)


def _id(page: Page) -> str:
    return page.ids["client_id"]


def _details(page: Page) -> str:
    return f"/clients/{_id(page)}/details"


def _path(page: Page) -> str:
    return f"{_details(page)}/related"


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /clients/{client_id}/details/related": show_search,
    "POST /clients/{client_id}/details/related": search,
    "POST /clients/{client_id}/details/related/{related_client_id}": relate,
    "POST /clients/{client_id}/details/related/{related_client_id}/remove": part,
}
