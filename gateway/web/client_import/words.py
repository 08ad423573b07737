"""What the pages of an import call things. Data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# Fact of a client, as the API names it -> what people call it, in the order in which they look for it.
FACTS: Final[Mapping[str, str]] = {
    "full_name": "Name",
    "given_name": "First name",
    "middle_name": "Middle name",
    "family_name": "Last name",
    "name_suffix": "Suffix",
    "preferred_name": "Preferred name",
    "date_of_birth": "Birth date",
    "sex": "Legal sex",
    "gender_identity": "Gender identity",
    "pronouns": "Pronouns",
    "client_type": "Type",
    "language": "Language",
    "status": "Status",
    "email": "E-mail",
    "mobile_phone": "Mobile phone",
    "phone": "Phone",
    "home_phone": "Home phone",
    "work_phone": "Work phone",
    "address_line1": "Street",
    "address_line2": "Street, second line",
    "city": "City",
    "state": "State",
    "postal_code": "ZIP code",
    "referral_source": "Referred by",
    "intake_date": "Client since",
    "tags": "Tags",
    "therapist": "Therapist",
    "opening_balance": "Opening balance",
    "next_appointment": "Next appointment",
}
# The program whose client list a file looks like.
PRESETS: Final[Mapping[str, str]] = {
    "simplepractice": "SimplePractice",
    "therapynotes": "TherapyNotes",
    "theranest": "TheraNest",
}
# Why a column is left out.
IGNORED: Final[Mapping[str, str]] = {
    "unknown": "No fact about a client is called so.",
    "no_header": "Nothing stands above its cells.",
    "twice": "An earlier column says the same.",
    "left_out": "You left it out.",
    "not_taken": "The next appointment was not taken from this file.",
    "not_allowed": "You may not do by hand what this column would do.",
}
# What becomes of people who are clients.
ON_DUPLICATE: Final = (("skip", "Leave them out"), ("create", "Add them as well"))
# What became of the next appointment of a row.
BOOKINGS: Final[Mapping[str, str]] = {
    "waiting": ", about to be booked",
    "booked": ", booked",
    "refused": ", not booked",
    "taken_back": ", taken back",
}
# What is done with a file, its rows checked, its clients added or taken back -> state -> words and kind of a chip.
CHIPS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "check": {
        "queued": ("Waits", ""),
        "running": ("Under way", "warn"),
        "done": ("Checked, not imported", "info"),
        "failed": ("Not read", "bad"),
        "cancelled": ("Cancelled", ""),
    },
    "add": {
        "queued": ("Waits", ""),
        "running": ("Under way", "warn"),
        "done": ("Imported", "ok"),
        "failed": ("Stopped", "bad"),
        "cancelled": ("Cancelled", ""),
    },
    "undo": {
        "queued": ("Waits", ""),
        "running": ("Being undone", "warn"),
        "done": ("Undone", ""),
        "failed": ("Undone in part", "bad"),
        "cancelled": ("Undone in part", ""),
    },
}
# The same -> the heading of its page.
HEADINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "check": {
        "queued": "The check is about to begin",
        "running": "The rows are being checked",
        "done": "All rows are checked",
        "failed": "The check stopped before its end",
        "cancelled": "The check was cancelled",
    },
    "add": {
        "queued": "The import is about to begin",
        "running": "The clients are being added",
        "done": "The import is done",
        "failed": "The import stopped before its end",
        "cancelled": "The import was cancelled",
    },
    "undo": {
        "queued": "The import is about to be undone",
        "running": "The clients are being taken back",
        "done": "The import is undone",
        "failed": "Undoing stopped before its end",
        "cancelled": "Undoing was cancelled",
    },
}
NOBODY: Final = "The file has no rows"  # the same of one that names columns and nobody
# Why a file could not be read -> the heading of its page. What to do about it, the API says.
UNREAD: Final[Mapping[str, str]] = {
    "zip_bomb": "The workbook is too large inside",
    "too_many_rows": "The file has too many rows",
    "too_many_columns": "The file has too many columns",
    "unreadable": "The file cannot be read",
    "encrypted": "The workbook has a password",
    "too_slow": "Reading the file takes too long",
}
# What somebody decided on a row.
DECIDED: Final[Mapping[str, str]] = {
    "create": "Decided: somebody new",
    "skip": "Decided: left out",
    "same": "Decided: a client already",
}
