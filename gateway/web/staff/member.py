"""One member of staff: permissions on the first page, profile, licences, hours and supervision on the second."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.forms import Form, Text, body_of
from gateway.web.page import Page, Problem, Question
from gateway.web.people import REVIEWED, is_reviewed, members, names_of, people_of, staff_question
from gateway.web.staff import views
from gateway.web.staff.access_view import FLAGS, LEVELS, OWNER
from gateway.web.staff.pages import LICENCE, LIST, LISTED, NOBODY, PROFILE, access_values, invitation_values, refused
from gateway.web.weekly_hours import WEEKDAYS, at_inputs, form_of_hours, hours_of, spans_of
from shared import clock

MEMBER: Final = "GET /staff/{staff_id}"
CHANGES: Final = 10  # of the history, the last
CHANGE: Final = "PATCH /staff/{staff_id}"
DATES: Final = (Text("issued_on", blank="null"), Text("expires_on", blank="keep"))
SUPERVISION: Final = (Text("supervisor_id", blank="null"), Text("supervision_mode"))
OWN: Final = "Nobody changes their own permissions. Ask a colleague who may."


def show_permissions(page: Page) -> Response:
    """Levels, flags, and what they come to."""
    return _permissions(page, None)


def save_permissions(page: Page) -> Response:
    """Levels and flags as they are ticked."""
    form = page.form
    body = {"levels": list(form.all("levels")), "grants": list(form.all("grants"))}
    reply = page.ask(CHANGE, staff_id=page.ids["staff_id"], body=body, headers=form.sent)
    if reply.ok:
        return page.leave(f"{LIST}/{page.ids['staff_id']}", "permissions_saved")
    return _permissions(page, refused(form, reply, "levels", "grants"))


def preview(page: Page) -> Response:
    """What the boxes that are ticked come to."""
    member = page.need(MEMBER, staff_id=page.ids["staff_id"])
    return page.show("staff/_access.html", **access_values(page, page.form, member))


def _permissions(page: Page, form: Form | None) -> Response:
    member = page.need(MEMBER, staff_id=page.ids["staff_id"])
    stored = Form(values={"levels": tuple(member["levels"]), "grants": tuple(member["grants"])})
    why = OWN if is_own(page, member) else ""
    values = access_values(page, form or stored, member)
    if form is None and not why and values["refusal"]:
        why = values["refusal"]["detail"]
    if why:
        values = {**access_values(page, stored, member, read_only=True), "refusal": None}
    return page.show(
        "staff/permissions.html",
        422 if form else 200,
        form=form or stored,
        why=why,
        history=_history(page),
        **values,
        **head_values(page, member),
    )


def _history(page: Page) -> list[views.PastChange] | None:
    """The last changes of levels and flags; None where they cannot be had just now."""
    staff_id = page.ids["staff_id"]
    answers = page.ask_all(
        changes=Question("GET /staff/{staff_id}/access-history", {"staff_id": staff_id}, {"limit": CHANGES}),
    )
    if not answers["changes"].ok:
        return None
    words = {slug: name for slug, (name, _) in {**LEVELS, **FLAGS}.items()}
    names = names_of(
        page, [change["changed_by"] for change in answers["changes"].value["items"] if change["changed_by"]]
    )
    zone = page.me["organization"]["time_zone"]
    return views.past_changes(answers["changes"].value["items"], names, words, zone, clock.now())


def show_profile(page: Page) -> Response:
    """Who they are, licences, hours, supervision."""
    return profile(page, {})


def save_profile(page: Page) -> Response:
    """Names, contact, credentials, numbers; the address only before they joined."""
    body, form = body_of(page.form, PROFILE)
    body["credentials"] = views.listed(page.form.text("credentials"))
    if "email" in page.form.values:
        body["email"] = page.form.text("email")
    return _changed(page, "profile", form, body, "credentials")


def save_hours(page: Page) -> Response:
    """Working hours, day by day."""
    hours, places = hours_of(page.form)
    reply = page.ask(CHANGE, staff_id=page.ids["staff_id"], body={"working_hours": hours}, headers=page.form.sent)
    if reply.ok:
        return page.leave(f"{LIST}/{page.ids['staff_id']}/profile", "saved")
    return profile(
        page, {"hours": refused(page.form, replace(reply, value=at_inputs(reply.value, "working_hours", places)))}
    )


def save_supervision(page: Page) -> Response:
    """Who supervises them, and how."""
    body, form = body_of(page.form, SUPERVISION)
    return _changed(page, "supervision", form, body)


def add_licence(page: Page) -> Response:
    """Another licence, or a longer one of the same number."""
    body, form = body_of(page.form, [Text(name, blank="omit") for name in LICENCE])
    reply = page.ask("POST /staff/{staff_id}/licences", staff_id=page.ids["staff_id"], body=body, headers=form.sent)
    if reply.ok:
        return page.leave(f"{LIST}/{page.ids['staff_id']}/profile", "licence_kept")
    return profile(page, {"licence": refused(form, reply)})


def change_licence(page: Page) -> Response:
    """Other dates of a licence."""
    body, form = body_of(page.form, DATES)
    reply = page.ask("PATCH /staff/{staff_id}/licences/{licence_id}", **page.ids, body=body, headers=form.sent)
    if reply.ok:
        return page.leave(f"{LIST}/{page.ids['staff_id']}/profile", "licence_kept")
    return profile(page, {page.ids["licence_id"]: refused(form, reply)})


def remove_licence(page: Page) -> Response:
    """A licence that was entered by mistake."""
    reply = page.ask("DELETE /staff/{staff_id}/licences/{licence_id}", **page.ids, headers=page.form.sent)
    if reply.ok:
        return page.leave(f"{LIST}/{page.ids['staff_id']}/profile", "licence_removed")
    return profile(page, {page.ids["licence_id"]: refused(page.form, reply)})


def _changed(page: Page, name: str, form: Form, body: Mapping[str, Any], *lists: str) -> Response:
    reply = page.ask(CHANGE, staff_id=page.ids["staff_id"], body=body, headers=form.sent)
    if reply.ok:
        return page.leave(f"{LIST}/{page.ids['staff_id']}/profile", "saved")
    return profile(page, {name: refused(form, reply, *lists)})


def profile(page: Page, forms: Mapping[str, Form]) -> Response:
    """The page; `forms`: what was refused, by its part of the page."""
    staff_id = page.ids["staff_id"]
    answers = page.ask_all(
        member=Question(MEMBER, {"staff_id": staff_id}),
        licences=Question("GET /staff/{staff_id}/licences", {"staff_id": staff_id}),
        people=staff_question("supervising"),
    )
    for needed in ("member", "licences"):
        if not answers[needed].ok:
            raise Problem(answers[needed])
    member = answers["member"].value
    supervision = forms.get("supervision") or Form.of(member)
    chosen = [*supervision.all("supervisor_id"), member["supervisor_id"] or ""]
    people = people_of(page, answers["people"], "supervising", without=(staff_id,), chosen=chosen)
    licences = [
        (licence, forms.get(licence["id"]) or Form.of(licence)) for licence in answers["licences"].value["items"]
    ]
    hours = forms.get("hours") or form_of_hours(member["working_hours"])
    return page.show(
        "staff/profile.html",
        422 if forms else 200,
        profile=forms.get("profile") or Form.of(member, credentials=", ".join(member["credentials"])),
        hours=hours,
        spans=range(spans_of(hours)),
        proposed=not member["working_hours"],
        weekdays=WEEKDAYS,
        supervision=supervision,
        licences=licences,
        licence=forms.get("licence") or Form(),
        people=people.after(NOBODY),
        modes=[(mode, words) for mode, words in views.SUPERVISION.items() if mode not in _closed_modes(member)],
        chain=_chain(page, member),
        modes_in_words=views.SUPERVISION,
        names=dict(people.options),
        factor=forms.get("factor") or Form(),
        qualified_by_others=is_own(page, member) and OWNER not in page.me["levels"],
        **head_values(page, member),
    )


def _closed_modes(member: Mapping[str, Any]) -> frozenset[str]:
    """The modes in which nobody may supervise a member, who supervises others; that in force is shown all the same."""
    return REVIEWED - {member["supervision_mode"]} if member.get("supervises") else frozenset()


def _chain(page: Page, member: Mapping[str, Any]) -> str:
    """What is to be mended where a supervisor is supervised, as a sentence; empty where nobody is."""
    name = member["given_name"]
    if member["active"] and is_reviewed(member) and member.get("supervises"):
        return (
            f"{name} is supervised, and so approves and co-signs nothing. Choose another supervisor for the "
            f"{text.count(member['supervises'], 'colleague')} whom {name} supervises, or “Reads their notes” here."
        )
    above = members(page, [member["supervisor_id"]] if member["supervisor_id"] else [])
    if member["active"] and any(is_reviewed(supervisor) for supervisor in above):
        return "The supervisor is supervised as well, and so approves and co-signs nothing. Choose somebody else."
    return ""


def is_own(page: Page, member: Mapping[str, Any]) -> bool:
    """Whether it is the person who looks."""
    return bool(member["id"] == page.me["staff"]["id"])


def head_values(page: Page, member: Mapping[str, Any]) -> dict[str, Any]:
    """What the head of each page of a member needs."""
    open_one = None
    if member["active"] and not member["joined"]:
        invitations = page.ask("GET /invitations", limit=LISTED)
        items = invitations.value["items"] if invitations.ok else []
        open_one = next((item for item in items if item["staff_id"] == member["id"]), None)
    zone = page.me["organization"]["time_zone"]
    return {
        "member": member,
        "own": is_own(page, member),
        "title": views.full_name(member),
        "initials": text.initials(member["given_name"], member["family_name"]),
        "hue": member["hue"],
        "last_sign_in": text.moment(member.get("last_sign_in_at"), zone, clock.now()),
        "state": views.state_chip(member, {open_one["staff_id"]} if open_one else ()),
        "invitation": open_one,
    }


def invite_again(page: Page) -> Response:
    """A new invitation; the one before stops working. Its link is shown this once."""
    member = page.need(MEMBER, staff_id=page.ids["staff_id"])
    reply = page.ask("POST /staff/{staff_id}/invitation", staff_id=page.ids["staff_id"], headers=page.form.sent)
    if not reply.ok:
        raise Problem(reply)
    return page.show("staff/invited.html", **invitation_values(page, member, reply.value))


def revoke_invitation(page: Page) -> Response:
    """The link in the mail stops working."""
    reply = page.ask(
        "DELETE /invitations/{invitation_id}", invitation_id=page.ids["invitation_id"], headers=page.form.sent
    )
    if not reply.ok and reply.status != 409:
        raise Problem(reply)
    return page.leave(f"{LIST}/{page.ids['staff_id']}", "invitation_revoked")


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /settings/staff/{staff_id}": show_permissions,
    "POST /settings/staff/{staff_id}/permissions": save_permissions,
    "POST /settings/staff/{staff_id}/access": preview,
    "GET /settings/staff/{staff_id}/profile": show_profile,
    "POST /settings/staff/{staff_id}/profile": save_profile,
    "POST /settings/staff/{staff_id}/hours": save_hours,
    "POST /settings/staff/{staff_id}/supervision": save_supervision,
    "POST /settings/staff/{staff_id}/licences": add_licence,
    "POST /settings/staff/{staff_id}/licences/{licence_id}": change_licence,
    "POST /settings/staff/{staff_id}/licences/{licence_id}/remove": remove_licence,
    "POST /settings/staff/{staff_id}/invitation": invite_again,
    "POST /settings/staff/{staff_id}/invitation/{invitation_id}/revoke": revoke_invitation,
}
