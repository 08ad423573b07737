"""A postal address in the United States as inputs, wherever a form has one. Pure."""

from __future__ import annotations

from typing import Any, Final

from gateway.web.forms import Form, Input, Text

PARTS: Final = ("line1", "line2", "city", "state", "postal_code")
ADDRESS: Final[tuple[Input, ...]] = tuple(
    Text(f"address.{name}", blank="null" if name == "line2" else "keep") for name in PARTS
)
# What the inputs are called, where two people changed one address.
WORDS: Final = {
    "address.line1": "Street",
    "address.line2": "Suite or floor",
    "address.city": "City",
    "address.state": "State",
    "address.postal_code": "ZIP code",
}


def without_empty(body: dict[str, Any], form: Form) -> dict[str, Any]:
    """The body with null for an address of which nothing is filled in."""
    if not any(form.text(f"address.{name}").strip() for name in PARTS):
        body["address"] = None
    return body
