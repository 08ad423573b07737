"""Importing clients: a file is chosen, checked, and its clients are added; each import has a page of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.client_import import deciding, facts, rows, views
from gateway.web.client_import.words import ON_DUPLICATE, PRESETS
from gateway.web.clients.own import LISTED as OWN_FIELDS
from gateway.web.clients.own import fields_of
from gateway.web.clients.side_by_side import LABELS
from gateway.web.forms import Form
from gateway.web.page import Page, Question
from gateway.web.people import names_of
from gateway.web.rendering import in_place_of
from shared import clock
from shared.texts import whole_number

LIST: Final = "GET /client-imports"
TAKE: Final = "POST /client-imports"
IMPORT: Final = "GET /client-imports/{import_id}"
ROWS: Final = "GET /client-imports/{import_id}/rows"
ERRORS: Final = "GET /client-imports/{import_id}/errors.csv"
COMMIT: Final = "POST /client-imports/{import_id}/commit"
UNDO: Final = "POST /client-imports/{import_id}/undo"
CANCEL: Final = "POST /client-imports/{import_id}/cancel"
MAP: Final = "PUT /client-imports/{import_id}/mapping"
DECIDE: Final = "PATCH /client-imports/{import_id}/rows/{row}"
CLIENT: Final = "GET /clients/{client_id}"
SERVICES: Final = "GET /service-types"
SERVICES_LISTED: Final = 200
NEXT: Final = "next_appointment"
LOOKUP: Final = "POST /clients/lookup"
IMPORTS_LISTED: Final = 20
ROWS_LISTED: Final = 40  # with five candidates each: as many names as one question may ask for
NO_FILE: Final = "Choose a file first."
REFUSED: Final = (409, 413, 422, 429)
ADDED_ALREADY: Final = "import_committed"
NOBODY_ADDED: Final = "import_not_committed"
ENDED: Final = "finished"  # the code of the refusal to cancel what has ended
DECIDED_ALREADY: Final = ("no_decision_needed", ADDED_ALREADY)  # its page says what became of the row
STOPS_ANYBODYS: Final = "organization_administration"  # the level that cancels what others started
UNDO_ANYBODYS: Final = "clients:delete"  # the permission that takes back what others imported
SOON_LOOKS: Final = 10  # the page looks again after a second so often, and then after three
LOOKS_DIGITS_MAX: Final = 5


def show_imports(page: Page) -> Response:
    """Where a file is chosen, and the imports of the last weeks."""
    return _imports(page, Form(values={"on_duplicate": ("skip",)}))


def take_file(page: Page) -> Response:
    """Have a file checked; nobody is added by that."""
    upload = page.form.uploads.get("file")
    if upload is None:
        return in_place_of(_imports(page, page.form.wrong(file=NO_FILE), 422), "#upload")
    chosen = page.form.text("on_duplicate")
    texts = {"dry_run": "true", **({"on_duplicate": chosen} if chosen else {})}
    reply = page.send_file(TAKE, upload, texts, headers=page.form.sent)
    if reply.ok:
        return page.leave(views.path_of(reply.value["id"]))
    if reply.status not in REFUSED:
        page.problem(reply)
    return _imports(page, page.form.refused(reply.value), 422)


def _imports(page: Page, form: Form, status: int = 200) -> Response:
    found = page.need(LIST, limit=IMPORTS_LISTED, cursor=page.query.get("cursor"))
    names = names_of(page, [imported["created_by"] for imported in found["items"]])
    zone, now = page.me["organization"]["time_zone"], clock.now()
    return page.show(
        "client_import/imports.html",
        status,
        form=form,
        steps=views.steps_of(None),
        on_duplicate=ON_DUPLICATE,
        lines=[views.line_of(imported, names, zone, now) for imported in found["items"]],
        next_cursor=found["next_cursor"],
    )


def show_import(page: Page) -> Response:
    """How far an import has come, looking again by itself; then what was found, or what came of it."""
    return _import(page, None)


def read_otherwise(page: Page) -> Response:
    """Read the columns as somebody says, and check the rows anew. Where that is over, the page says what came of it."""
    imported = page.need(IMPORT, import_id=page.ids["import_id"])
    if doubled := views.doubled_of(page.form, imported):
        return _import(page, page.form.wrong(**doubled), 422)
    mapping = views.mapping_of(page.form, imported)
    body = {"mapping": mapping, "next_appointment_service_id": page.form.text(views.SERVICE) or None}
    reply = page.ask(MAP, import_id=imported["id"], body=body, headers=page.form.sent)
    if reply.ok or reply.code == ADDED_ALREADY:
        return page.leave(views.path_of(imported["id"]))
    if reply.status not in REFUSED:
        page.problem(reply)
    return _import(page, page.form.refused(reply.value), 422)


def _import(page: Page, form: Form | None, status: int = 200) -> Response:
    """`form`: how the columns were to be read, after a refusal."""
    imported = page.need(IMPORT, import_id=page.ids["import_id"])
    looks = (whole_number(page.query.get("looks", ""), digits_max=LOOKS_DIGITS_MAX) or 0) + 1
    zone, staff = page.me["organization"]["time_zone"], page.me["staff"]
    result = views.listed_result(imported, page.query.get("result", ""))
    has_rows = not views.is_open(imported) and imported["rows_total"] > 0 and not views.is_forgotten(imported)
    own = () if views.is_open(imported) else fields_of(page.ask(OWN_FIELDS.row, limit=OWN_FIELDS.query["limit"]))
    called = facts.own_names(own)
    empty: dict[str, Any] = {"rows": [], "next_cursor": None, "decide": None}
    return page.show(
        "client_import/import.html",
        status,
        imported=imported,
        path=views.path_of(imported["id"]),
        begun=text.moment(imported["created_at"], zone, clock.now()),
        of=text.moment_within(imported["created_at"], zone, clock.now()),
        heading=views.heading_of(imported),
        steps=views.steps_of(imported),
        is_open=views.is_open(imported),
        waits=views.waits(imported),
        services=_services(page, imported),
        has_rows=has_rows,
        looks=looks,
        seconds=1 if looks <= SOON_LOOKS else 3,
        may_cancel=imported["created_by"] == staff["id"] or STOPS_ANYBODYS in page.me["levels"],
        may_undo=imported["created_by"] == staff["id"] or UNDO_ANYBODYS in page.me["permissions"],
        figures=views.figures_of(imported),
        added=views.added_of(imported),
        attention=views.ATTENTION,
        program=PRESETS.get(imported["preset"] or ""),
        refused=views.left_out(imported),
        in_file=views.in_file(imported),
        phase=views.phase_of(imported),
        form=form or views.form_of_columns(imported),
        facts=facts.choices(own),
        columns=views.columns_of(imported, called),
        result=result,
        more_head=views.RESULTS[result][3],
        may_decide=deciding.may_decide(imported),
        labels=LABELS,
        progress=deciding.progress_of(imported),
        **(_rows(page, imported, result, called) if has_rows else empty),
    )


def _rows(page: Page, imported: Mapping[str, Any], result: str, own: Mapping[str, str]) -> dict[str, Any]:
    """The rows of one result, and the one that somebody may decide on now. `own`: what own fields are called."""
    cursor = page.query.get("cursor")
    found = page.need(ROWS, import_id=imported["id"], result=result, limit=ROWS_LISTED, cursor=cursor)
    items = found["items"]
    return {
        "rows": rows.rows_of(
            items,
            _names(page, items),
            _therapists(page, items),
            own,
            zone=page.me["organization"]["time_zone"],
            now=clock.now(),
        ),
        "next_cursor": found["next_cursor"],
        "decide": _decision(page, deciding.waiting_of(imported, items)),
    }


def _decision(page: Page, item: Mapping[str, Any] | None) -> deciding.Decision | None:
    """A row that waits, beside the likeliest clients who may be seen."""
    if item is None:
        return None
    likeliest = item["candidates"][: deciding.SIDE_BY_SIDE]
    questions = {each["client_id"]: Question(CLIENT, {"client_id": each["client_id"]}) for each in likeliest}
    clients = [reply.value for reply in page.ask_all(**questions).values() if reply.ok]
    return deciding.decision_on(item, rows.name_of(item["values"]), clients)


def _names(page: Page, items: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
    """The names of those who may be the people of these rows, as far as they may be seen."""
    ids = sorted({candidate["client_id"] for item in items for candidate in item["candidates"]})
    reply = page.ask(LOOKUP, body={"ids": ids}) if ids else None
    return {each["id"]: each["name"] for each in reply.value["items"]} if reply is not None and reply.ok else {}


def _services(page: Page, imported: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The services that the next appointments may be of, as long as the file has such a column to be read."""
    if NEXT not in imported["mapping"].values() or not deciding.may_decide(imported):
        return []
    found = page.need(SERVICES, active=True, limit=SERVICES_LISTED)["items"]
    options = [(each["id"], each["name"]) for each in found]
    return [("", options[0][1])] if len(options) == 1 else [("", "Choose a service"), *options]


def _therapists(page: Page, items: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
    """The names of those whom the clients of these rows are assigned to."""
    return names_of(page, sorted({item["staff_id"] for item in items if item["staff_id"]}))


def add_clients(page: Page) -> Response:
    """Add the clients of a checked file. Where somebody did so meanwhile, its page says how far that has come."""
    return _left(page, COMMIT, ADDED_ALREADY)


def decide_row(page: Page) -> Response:
    """Decide on a row, and go on with the rows that were listed; the next that waits is then the first of them."""
    given = {name: page.form.text(name) for name in ("decision", "client_id")}
    body = {name: value for name, value in given.items() if value}
    reply = page.ask_all(row=Question(DECIDE, page.ids, body=body, headers=page.form.sent))["row"]
    if not reply.ok and reply.code not in DECIDED_ALREADY:
        page.problem(reply)
    listed = page.form.text("result")
    return page.leave(views.path_of(page.ids["import_id"]), result=listed if listed in views.RESULTS else None)


def undo_import(page: Page) -> Response:
    """Take back who was added and not used; the page shows how far that has come."""
    return _left(page, UNDO, NOBODY_ADDED)


def cancel_import(page: Page) -> Response:
    """Stop it; where it has ended meanwhile, its page says what came of it."""
    return _left(page, CANCEL, ENDED)


def _left(page: Page, row: str, done_already: str) -> Response:
    reply = page.ask(row, import_id=page.ids["import_id"], headers=page.form.sent)
    if not reply.ok and reply.code != done_already:
        page.problem(reply)
    return page.leave(views.path_of(page.ids["import_id"]))


def hand_errors_on(page: Page) -> Response:
    """The rows that were not taken, as a file."""
    return page.hand_on(ERRORS, import_id=page.ids["import_id"])


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /clients/import": show_imports,
    "POST /clients/import": take_file,
    "GET /clients/import/{import_id}": show_import,
    "POST /clients/import/{import_id}/mapping": read_otherwise,
    "POST /clients/import/{import_id}/rows/{row}": decide_row,
    "POST /clients/import/{import_id}/commit": add_clients,
    "POST /clients/import/{import_id}/undo": undo_import,
    "POST /clients/import/{import_id}/cancel": cancel_import,
    "GET /clients/import/{import_id}/errors": hand_errors_on,
}
