"""What marshmallow says of a wrong value, in the words of the people who typed it.

The library speaks to programmers ("Missing data for required field."), and its sentences stand beside inputs. Fields
that have a rule of their own say so themselves; their sentences pass unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from shared.texts import whole_number

REQUIRED: Final = "Fill this in."
_PLAIN: Final[Mapping[str, str]] = {
    "Missing data for required field.": REQUIRED,
    "Field may not be null.": REQUIRED,
    "Must not be blank.": REQUIRED,
    "Not a valid integer.": "Enter a whole number.",
    "Not a valid number.": "Enter a number.",
    "Not a valid string.": "Enter text.",
    "Not a valid date.": "Enter a date.",
    "Not a valid boolean.": "Answer yes or no.",
}
_LENGTHS: Final = (
    re.compile(r"Length must be between (?P<least>[0-9]+) and (?P<most>[0-9]+)\."),
    re.compile(r"Longer than maximum length (?P<most>[0-9]+)\."),
    re.compile(r"Shorter than minimum length (?P<least>[0-9]+)\."),
    re.compile(r"Length must be (?P<exactly>[0-9]+)\."),
)
_RANGES: Final = (
    re.compile(r"Must be greater than or equal to (?P<least>-?[0-9]+) and less than or equal to (?P<most>-?[0-9]+)\."),
    re.compile(r"Must be greater than or equal to (?P<least>-?[0-9]+)\."),
    re.compile(r"Must be less than or equal to (?P<most>-?[0-9]+)\."),
)


def sentence(message: str, value: Any) -> str:
    """The message in plain words. `value`: what was sent, for a length is of characters or of choices."""
    if message in _PLAIN:
        return _PLAIN[message]
    return (
        _by(_LENGTHS, message, lambda bounds: _of_length(bounds, value)) or _by(_RANGES, message, _of_range) or message
    )


def value_at(sent: Any, path: str) -> Any:
    """What was sent at a dotted path; None where nothing was."""
    for part in path.split(".") if path else ():
        at = whole_number(part)
        if isinstance(sent, Mapping):
            sent = sent.get(part)
        elif isinstance(sent, list | tuple) and at is not None and at < len(sent):
            sent = sent[at]
        else:
            return None
    return sent


def _by(patterns: Sequence[re.Pattern[str]], message: str, say: Callable[[dict[str, int]], str]) -> str | None:
    for pattern in patterns:
        if found := pattern.fullmatch(message):
            return say({name: int(digits) for name, digits in found.groupdict().items()})
    return None


def _of_length(bounds: Mapping[str, int], value: Any) -> str:
    if not isinstance(value, str):
        verb, unit, units = "Choose", "", ""
    else:
        verb, unit, units = "Use", " character", " characters"
    length = len(value) if hasattr(value, "__len__") else 0
    if "exactly" in bounds:
        return f"{verb} exactly {bounds['exactly']}{units}."
    if length < bounds.get("least", 0):
        if isinstance(value, str) and not length:
            return REQUIRED
        return f"{verb} at least {bounds['least']}{unit if bounds['least'] == 1 else units}."
    return f"{verb} at most {bounds['most']}{units}."


def _of_range(bounds: Mapping[str, int]) -> str:
    least, most = bounds.get("least"), bounds.get("most")
    if least is not None and most is not None:
        return f"Enter a number from {least} to {most}."
    return f"Enter a number of at least {least}." if most is None else f"Enter a number of at most {most}."
