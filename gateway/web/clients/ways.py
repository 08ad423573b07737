"""Ways to reach a client, and whom to call, as inputs: the first of each, further rows, and one blank row to add. Pure.

The first phone and e-mail are the inputs `phone` and `email`; further ones are rows `further.0.value`. Of people to
call, the first is `emergency_contact.name`, further ones `called.0.name`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.web import text
from gateway.web.forms import Form

CHANNELS: Final = (("phone", "Phone"), ("email", "E-mail"), ("other", "Other"))
CONSENTS: Final = (("not_asked", "Not asked"), ("given", "Agreed"), ("refused", "Do not use"))
FIRSTS: Final = ("phone", "email")
PERSON: Final = ("name", "relationship", "phone")
FIRST_CALLED: Final = "emergency_contact"
ROWS_MAX: Final = 20
# What the rows are called, where two people changed one client.
WORDS: Final = {
    **{f"further.{number}.value": f"Further contact {number + 1}" for number in range(ROWS_MAX)},
    **{f"{first}_consent": f"Consent of the first {name}" for first, name in (("phone", "phone"), ("email", "e-mail"))},
}


@dataclass(frozen=True, slots=True)
class Ways:
    """What the inputs say, as the API takes it, and for each entry the input or row that it is from."""

    body: Mapping[str, Sequence[Mapping[str, Any]]]
    rows: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, form: Form) -> Ways:
        """Of a form. Rows of which nothing is filled in are left out."""
        reached = [
            (first, _contact(form, first, form.text(first), first + "_"))
            for first in FIRSTS
            if form.text(first).strip()
        ]
        for number in sorted(form.numbers("further")):
            row = f"further.{number}"
            if form.text(f"{row}.value").strip():
                channel = form.text(f"{row}.channel")
                reached.append((row, _contact(form, channel, form.text(f"{row}.value"), row + ".")))
        people = [FIRST_CALLED, *(f"called.{number}" for number in sorted(form.numbers("called")))]
        called = [(row, person) for row in people if (person := _person(form, row))]
        return cls(
            {"contacts": [way for _, way in reached], "emergency_contacts": [person for _, person in called]},
            {"contacts": [row for row, _ in reached], "emergency_contacts": [row for row, _ in called]},
        )

    def beside(self, problem: Mapping[str, Any]) -> dict[str, Any]:
        """The problem with each error at the input that it is about: `contacts.1.value` at `email`."""
        errors = [{**error, "field": self._input(error["field"])} for error in problem.get("errors", [])]
        return {**problem, "errors": errors}

    def _input(self, field: str) -> str:
        match field.split("."):
            case [name, number, part] if name in self.rows:
                row = self.rows[name][int(number)]
                if row not in FIRSTS:
                    return f"{row}.{part}"
                return row if part in ("value", "channel") else f"{row}_{part}"
            case _:
                return field


def stored_ways(client: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored, by the names of the inputs, for `Form.of`."""
    values: dict[str, Any] = {}
    further = []
    for contact in client["contacts"]:
        first = contact["channel"]
        if first in FIRSTS and first not in values:
            values |= {first: contact["value"], f"{first}_label": contact["label"]}
            values[f"{first}_consent"] = contact["consent"]
        else:
            further.append({**contact, "value": _shown(contact)})
    called = [{**person, "phone": text.phone(person["phone"])} for person in client["emergency_contacts"][1:]]
    rows = {"further": further, "called": called}
    return values | {name: {str(number): row for number, row in enumerate(each)} for name, each in rows.items()}


def ways_in_words(client: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each way as a pair: `Phone, mobile` and the number with what the client said to it."""
    return [
        (
            ", ".join(part for part in (dict(CHANNELS)[contact["channel"]], contact["label"]) if part),
            _shown(contact) + ("" if contact["consent"] == "not_asked" else f" · {_said(contact['consent'])}"),
        )
        for contact in client["contacts"]
    ]


def called_in_words(client: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Whom to call, as pairs: `Anne Byron, mother` and the number."""
    return [
        (", ".join(part for part in (person["name"], person["relationship"]) if part), text.phone(person["phone"]))
        for person in client["emergency_contacts"]
    ]


def _contact(form: Form, channel: str, value: str, before: str) -> dict[str, Any]:
    consent = form.text(f"{before}consent")
    contact = {"channel": channel, "value": value, "label": form.text(f"{before}label").strip() or None}
    return {**contact, "consent": consent} if consent else contact


def _person(form: Form, row: str) -> dict[str, Any] | None:
    person: dict[str, Any] = {part: form.text(f"{row}.{part}") for part in PERSON}
    if not any(typed.strip() for typed in person.values()):
        return None
    return {**person, "relationship": person["relationship"].strip() or None}


def _shown(contact: Mapping[str, Any]) -> str:
    return text.phone(contact["value"]) if contact["channel"] == "phone" else str(contact["value"])


def _said(consent: str) -> str:
    return dict(CONSENTS)[consent].lower()
