"""Levels, flags and what they come to, as the page shows them. Pure: the API's preview says what somebody could do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared import permissions

OWNER: Final = "organization_administration"
LEVELS: Final[Mapping[str, tuple[str, str]]] = {
    "default": ("Default", "Agenda, appointments, clients’ details"),
    "therapist": ("Therapist", "Cases, notes, diagnoses, treatment plans"),
    "billing": ("Billing", "Invoices, payments, ledgers"),
    "administration": ("Administration", "Settings, staff, activity. Includes the three before"),
    OWNER: ("Organization Administration", "Everything, including administrators and security"),
}
# Level -> the levels that it includes.
INCLUDED: Final[Mapping[str, frozenset[str]]] = {
    "administration": frozenset({"therapist", "billing"}),
    OWNER: frozenset({"therapist", "billing", "administration"}),
}
OWNERS_GIVE: Final = frozenset({"administration", OWNER})
NARROWS_NOBODY: Final = "No effect: every client stays open. It narrows a Therapist who is no administrator."
FLAGS: Final[Mapping[str, tuple[str, str]]] = {
    "assigned_only": ("Assigned clients only", "A therapist sees only clients who are assigned to them."),
    "staff_assign": ("Assign staff to clients", "Chooses who works with a client."),
    "clients_delete": ("Delete clients", "Deletes clients of whom there are no records."),
    "clients_merge": (
        "Merge clients",
        "Merges clients who are entered twice, with “Assign staff to clients” besides, or says that they are two.",
    ),
    "double_book": ("Book in spite of a conflict", "Books a time that is taken, with a reason."),
    "availability_manage": ("Change working hours", "Changes when colleagues work."),
    "documents_upload": ("Add documents", "Adds files to clients."),
    "claims_submit": ("Submit claims", "Sends claims to payers."),
    "remittances_post": ("Post remittances", "Posts what payers paid."),
    "refunds": ("Give refunds", "Gives clients’ credit back."),
}


@dataclass(frozen=True, slots=True)
class Box:
    """One box of a card or a flag. `kept`: it is fixed, and what is stored of it goes along when the form is sent."""

    slug: str
    name: str
    words: str
    ticked: bool
    fixed: bool
    kept: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the practice and the permissions that each column stands for; empty: there is no such thing."""

    name: str
    view: frozenset[str]
    edit: frozenset[str] = frozenset()
    delete: frozenset[str] = frozenset()
    scope: str = "practice"  # practice | agenda | clients | cases | staff


def _area(name: str, view: str = "", edit: str = "", delete: str = "", scope: str = "practice") -> Area:
    return Area(name, frozenset(view.split()), frozenset(edit.split()), frozenset(delete.split()), scope)


AREAS: Final = (
    _area(
        "Agenda and appointments",
        "agenda:read appointments:read",
        "appointments:create appointments:update",
        scope="agenda",
    ),
    _area("Booking in spite of a conflict", edit="appointments:override", scope="agenda"),
    _area("Groups", "groups:read", "groups:manage", scope="clients"),
    _area("Client details", "clients:read", "clients:create clients:update", "clients:delete", scope="clients"),
    _area("Clients entered twice", "clients:read", "clients:merge", scope="clients"),
    _area("Work items", "work_items:read", "work_items:update", scope="clients"),
    _area("Client reports", "client_reports:read", scope="clients"),
    _area("Own fields of clients", edit="client_fields:manage"),
    _area("Importing clients", edit="client_imports:manage", scope="clients"),
    _area("Who works with a client", "assignments:read", "assignments:change", scope="clients"),
    _area(
        "Cases and notes",
        "cases:read notes:read",
        "cases:create cases:update notes:create notes:update notes:sign",
        scope="cases",
    ),
    _area(
        "Diagnoses and treatment plans",
        "diagnoses:read treatment_plans:read",
        "diagnoses:create treatment_plans:create treatment_plans:sign",
        scope="cases",
    ),
    _area(
        "Ledgers and invoices",
        "ledger:read invoices:read",
        "invoices:update invoices:issue",
        "invoices:void",
        "clients",
    ),
    _area("Issuing a held invoice", edit="invoices:override_hold", scope="clients"),
    _area("Payments and credit", "payments:read", "payments:create credit:apply", "payments:void", "clients"),
    _area("Refunds", edit="payments:refund", scope="clients"),
    _area("Write-offs", edit="write_offs:create", scope="clients"),
    _area("Write-offs above the limit", edit="write_offs:exceed_limit", scope="clients"),
    _area("Services and fees", "service_types:read", "service_types:create service_types:update"),
    _area("Locations", "locations:read", "locations:create locations:update"),
    _area("Staff", "staff:read", "staff:create staff:update", scope="staff"),
    _area("Practice settings", "organization:read", "organization:update"),
    _area("Security settings", edit="organization:secure"),
    _area("API clients", "api_clients:read", "api_clients:manage"),
    _area("Activity", "audit:read"),
)


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One line of the table: each cell `yes`, `partly`, `no`, or empty where there is no such thing."""

    name: str
    view: str
    edit: str
    delete: str
    scope: str
    change: str  # more | less | empty


def level_boxes(chosen: Collection[str], mine: Collection[str], *, read_only: bool) -> list[Box]:
    """The five cards, for somebody with the levels `mine` who chose these for somebody."""
    included = frozenset[str]().union(*(INCLUDED.get(level, frozenset()) for level in chosen))
    return [_level_box(slug, slug in chosen, slug in included, OWNER in mine, read_only) for slug in LEVELS]


def _level_box(slug: str, chosen: bool, included: bool, i_am_owner: bool, read_only: bool) -> Box:
    name, words = LEVELS[slug]
    withheld = slug in OWNERS_GIVE and not i_am_owner
    fixed = read_only or slug == "default" or included or withheld
    note = "Only Organization Administration gives this." if withheld and not read_only else ""
    return Box(slug, name, words, slug == "default" or chosen or included, fixed, kept=fixed and chosen, note=note)


def flag_boxes(chosen: Collection[str], ineffective: Collection[str], *, read_only: bool) -> list[Box]:
    """The flags that have an effect today; others that somebody holds are kept."""
    return [
        Box(slug, *FLAGS[slug], slug in chosen, read_only, read_only and slug in chosen, _needs(slug, ineffective))
        for slug in FLAGS
        if has_effect(slug)
    ]


def kept_flags(chosen: Collection[str]) -> list[str]:
    """Flags that somebody holds and that have no effect yet: saving must not take them away."""
    return [slug for slug in chosen if not has_effect(slug)]


def has_effect(grant: str) -> bool:
    """Whether a grant adds anything today, or narrows."""
    return grant == permissions.Restriction.ASSIGNED_ONLY or bool(permissions.GRANTS.get(grant))


def area_rows(preview: Mapping[str, Any], chosen: Collection[str]) -> list[AreaRow]:
    """What the API says that these levels and flags come to, area by area."""
    held, gained, lost = (frozenset(preview[name]) for name in ("permissions", "gained", "lost"))
    return [_area_row(area, held, gained, lost, _scope(area, held, preview, chosen)) for area in AREAS]


def _area_row(area: Area, held: frozenset[str], gained: frozenset[str], lost: frozenset[str], scope: str) -> AreaRow:
    all_of_it = area.view | area.edit | area.delete
    change = "more" if gained & all_of_it else "less" if lost & all_of_it else ""
    return AreaRow(area.name, _cell(area.view, held), _cell(area.edit, held), _cell(area.delete, held), scope, change)


def _cell(needed: frozenset[str], held: frozenset[str]) -> str:
    if not needed:
        return ""
    return "yes" if needed <= held else "partly" if needed & held else "no"


def _scope(area: Area, held: frozenset[str], preview: Mapping[str, Any], chosen: Collection[str]) -> str:
    if not (area.view | area.edit | area.delete) & held:
        return "No access"
    narrowed = preview.get("client_scope") == "assigned"
    if area.scope == "cases":
        return "All clients" if preview.get("case_scope") == "all" else "Cases they work in or supervise"
    if area.scope == "clients":
        return "Assigned clients only" if narrowed else "All clients"
    if area.scope == "agenda":
        return "Assigned clients only" if narrowed else "All staff"
    if area.scope == "staff":
        if not area.edit & held:
            return "What colleagues see"
        return "Everybody" if OWNER in chosen else "Everybody but administrators"
    return "The practice"


def narrows_nobody(ineffective: Collection[str]) -> str:
    """What to say where somebody is to see assigned clients only, and sees all; else nothing."""
    return NARROWS_NOBODY if permissions.Restriction.ASSIGNED_ONLY in ineffective else ""


def _needs(slug: str, ineffective: Sequence[str] | Collection[str]) -> str:
    needed = permissions.GRANT_NEEDS.get(slug)
    if slug not in ineffective or not needed:
        return ""
    if slug == permissions.Restriction.ASSIGNED_ONLY:
        return NARROWS_NOBODY
    return f"No effect without {' or '.join(LEVELS[level][0] for level in sorted(needed))}."
