"""What is stored of a client as inputs: the same on the form that adds one and on the one that changes one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gateway.web import addresses
from gateway.web.addresses import ADDRESS
from gateway.web.clients import ways, wishes
from gateway.web.clients.own import stored_own
from gateway.web.forms import Form, Input, Lines, Text
from gateway.web.page import ApiResponse, Page, Question
from gateway.web.time_zones import zones_with
from shared.languages import LANGUAGES

CONTACT: Final = ("name", "relationship", "phone")
OPTIONAL: Final = (
    *("middle_name", "name_suffix", "preferred_name", "pronouns", "gender_identity", "language"),
    *("intake_date", "referral_source", "time_zone"),
)
FORMER: Final = "former_names"
TAGS: Final = "tags"
IN_USE: Final = Question("GET /client-tags", query={"limit": 200})
SEXES: Final = (("unknown", "Unknown"), ("female", "Female"), ("male", "Male"))
TYPES: Final = (("adult", "Adult"), ("minor", "Minor"), ("couple", "Couple"), ("family", "Family"))
FACTS: Final[tuple[Input, ...]] = (
    Text("given_name", blank="keep"),
    Text("family_name", blank="keep"),
    Lines(FORMER),
    Lines(TAGS),
    Text("date_of_birth", blank="keep"),
    Text("sex"),
    Text("client_type"),
    *(Text(name, blank="null") for name in OPTIONAL),
    *ADDRESS,
)
# How a new client is reached. Of one who is stored there are several ways: see `ways`.
FIRST_WAYS: Final[tuple[Input, ...]] = (
    *(Text(name, blank="null") for name in ("phone", "email")),
    *(Text(f"emergency_contact.{name}", blank="null" if name == "relationship" else "keep") for name in CONTACT),
)
# What the inputs are called, where two people changed one client.
WORDS: Final = {
    "given_name": "Given name",
    "middle_name": "Middle name",
    "family_name": "Family name",
    "name_suffix": "Suffix",
    "preferred_name": "Preferred name",
    "former_names": "Former names",
    "pronouns": "Pronouns",
    "date_of_birth": "Birth date",
    "sex": "Legal sex",
    "gender_identity": "Gender identity",
    "language": "Language",
    "client_type": "Client type",
    "intake_date": "Intake date",
    "referral_source": "Referred by",
    TAGS: "Tags",
    "phone": "Phone",
    "email": "E-mail",
    **addresses.WORDS,
    "emergency_contact.name": "Emergency contact",
    "emergency_contact.relationship": "What they are to the client",
    "emergency_contact.phone": "Phone of the emergency contact",
    "time_zone": "Time zone",
    **ways.WORDS,
    **wishes.WORDS,
}
REFUSED: Final = (403, 409, 412, 422)


def without_empty(body: dict[str, Any], form: Form) -> dict[str, Any]:
    """The body with null for an address or a contact of which nothing is filled in."""
    if not any(form.text(f"emergency_contact.{part}").strip() for part in CONTACT):
        body["emergency_contact"] = None
    return addresses.without_empty(body, form)


def tags_of(reply: ApiResponse | None) -> list[str]:
    """The tags in use; none where they could not be had."""
    return [item["tag"] for item in reply.value["items"]] if reply is not None and reply.ok else []


def choices(form: Form) -> dict[str, Any]:
    """What the form offers to choose from."""
    return {
        "sexes": SEXES,
        "types": TYPES,
        "weekdays": wishes.WEEKDAYS,
        "parts_of_day": wishes.PARTS,
        "channels": ways.CHANNELS,
        "consents": ways.CONSENTS,
        "languages": [("", "Not said"), *LANGUAGES.items()],
        "zones": [("", "The practice’s"), *zones_with(form.text("time_zone"))],
    }


def form_of_stored(client: Mapping[str, Any]) -> Form:
    """The form that shows what is stored."""
    several = ("contacts", "emergency_contacts")
    plain = {name: value for name, value in client.items() if name not in several}
    waits = {"waits": client["waiting"] is not None}
    return Form.of(
        {**plain, "custom": stored_own(client)},
        **waits,
        **{name: "\n".join(client[name]) for name in (FORMER, TAGS)},
        **ways.stored_ways(client),
    )


def refused(page: Page, form: Form, reply: ApiResponse, sent: ways.Ways | None = None) -> Form:
    """The form with what the API says of it, also of the ways that were sent. Raises `Problem` as `Page.problem`."""
    if reply.status not in REFUSED:
        page.problem(reply)
    return form.refused(sent.beside(reply.value) if sent else reply.value, FORMER, TAGS)
