"""Two people change one thing: what was typed stays, and what is stored now stands beside it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from gateway.web.forms import VERSION_FIELD, Form
from gateway.web.text import phone
from shared.texts import with_plain_line_ends

PHONES: Final = ("phone", "fax", ".value")  # ends of the names of inputs that hold or may hold a telephone number
CHANGED: Final = "Somebody changed this meanwhile. What you typed is still here and is not saved yet."


@dataclass(frozen=True, slots=True)
class Conflict:
    """What is stored now, of what was typed otherwise: pairs of the input's words and the stored value."""

    stored: tuple[tuple[str, str], ...]


def conflict_of(typed: Form, stored: Form, words: Mapping[str, str]) -> Conflict:
    """Where the two differ. `words`: what the inputs are called, by their names."""
    return Conflict(
        tuple(
            (called, ", ".join(_as_shown(name, stored)) or "empty")
            for name, called in words.items()
            if _as_shown(name, typed) != _as_shown(name, stored) and (typed.text(name) or stored.text(name))
        )
    )


def _as_shown(name: str, form: Form) -> list[str]:
    """The values of an input as the page shows them: a telephone number and the end of a line are the same however
    they are written."""
    return [phone(value) if name.endswith(PHONES) else with_plain_line_ends(value) for value in form.all(name)]


def over(typed: Form, version: object) -> Form:
    """The form as it was typed, to be saved over the version that is stored now."""
    values = {**typed.values, VERSION_FIELD: (str(version),)}
    return replace(typed, values=values, summary=CHANGED)
