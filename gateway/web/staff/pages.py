"""The list of staff, adding somebody, and inviting many at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import Response

from gateway.web import rendering
from gateway.web import session as browser_session
from gateway.web.forms import Form, Input, Many, Text, body_of
from gateway.web.page import ApiResponse, Page, Problem, Question
from gateway.web.people import is_reviewed, members, name_of, people_of, staff_question
from gateway.web.rendering import in_place_of
from gateway.web.staff import access_view, views
from gateway.web.staff.access_view import area_rows
from shared import clock

LIST: Final = "/settings/staff"
LISTED: Final = 100  # members on one page
NOBODY: Final = ("", "Nobody")
PROFILE: Final = (
    Text("given_name", blank="keep"),
    Text("family_name", blank="keep"),
    Text("phone", blank="null"),
    Text("pronouns", blank="null"),
    Text("job_title", blank="null"),
    Text("npi", blank="null"),
    Text("taxonomy", blank="null"),
)
LICENCE: Final = ("number", "state", "issued_on", "expires_on")
NEW_MEMBER: Final[tuple[Input, ...]] = (
    *(Text(field.name, blank="omit") for field in PROFILE),
    Text("email"),
    Many("levels"),
    Many("grants"),
    *(Text(f"licence.{name}") for name in LICENCE),
    Text("supervisor_id"),
    Text("supervision_mode"),
)
# What the API says no with, of something that was typed or ticked: the page stays, with the reason.
REFUSALS: Final = (403, 409, 412, 413, 422)


def show_staff(page: Page) -> Response:
    """The list, of those whom the filter names."""
    return _list(page, page.query.get("state", ""), "", page.query.get("cursor"))


def search_staff(page: Page) -> Response:
    """Those whom the words of the form find, among those whom the filter names. The page, or the list alone."""
    form = page.form
    state = next(reversed(form.all("state")), "")  # a button's own comes last
    return _list(page, state, form.text("query").strip(), form.text("cursor") or None)


def _list(page: Page, state: str, words: str, cursor: str | None) -> Response:
    chosen = state if state in views.FILTERS else ""
    query = {**views.FILTERS[chosen][1], "query": words[: views.QUERY_MAX] or None, "limit": LISTED, "cursor": cursor}
    answers = page.ask_all(
        staff=Question("GET /staff", query=query),
        invitations=Question("GET /invitations", query={"limit": LISTED}),
    )
    staff = answers["staff"]
    if not staff.ok:
        raise Problem(staff)
    known = {member["id"]: member for member in staff.value["items"]}
    above = {member["supervisor_id"] for member in known.values() if member.get("supervisor_id")}
    known |= {member["id"]: member for member in members(page, above - known.keys())}
    open_ones = answers["invitations"].value["items"] if answers["invitations"].ok else []
    rows = views.staff_rows(
        staff.value["items"],
        {staff_id: name_of(member) for staff_id, member in known.items()},
        {staff_id for staff_id, member in known.items() if is_reviewed(member)},
        {opening["staff_id"] for opening in open_ones},
        rendering.LEVEL_NAMES,
        page.me["organization"]["time_zone"],
        clock.now(),
    )
    return page.show(
        "staff/_list.html" if page.is_fragment else "staff/staff.html",
        rows=rows,
        filters=[(slug, name) for slug, (name, _) in views.FILTERS.items()],
        query=words,
        chosen=chosen,
        nobody=views.NOBODY[chosen],
        next_cursor=staff.value["next_cursor"],
    )


def show_new(page: Page) -> Response:
    """An empty form."""
    return _new_form(page, Form(values={"levels": ("default",)}))


def add(page: Page) -> Response:
    """Add and invite; the link is shown this once."""
    body, form = body_of(page.form, NEW_MEMBER)
    if page.form.text("credentials").strip():
        body["credentials"] = views.listed(page.form.text("credentials"))
    reply = page.ask("POST /staff", body=body, headers=page.form.sent)
    if reply.ok:
        return page.show("staff/invited.html", **invitation_values(page, reply.value, reply.value["invitation"]))
    return _new_form(page, refused(form, reply, "credentials", "levels", "grants"), 422)


def preview_new(page: Page) -> Response:
    """What the boxes that are ticked come to, for the form that is open."""
    return page.show("staff/_access.html", **access_values(page, page.form, None))


def _new_form(page: Page, form: Form, status: int = 200) -> Response:
    reply = page.ask_all(people=staff_question("supervising"))["people"]
    people = people_of(page, reply, "supervising", chosen=form.all("supervisor_id"))
    return page.show(
        "staff/new.html",
        status,
        form=form,
        people=people.after(NOBODY),
        modes=list(views.SUPERVISION.items()),
        **access_values(page, form, None),
    )


def show_import(page: Page) -> Response:
    """Where a file is chosen."""
    return _import_form(page, Form(), None)


def import_staff(page: Page) -> Response:
    """Check a file, or invite everybody in it; what became of each row is shown."""
    upload = page.form.uploads.get("file")
    if upload is None:
        return in_place_of(_import_form(page, Form().wrong(file="Choose a file first."), None, 422), "#upload")
    texts = {"dry_run": "true" if page.form.text("dry_run") == "true" else "false"}
    reply = page.send_file("POST /staff/import", upload, texts, headers=page.form.sent)
    if reply.ok:
        return _import_form(page, Form(), reply.value)
    refused(Form(), reply)  # raises for what has nothing to do with the file
    form = Form(summary=reply.detail)
    return _import_form(page, form, None, 422, views.file_problems(reply.value))


def _import_form(
    page: Page, form: Form, report: Mapping[str, Any] | None, status: int = 200, problems: Sequence[str] = ()
) -> Response:
    return page.show(
        "staff/import.html",
        status,
        form=form,
        report=report,
        problems=problems,
        outcomes=views.OUTCOMES,
        cell_problem=views.cell_problem,
        narrows_nobody=access_view.narrows_nobody,
        grants=[(slug, words) for slug, (_, words) in access_view.FLAGS.items() if access_view.has_effect(slug)],
    )


def access_values(page: Page, form: Form, member: Mapping[str, Any] | None, read_only: bool = False) -> dict[str, Any]:
    """What `_access.html` needs: boxes, and the table by the API's preview of what is ticked."""
    levels, grants = form.all("levels"), form.all("grants")
    body = {"levels": list(levels), "grants": list(grants)}
    if member is None:
        preview = page.need("POST /access-preview", body=body)
    else:
        preview = page.need("POST /staff/{staff_id}/access-preview", staff_id=member["id"], body=body)
    return {
        "at": f"{LIST}/{member['id'] if member else 'new'}/access",
        "levels": access_view.level_boxes(levels, page.me["levels"], read_only=read_only),
        "flags": access_view.flag_boxes(grants, preview["ineffective_grants"], read_only=read_only),
        "kept_flags": access_view.kept_flags(grants),
        "areas": area_rows(preview if member else {**preview, "gained": [], "lost": []}, levels),
        "refusal": preview["refusal"],
        "who": member["given_name"] if member else "",
        "read_only": read_only,
    }


def invitation_values(page: Page, member: Mapping[str, Any], invitation: Mapping[str, Any]) -> dict[str, Any]:
    """Who is invited, and the link, which is shown once; None where it went by mail alone."""
    origin = f"{browser_session.scheme_of(page.request, page.trusted_proxies)}://{page.request.host}"
    token = invitation["token"]
    return {
        "member": member,
        "narrows_nobody": access_view.narrows_nobody(member.get("ineffective_grants", ())),
        "link": f"{origin}/join#token={token}" if token else None,
        "expires_at": invitation["expires_at"],
    }


def refused(form: Form, reply: ApiResponse, *lists: str) -> Form:
    """The form with what the API says of it. Raises `Problem` for what has nothing to do with what was typed."""
    if reply.status not in REFUSALS:
        raise Problem(reply)
    shown = form.refused(views.in_one_input(reply.value, *lists))
    if reply.status == 412:
        return form.refused({"detail": "Somebody changed this meanwhile. What you chose is still here: save it again."})
    return shown


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /settings/staff": show_staff,
    "POST /settings/staff/search": search_staff,
    "GET /settings/staff/new": show_new,
    "POST /settings/staff/new": add,
    "POST /settings/staff/new/access": preview_new,
    "GET /settings/staff/import": show_import,
    "POST /settings/staff/import": import_staff,
}
