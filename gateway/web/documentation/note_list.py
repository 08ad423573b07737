"""All notes that somebody may read, by their sessions, narrowed as they choose; and words found in those of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.documentation import views, worklist
from gateway.web.documentation.around import decides_on, people_of
from gateway.web.documentation.formats import FORMATS
from gateway.web.forms import Form
from gateway.web.local_addresses import is_id
from gateway.web.page import Page, Problem, Question
from gateway.web.people import people_of as choice_of
from gateway.web.people import staff_question
from gateway.web.rendering import url
from shared import clock

LIST: Final = worklist.ALL
NOTES: Final = "GET /notes"
SERVICES: Final = "GET /service-types"
LISTED: Final = 50
SERVICES_MAX: Final = 200
FILTERS: Final = ("author_id", "client_id", "status", "template", "from", "to")
STATUSES: Final = (("", "Any but discarded"), *((slug, words) for slug, (words, _) in views.STATUSES.items()))
TEMPLATES: Final = (("", "Any"), *((slug, name) for slug, (name, _) in FORMATS.items()))


@dataclass(frozen=True, slots=True)
class NoteRow:
    """One note. `line`: its first, or the one that was found; empty where nothing is written."""

    path: str
    at: str
    client: str
    about: str
    line: str
    state: tuple[str, str]
    addenda: str


def show_notes(page: Page) -> Response:
    """The notes of the cases that the person works in, the last session first."""
    chosen = {name: page.query.get(name) or None for name in FILTERS}
    answers = page.ask_all(
        notes=Question(NOTES, query={**chosen, "limit": LISTED, "cursor": page.query.get("cursor")}),
        staff=staff_question("signing"),
        services=Question(SERVICES, query={"limit": SERVICES_MAX}),
        **({"work": Question(worklist.WORKLIST, query={"limit": 1})} if page.can("notes:update") else {}),
    )
    found, services = answers["notes"], answers["services"]
    form = Form(values={name: (value or "",) for name, value in chosen.items()})
    if found.status == 422:
        form = form.refused(found.value)
    elif not found.ok:
        raise Problem(found)
    items = found.value["items"] if found.ok else []
    wanted = chosen["client_id"] or ""
    about = [{"client_id": wanted}] if is_id(wanted) else []
    names = worklist.names_of(page, [*items, *about])
    me = page.me["staff"]["id"]
    people = choice_of(page, answers["staff"], "signing", without={me}, chosen=[chosen["author_id"] or ""])
    narrowed = any(chosen.values())
    return page.show(
        "documentation/notes.html",
        422 if form.errors else 200,
        form=form,
        tabs=worklist.tabs_of(LIST, worklist.waiting(answers["work"]) if "work" in answers else None),
        rows=rows_of(page, items, names, services.value["items"] if services.ok else ()),
        people=people.after(("", "Everybody"), (me, "Mine")),
        statuses=STATUSES,
        templates=TEMPLATES,
        client=worklist.named(names, wanted) if wanted else "",
        everybody=url(LIST, **{**chosen, "client_id": None}),
        narrowed=narrowed,
        next_page=url(LIST, **chosen, cursor=found.value["next_cursor"]) if found.ok else "",
        more=found.ok and found.value["next_cursor"],
    )


def rows_of(
    page: Page,
    items: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    services: Sequence[Mapping[str, Any]],
) -> list[NoteRow]:
    """The rows of a list of notes. `names`: of clients by id; none of them: all are about one."""
    waiting = {note["author_id"] for note in items if note["status"] == "submitted"}
    deciding = {id_: decides_on(page, author) for id_, author in people_of(page, waiting).items()}
    named = {service["id"]: service["name"] for service in services}
    today = clock.today(page.me["organization"]["time_zone"])
    return [_row(note, names, named, deciding.get(note["author_id"]), today) for note in items]


def _row(
    note: Mapping[str, Any],
    names: Mapping[str, str],
    services: Mapping[str, str],
    decides: Mapping[str, Any] | None,
    today: date,
) -> NoteRow:
    about = (services.get(note["service_type_id"], ""), FORMATS[note["template"]][0])
    return NoteRow(
        path=f"/notes/{note['id']}",
        at=views.when(note, today),
        client=worklist.named(names, note["client_id"]) if names else "",
        about=", ".join(part for part in about if part),
        line=note["line"] or "",
        state=views.state_of(note, decides),
        addenda=text.count(note["addenda"], "addendum", "addenda") if note["addenda"] else "",
    )


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {"GET /notes/all": show_notes}
