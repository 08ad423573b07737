"""Who may do what: permission names, the five levels, the grants. Data, and three functions over it.

A permission is `resource:action`. A level is a set of permissions; `default` is in every level. A grant adds a
single permission to one person, `assigned_only` takes sight away. What depends on the row (organization,
assignment, authorship) is decided in the service that holds the row. Absent means denied.
"""

from __future__ import annotations

from collections.abc import Iterable

DEFAULT = frozenset(
    {
        "self:read",
        "sessions:end",
        "organization:read",
        "locations:read",
        "staff:read",
        "clients:create",
        "clients:read",
        "clients:update",
        "assignments:read",
        "service_types:read",
        "agenda:read",
        "appointments:create",
        "appointments:read",
        "appointments:update",
    }
)
BILLING = DEFAULT | {
    "invoices:read",
    "invoices:update",
    "invoices:issue",
    "invoices:void",
    "payments:create",
    "payments:read",
    "credit:apply",
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
}
ADMINISTRATION = (
    BILLING
    | THERAPIST
    | {
        "organization:update",
        "locations:create",
        "locations:update",
        "staff:create",
        "staff:update",
        "service_types:create",
        "service_types:update",
        "assignments:change",
        "appointments:override",
        "invoices:override_hold",
        "payments:refund",
    }
)
ORGANIZATION_ADMINISTRATION = ADMINISTRATION | {"audit:read"}

LEVELS: dict[str, frozenset[str]] = {
    "default": DEFAULT,
    "billing": frozenset(BILLING),
    "therapist": frozenset(THERAPIST),
    "administration": frozenset(ADMINISTRATION),
    "organization_administration": frozenset(ORGANIZATION_ADMINISTRATION),
}

# Slug of a grant -> what it adds. A grant whose endpoints are not built yet adds nothing so far:
# it can be given, is kept, and takes effect with them.
GRANTS: dict[str, frozenset[str]] = {
    "assigned_only": frozenset(),
    "staff_assign": frozenset({"assignments:change"}),
    "clients_delete": frozenset(),
    "clients_merge": frozenset(),
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
        needed = GRANT_NEEDS.get(grant)
        if needed is None or needed & held:
            permissions |= GRANTS.get(grant, frozenset())
    return frozenset(permissions)


def sees_assigned_only(levels: Iterable[str], grants: Iterable[str]) -> bool:
    """Whether every client list, agenda and ledger of this person is narrowed to assigned clients.

    `assigned_only` narrows a therapist, also one with Billing; administrators are never narrowed by it.
    """
    held = frozenset(levels)
    return (
        "assigned_only" in set(grants)
        and "therapist" in held
        and not held & {"administration", "organization_administration"}
    )


def sees_all_cases(levels: Iterable[str]) -> bool:
    """Whether clinical records are open without an assignment: both administrator levels."""
    return bool(frozenset(levels) & {"administration", "organization_administration"})
