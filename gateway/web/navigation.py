"""Where a person can go: what they cannot use is absent. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Item:
    """One place. `key` follows G on the keyboard."""

    path: str
    icon: str
    name: str
    permission: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Places under one heading; the first group has none."""

    name: str
    items: Sequence[Item]


HELP: Final = Item("/help", "circle-help", "Help", "self:read")  # in the person's menu too
GROUPS: Final = (
    Group(
        "",
        (
            Item("/home", "house", "Home", "self:read", "H"),
            Item("/agenda", "calendar-days", "Agenda", "agenda:read", "A"),
            Item("/clients", "users-round", "Clients", "clients:read", "C"),
            Item("/notes", "square-pen", "Notes", "notes:update", "N"),
            Item("/invoices", "receipt", "Invoices", "invoices:read", "B"),
            Item("/payments", "hand-coins", "Payments", "payments:read"),
            Item("/work-items", "list-checks", "Work items", "work_items:read"),
            Item("/groups", "users-round", "Groups", "groups:read"),
        ),
    ),
    Group(
        "Practice",
        (
            Item("/settings", "building-2", "Organization", "organization:update", "O"),
            Item("/settings/services", "briefcase-medical", "Services", "service_types:update", "S"),
            Item("/settings/staff", "users", "Staff", "staff:create", "T"),
            Item("/settings/locations", "map-pin", "Locations", "locations:update"),
            Item("/settings/client-fields", "file-text", "Client fields", "client_fields:manage"),
            Item("/settings/security", "shield-check", "Security", "organization:update"),
            Item("/settings/emergency-access", "heart-pulse", "Emergency access", "break_glass:review"),
            Item("/settings/api-clients", "clipboard-list", "API clients", "api_clients:read"),
            Item("/activity", "history", "Activity", "audit:read"),
        ),
    ),
    Group("", (HELP,)),
)
# What stands in the menu of the person.
MINE: Final = (
    Item("/account", "user-round", "My account", "self:update"),
    Item("/account/security", "shield-check", "Sign-in and security", "self:update"),
)
# What the New menu offers.
NEW: Final[tuple[Item, ...]] = (
    Item("/agenda/new", "calendar-plus", "Appointment", "appointments:create"),
    Item("/clients/new", "users-round", "Client", "clients:create"),
    Item("/groups/new", "users-round", "Group", "groups:manage"),
    Item("/payments/new", "hand-coins", "Payment", "payments:create"),
    Item("/settings/services/new", "briefcase-medical", "Service", "service_types:create"),
    Item("/settings/staff/new", "user-round", "Member of staff", "staff:create"),
    Item("/settings/locations/new", "map-pin", "Location", "locations:create"),
)
ON_THE_PHONE: Final = 4  # items of the bar at the foot of a phone; the rest stands under More


# Pages that stand below no item by their path, and the item that they belong to.
BELONGS: Final = {"/jobs/clients": "/clients", "/intake": "/clients"}


def groups_for(can: Callable[[str], bool]) -> list[Group]:
    """The groups that have anything for somebody with these permissions."""
    allowed = [Group(group.name, [item for item in group.items if can(item.permission)]) for group in GROUPS]
    return [group for group in allowed if group.items]


def mine_for(can: Callable[[str], bool]) -> list[Item]:
    """The person's own places, where they may use them."""
    return [item for item in MINE if can(item.permission)]


def new_items_for(can: Callable[[str], bool]) -> list[Item]:
    """What the New menu offers somebody with these permissions."""
    return [item for item in NEW if can(item.permission)]


def current(path: str, groups: Sequence[Group]) -> str:
    """The item that a page belongs to: the longest whose path begins its own; empty where none does."""
    paths = [item.path for group in groups for item in group.items]
    path = next((item for elsewhere, item in BELONGS.items() if path.startswith(elsewhere + "/")), path)
    return max((known for known in paths if path == known or path.startswith(known + "/")), key=len, default="")
