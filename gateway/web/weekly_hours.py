"""Hours of a week as a form has them: a day is off by a tick, or has spans with a beginning and an end each. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateway.web.forms import Form
from shared.texts import whole_number

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SPANS: Final = 2  # of a day that the form offers; as many more as are stored
SPANS_MAX: Final = 28
USUAL: Final = ("09:00", "17:00")  # what stands in a day that is off, for the moment when it no longer is
WORKING: Final = WEEKDAYS[:5]  # what a week without any hours is proposed to be, until somebody saves one
MIDNIGHT: Final = "24:00"  # what the API calls the end of a day, which a clock of a form shows as 00:00


def form_of_hours(hours: Sequence[Mapping[str, str]]) -> Form:
    """The stored hours as inputs `monday.0.opens`; a day without any has `monday.off`, and hours to begin with.

    Where no hours are stored, the form proposes a usual week.
    """
    values: dict[str, tuple[str, ...]] = {}
    for weekday in WEEKDAYS:
        if all(span["weekday"] != weekday for span in hours):
            values |= {f"{weekday}.0.opens": (USUAL[0],), f"{weekday}.0.closes": (USUAL[1],)}
            if hours or weekday not in WORKING:
                values[f"{weekday}.off"] = ("on",)
        spans = sorted((span for span in hours if span["weekday"] == weekday), key=lambda span: span["opens"])
        for at, span in enumerate(spans):
            values[f"{weekday}.{at}.opens"] = (span["opens"],)
            values[f"{weekday}.{at}.closes"] = ("00:00" if span["closes"] == MIDNIGHT else span["closes"],)
    return Form(values=values)


def spans_of(form: Form) -> int:
    """How many spans a day of this form has."""
    used = (whole_number(parts[1]) for name in form.values if len(parts := name.split(".")) == 3)
    return min(max([SPANS, *(at + 1 for at in used if at is not None)]), SPANS_MAX)


def hours_of(form: Form) -> tuple[list[dict[str, str]], list[str]]:
    """What was typed, as the API takes it, and the inputs that each entry came from (`monday.0`)."""
    hours, places = [], []
    for weekday in WEEKDAYS:
        for at in range(0 if form.ticked(f"{weekday}.off") else spans_of(form)):
            opens, closes = (form.text(f"{weekday}.{at}.{name}") for name in ("opens", "closes"))
            if opens or closes:
                hours.append({"weekday": weekday, "opens": opens, "closes": MIDNIGHT if closes == "00:00" else closes})
                places.append(f"{weekday}.{at}")
    return hours, places


def at_inputs(problem: Mapping[str, Any], field: str, places: Sequence[str], *, whole: str = "opens") -> dict[str, Any]:
    """The API's word on the entry `<field>.3.closes`, at its input; of an entry as a whole, at its input `whole`."""

    def moved(error: Mapping[str, Any]) -> dict[str, Any]:
        parts = str(error.get("field", "")).split(".")
        at = whole_number(parts[1]) if len(parts) >= 2 and parts[0] == field else None
        if at is not None and at < len(places):
            return {**error, "field": ".".join([places[at], *(parts[2:3] or [whole])])}
        return dict(error)

    return {**problem, "errors": [moved(error) for error in problem.get("errors", [])]}
