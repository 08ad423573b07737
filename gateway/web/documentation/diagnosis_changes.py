"""What the chart corrects of a diagnosis: its place in the order, its last day, and that it never was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from flask import Response

from gateway.web.documentation.case_tab import REFUSED, shown
from gateway.web.documentation.diagnosis_list import key_of
from gateway.web.forms import Form, Input, Text, Whole, body_of
from gateway.web.page import Page

DIAGNOSIS: Final = "PATCH /cases/{case_id}/diagnoses/{diagnosis_id}"
# A rank is one for all days of a diagnosis; what is to hold from a day on is another diagnosis.
RANK_TAKEN: Final = "rank_taken"
HOW_TO_CHANGE_FROM_A_DAY: Final = "To change the order from a day on, end this diagnosis and add it again."


def set_rank(page: Page) -> Response:
    """Trade ranks with a neighbour, or become the primary one. The focus stays with the diagnosis that moved."""
    moved = {"moved": f"{page.ids['diagnosis_id']}-{page.form.text('direction')}"}
    return _correct(page, "rank", (Text("swap_with"), Whole("rank")), "diagnosis_moved", moved)


def end(page: Page) -> Response:
    """Say on which day a diagnosis holds last. One that has a last day may lose it."""
    blank = "null" if page.form.ticked("may_be_blank") else "keep"
    return _correct(page, "end", (Text("effective_to", blank=blank),), "diagnosis_ended", {})


def strike_out(page: Page) -> Response:
    """Say that a diagnosis was entered in error."""
    return _correct(page, "error", (Text("entered_in_error.reason", blank="keep"),), "diagnosis_struck_out", {})


def _correct(
    page: Page, correction: str, inputs: tuple[Input, ...], done: str, goes_along: Mapping[str, str]
) -> Response:
    body, form = body_of(page.form, inputs)
    reply = page.ask(
        DIAGNOSIS,
        case_id=page.ids["case_id"],
        diagnosis_id=page.ids["diagnosis_id"],
        body=body,
        headers=form.sent,
    )
    if reply.ok:
        path = f"/clients/{page.ids['client_id']}/cases"
        return page.leave(path, done, case=page.ids["case_id"], **goes_along)
    if reply.status not in REFUSED:
        return page.problem(reply)
    refused = _without_inputs(reply.value, form) if correction == "rank" else form.refused(reply.value)
    return shown(page, {key_of(page.ids["diagnosis_id"], correction): refused}, 422)


def _without_inputs(problem: Mapping[str, Any], form: Form) -> Form:
    """Why the order stayed: a button has no input that a sentence could stand beside."""
    refused = form.refused(problem)
    words = " ".join(dict.fromkeys(refused.errors.values())) or refused.summary or ""
    if any(error["code"] == RANK_TAKEN for error in problem.get("errors", [])):
        words += f" {HOW_TO_CHANGE_FROM_A_DAY}"
    return replace(refused, errors={}, summary=words)


_ONE: Final = "POST /clients/{client_id}/cases/{case_id}/diagnoses/{diagnosis_id}"
PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    f"{_ONE}/rank": set_rank,
    f"{_ONE}/end": end,
    f"{_ONE}/error": strike_out,
}
