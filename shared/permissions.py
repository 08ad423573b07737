"""Who may do what: permission names, the five levels, the grants, restrictions, settings. Data, and functions over it.

A permission is `resource:action`. A level is a set of permissions; `default` is in every level. A grant adds a
single permission to one person. A restriction takes sight away. A setting of the organization is the same for
everybody. What depends on the row (organization, assignment, authorship) is decided in the service that holds the row.
Absent means denied.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

# What a route says in place of a permission.
PUBLIC: Final = "public"  # before sign-in; the gateway still vouches for the request
INTERNAL: Final = "internal"  # from the gateway itself, not reachable through it


class Restriction(StrEnum):
    """What a person is kept out of."""

    ASSIGNED_ONLY = "assigned_only"  # given by administrators, who find it among the grants
    CASES_ASSIGNED = "cases_assigned"  # the organization's "Administration sees assigned cases only"
    ENROLLING = "enrolling"  # signed in with a password alone where the organization wants a second factor


class Setting(StrEnum):
    """What an organization allows its people. Told with every request: turned off, it is off within seconds also where
    the event that says so has not come.
    """

    EMERGENCY_ACCESS = "emergency_access"


NOT_GRANTS: Final = frozenset({*Restriction, *Setting})

DEFAULT = frozenset(
    {
        "self:read",
        "self:update",
        "sessions:authenticate",
        "sessions:end",
        "sessions:manage",
        "passwords:change",
        "second_factors:manage",
        "jobs:read",  # one's own
        "jobs:cancel",
        "work_items:read",
        "work_items:update",
        "organization:read",
        "locations:read",
        "staff:read",
        "clients:create",
        "clients:read",
        "clients:update",
        "client_reports:read",
        "assignments:read",
        "service_types:read",
        "agenda:read",
        "appointments:create",
        "appointments:read",
        "appointments:update",
        "groups:read",
        "groups:manage",
    }
)
BILLING = DEFAULT | {
    "invoices:read",
    "invoices:update",
    "invoices:issue",
    "invoices:void",
    "payments:create",
    "payments:read",
    "payments:void",
    "credit:apply",
    "write_offs:create",
    "ledger:read",
}
THERAPIST = DEFAULT | {
    "cases:create",
    "cases:read",
    "cases:update",
    "diagnoses:create",
    "diagnoses:read",
    "treatment_plans:create",
    "treatment_plans:read",
    "treatment_plans:sign",
    "notes:create",
    "notes:read",
    "notes:update",
    "notes:sign",
    "break_glass:read",
    "break_glass:open",  # of Administration too, which could not make therapists without it; the command asks further
}
ADMINISTRATION = (
    BILLING
    | THERAPIST
    | {
        "organization:update",
        "setup:read",
        "locations:create",
        "locations:update",
        "staff:create",
        "staff:update",
        "service_types:create",
        "service_types:update",
        "assignments:change",
        "client_imports:manage",
        "client_fields:manage",
        "clients:merge",  # so far: what two who look alike have, and saying that they are two people
        "appointments:override",
        "invoices:override_hold",
        "payments:refund",
        "write_offs:exceed_limit",
        "audit:read",
        "break_glass:review",
        "api_clients:read",
    }
)
ORGANIZATION_ADMINISTRATION = ADMINISTRATION | {
    "audit:export",
    "organization:secure",
    "api_clients:manage",
    "clients:delete",
}

# Enough to set up a second factor.
ENROLLING_PERMISSIONS = frozenset({"self:read", "sessions:authenticate", "sessions:end", "second_factors:manage"})

# What a program may be given. Of what makes a person answerable (signing, breaking the glass, changing staff and
# settings) it may hold nothing.
API_PERMISSIONS = frozenset(
    {
        "jobs:read",
        "jobs:cancel",
        "organization:read",
        "locations:read",
        "staff:read",
        "service_types:read",
        "clients:create",
        "clients:read",
        "clients:update",
        "client_reports:read",
        "client_imports:manage",
        "assignments:read",
        "assignments:change",
        "agenda:read",
        "appointments:create",
        "appointments:read",
        "appointments:update",
        "groups:read",
        "groups:manage",
        "cases:read",
        "diagnoses:read",
        "treatment_plans:read",
        "notes:read",
        "invoices:read",
        "invoices:update",
        "invoices:issue",
        "payments:create",
        "payments:read",
        "credit:apply",
        "ledger:read",
        "audit:read",
        "audit:export",
    }
)

LEVELS: dict[str, frozenset[str]] = {
    "default": DEFAULT,
    "billing": frozenset(BILLING),
    "therapist": frozenset(THERAPIST),
    "administration": frozenset(ADMINISTRATION),
    "organization_administration": frozenset(ORGANIZATION_ADMINISTRATION),
}
# Who of these levels gives services that are billed: their notes document them.
SIGNING_LEVELS = frozenset(level for level, held in LEVELS.items() if "notes:sign" in held)

# Slug of a grant -> what it adds. A grant whose endpoints are not built yet adds nothing so far:
# it can be given, is kept, and takes effect with them.
GRANTS: dict[str, frozenset[str]] = {
    "assigned_only": frozenset(),  # adds nothing: it is a restriction that is given like a grant
    "staff_assign": frozenset({"assignments:change"}),
    "clients_delete": frozenset({"clients:delete"}),
    "clients_merge": frozenset({"clients:merge"}),
    "double_book": frozenset({"appointments:override"}),
    "availability_manage": frozenset(),
    "documents_upload": frozenset(),
    "claims_submit": frozenset(),
    "remittances_post": frozenset(),
    "refunds": frozenset({"payments:refund"}),
}

# Levels that a grant has any meaning for: a therapist may not refund, even with the grant.
GRANT_NEEDS: dict[str, frozenset[str]] = {
    "refunds": frozenset({"billing"}),
    "claims_submit": frozenset({"billing"}),
    "remittances_post": frozenset({"billing"}),
    "assigned_only": frozenset({"therapist"}),
}

ALL = frozenset().union(*LEVELS.values(), *GRANTS.values())


def effective(levels: Iterable[str], grants: Iterable[str]) -> frozenset[str]:
    """The permissions of a person with these levels and grants; unknown slugs add nothing."""
    held = frozenset(levels)
    permissions = set(DEFAULT)
    for level in held:
        permissions |= LEVELS.get(level, frozenset())
    for grant in grants:
        if has_effect(grant, held):
            permissions |= GRANTS.get(grant, frozenset())
    return frozenset(permissions)


def sees_assigned_only(levels: Iterable[str], restrictions: Iterable[str]) -> bool:
    """Whether every client list, agenda and ledger of this person is narrowed to assigned clients.

    `assigned_only` narrows a therapist, also one with Billing; administrators are never narrowed by it.
    """
    held = frozenset(levels)
    return (
        Restriction.ASSIGNED_ONLY in frozenset(restrictions)
        and "therapist" in held
        and not held & {"administration", "organization_administration"}
    )


def has_effect(grant: str, levels: Iterable[str]) -> bool:
    """Whether a grant means anything with these levels. `assigned_only` without effect leaves every client open."""
    if grant == Restriction.ASSIGNED_ONLY:
        return sees_assigned_only(levels, [grant])
    needed = GRANT_NEEDS.get(grant)
    return needed is None or bool(needed & frozenset(levels))


def sees_all_cases(levels: Iterable[str], restrictions: Iterable[str]) -> bool:
    """Whether clinical records are open to this person without an assignment: to both administrator levels, unless the
    organization restricts Administration to assigned cases.
    """
    held = frozenset(levels)
    if "organization_administration" in held:
        return True
    return "administration" in held and Restriction.CASES_ASSIGNED not in frozenset(restrictions)


def restrictions_on(
    levels: Iterable[str], grants: Iterable[str], *, restricts_administration: bool
) -> frozenset[Restriction]:
    """The restrictions on somebody: the one that was given with their grants, and the one of the organization."""
    found = set()
    if Restriction.ASSIGNED_ONLY in frozenset(grants):
        found.add(Restriction.ASSIGNED_ONLY)
    if restricts_administration and "administration" in frozenset(levels):
        found.add(Restriction.CASES_ASSIGNED)
    return frozenset(found)
