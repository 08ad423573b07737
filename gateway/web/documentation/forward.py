"""The last note as the beginning of a draft: its text, marked until its author has looked at it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.documentation import formats, views
from gateway.web.documentation.around import NOTE, around, last_note
from gateway.web.documentation.note import LIST, shown
from gateway.web.page import Page

CHANGE: Final = "PATCH /notes/{note_id}"
MARK: Final = "[Copied from the note of {day}. Change what is different, then delete this line.]"
_MARKED: Final = re.compile(r"^\[Copied from the note of [^\]\n]{1,40}\. Change what is different", re.MULTILINE)
REFUSED: Final = (409, 412, 422)


def copied(last: Sequence[formats.Section], draft: Sequence[formats.Section], mark: str) -> dict[str, str]:
    """What the sections of a draft hold then, by slug: only of those that change. What was written stays first.

    A section goes into the one of the same name; what the draft's format has no section for goes into the first, each
    part under its name.
    """
    own = {section.slug for section in draft}
    parts = {section.slug: section.text for section in last if section.text.strip() and section.slug in own}
    others = [f"{section.name}: {section.text}" for section in last if section.text.strip() and section.slug not in own]
    if others:
        first = draft[0].slug
        parts[first] = "\n\n".join(part for part in (parts.get(first, ""), *others) if part)
    return {
        section.slug: "\n\n".join(part for part in (section.text.rstrip(), f"{mark}\n{parts[section.slug]}") if part)
        for section in draft
        if section.slug in parts
    }


def marked(note: Mapping[str, Any]) -> list[str]:
    """The names of the sections that still carry the mark of what was copied."""
    sections = formats.sections_of(note["template"], note["content"])
    return [section.name for section in sections if _MARKED.search(section.text)]


def copy_forward(page: Page) -> Response:
    """Put the text of the last note into the draft."""
    note = page.need(NOTE, note_id=page.ids["note_id"])
    last = last_note(page, note, around(page, note))
    if last is None:
        nothing = {"detail": "There is no earlier note to be had just now. Nothing was copied."}
        return shown(page, {"forward": page.form.refused(nothing)}, 422)
    mark = MARK.format(day=text.day(views.service_date(last["appointment"])))
    draft = formats.sections_of(note["template"], note["content"])
    if not (content := copied(last["sections"], draft, mark)):
        return page.leave(f"{LIST}/{note['id']}")
    reply = page.ask(CHANGE, note_id=note["id"], body={"content": content}, headers=page.form.sent)
    if reply.ok:
        return page.leave(f"{LIST}/{note['id']}", "note_copied")
    if reply.status not in REFUSED:
        return page.problem(reply)
    return shown(page, {"forward": page.form.refused(reply.value)}, 422)


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {"POST /notes/{note_id}/copy-forward": copy_forward}
