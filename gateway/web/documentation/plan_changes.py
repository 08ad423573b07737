"""The page that shows what differs between two signed revisions of a treatment plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.clients.chart import chart_of
from gateway.web.documentation.plan_difference import difference
from gateway.web.documentation.plan_tab import CASES, LISTED
from gateway.web.documentation.views import name_of_signer, stamp
from gateway.web.page import Page, Question
from gateway.web.rendering import url

WORDS: Final = (("added", "added"), ("removed", "taken away"), ("changed", "changed"), ("moved", "moved"))


def show_changes(page: Page) -> Response:
    """What a signed plan changed of another one of its case: of the one before it, unless `with` names another.

    Raises `Problem`. What is no signed plan of this client, or the only one of its case, leads back to the plans.
    """
    plan = page.need("GET /treatment-plans/{plan_id}", plan_id=page.ids["plan_id"])
    of = {"client_id": page.ids["client_id"]}
    chart = chart_of(
        page,
        page.ids["client_id"],
        cases=Question(CASES, of, {"limit": LISTED}),
        plans=Question("GET /cases/{case_id}/treatment-plans", {"case_id": plan["case_id"]}, {"limit": LISTED}),
    )
    cases, plans = chart.answers["cases"], chart.answers["plans"]
    theirs = cases.ok and any(case["id"] == plan["case_id"] for case in cases.value["items"])
    signed = [each for each in plans.value["items"] if each["status"] == "signed"] if plans.ok else []
    places = {each["id"]: place for place, each in enumerate(signed)}  # the last to take effect comes first
    others = [each for each in signed if each["id"] != plan["id"]]
    if not theirs or not others or plan["id"] not in places:
        return page.leave(f"{chart.path}/plan")
    earlier = signed[places[plan["id"]] + 1 :]
    usual = earlier[0] if earlier else others[-1]
    other = next((each for each in others if each["id"] == page.query.get("with")), usual)
    before, after = sorted((plan, other), key=lambda each: places[each["id"]], reverse=True)
    found = difference(before, after)
    zone = page.me["organization"]["time_zone"]
    return page.show(
        "documentation/plan_changes.html",
        chart=chart,
        found=found,
        counts=", ".join(f"{count} {words}" for change, words in WORDS if (count := found.count(change))),
        before=_named(before, zone),
        after=_named(after, zone),
        choices=[
            (
                url(f"{chart.path}/plan/{plan['id']}/changes", **{"with": each["id"]}),
                _title(each),
                each["id"] == other["id"],
            )
            for each in others
        ],
        plan=_title(plan),
    )


def _title(plan: Mapping[str, Any]) -> str:
    return f"Plan from {text.day(plan['effective_from'])}"


def _named(plan: Mapping[str, Any], zone: str) -> tuple[str, str]:
    """A revision's name, and who signed it when."""
    return _title(plan), f"Signed by {name_of_signer(plan)}, {stamp(plan['signed_at'], zone)}"


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /clients/{client_id}/plan/{plan_id}/changes": show_changes,
}
