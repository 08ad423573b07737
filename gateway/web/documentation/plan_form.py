"""The inputs of a treatment plan: problems, goals, objectives, interventions, each under the one above. Pure."""

from __future__ import annotations

from typing import Any, Final

from gateway.web.forms import Form

# From the outermost to the innermost: what it is called in the API, and its inputs besides the description.
LEVELS: Final = (
    ("problems", ()),
    ("goals", ()),
    ("objectives", ("measure", "target_on")),
    ("interventions", ("frequency",)),
)
PARTS_MAX: Final = 20


def problems_of(form: Form) -> list[dict[str, Any]]:
    """The problems as the API takes them. What was left blank is left out, unless something stands under it."""
    return _parts(form, "", 0)


def _parts(form: Form, above: str, depth: int) -> list[dict[str, Any]]:
    if depth == len(LEVELS):
        return []
    name, others = LEVELS[depth]
    found = []
    for number in range(PARTS_MAX):
        prefix = f"{above}{name}.{number}"
        part: dict[str, Any] = {"description": form.text(f"{prefix}.description").strip()}
        part |= {other: form.text(f"{prefix}.{other}").strip() or None for other in others}
        below = _parts(form, f"{prefix}.", depth + 1) if f"{prefix}.description" in form.values else []
        if depth + 1 < len(LEVELS):
            part[LEVELS[depth + 1][0]] = below
        if below or any(value for value in part.values()):
            found.append(part)
    return found
