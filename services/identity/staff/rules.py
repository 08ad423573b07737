"""Who may change whose permissions. Pure.

Source: the table of permission levels. Nobody changes their own; Administration manages Default, Billing and
Therapist staff; Organization Administration manages everyone else; the last of them stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared import names
from shared.errors import Conflict, FieldError, Forbidden, Invalid
from shared.permissions import SIGNING_LEVELS, Restriction
from shared.texts import comparable_email

OWNER = "organization_administration"
ADMINISTRATION = "administration"
SUPERVISION_MODES = ("access_only", "approve", "co_sign")
REVIEWING_MODES = frozenset({"approve", "co_sign"})  # in which the supervisor has the last word on notes
QUERY_WORDS_MAX = 6
SUPERVISORS_MAX = 20  # how long a line of supervisors may be
QUALIFICATION_FIELDS = frozenset({"licence", "supervisor_id", "supervision_mode"})
MANAGED_BY_ADMINISTRATION = frozenset({"default", "billing", "therapist"})
# Somebody narrowed to their own cases holds these for others only; a person to whom they are given holds them in full.
WAYS_IN = frozenset({"assignments:change"})
OPENS_CASES = frozenset({"cases:read"})


@dataclass(frozen=True, slots=True)
class LicenceDetails:
    """A licence to practise as it is printed. In force from `issued_on` through `expires_on`."""

    number: str
    state: str
    expires_on: date
    issued_on: date | None = None


class OwnPermissions(Forbidden):
    """Somebody tried to change their own levels or grants, or to deactivate themselves."""

    code = "own_permissions"
    detail = "Nobody changes their own permissions. Ask a colleague who may."


class MoreThanOwn(Forbidden):
    """Somebody tried to give what they do not hold."""

    code = "more_than_own"
    detail = "You cannot give more than you hold yourself."


class NotYoursToManage(Forbidden):
    """Administration tried to manage an administrator."""

    code = "not_yours_to_manage"
    detail = "Administration manages Default, Billing and Therapist staff only."


class LastOrganizationAdministration(Conflict):
    """Without them nobody could change permissions."""

    code = "last_organization_administration"
    detail = "This is the last member with Organization Administration. Give it to somebody else first."


class EmailTaken(Conflict):
    """The address belongs to another member of this organization's staff."""

    code = "email_taken"
    detail = "Somebody on the staff already has this e-mail address."


class EmailIsTheirs(Conflict):
    """A person who gives a member another address can take their account over: a reset of the password goes there."""

    denies = True
    code = "email_is_theirs"
    detail = "This member has joined and changes the address themselves (POST /me/email)."


class OwnQualification(Forbidden):
    """Somebody but Organization Administration tried to license themselves, or to choose who supervises them."""

    code = "own_qualification"
    detail = "A colleague enters your licenses and your supervision."


class OwnCasesOnly(Forbidden):
    """Administration that sees its own cases only tried to make others' its own, or to let somebody do so."""

    code = "own_cases_only"
    detail = "Your organization lets Administration see its own cases only. Ask Organization Administration."


class SupervisionInACircle(Invalid):
    """Somebody would, over others, supervise themselves."""

    code = "supervision_in_a_circle"
    detail = "Supervision would run in a circle."


class CannotSupervise(Invalid):
    """Somebody without a level that signs notes would have the last word on those of others."""

    code = "cannot_supervise"
    detail = "This member of staff has no level that signs notes, so they supervise nobody."


class SupervisorIsSupervised(Invalid):
    """Somebody on whose own notes another has the last word would decide about those of a third."""

    code = "supervisor_is_supervised"
    detail = "Somebody approves or co-signs the notes of this member of staff, so they supervise nobody."


class StillSupervises(Conflict):
    """Somebody would lose the level that signs notes, or the last word on their own, and colleagues whom they supervise
    wait for them; `errors` counts.
    """

    code = "still_supervises"
    detail = (
        "This member of staff supervises colleagues. That takes a level that signs notes, and nobody who approves or "
        "co-signs their own. Choose another supervisor for these colleagues first."
    )


class NobodySupervises(Conflict):
    """Somebody would come back whose notes wait for a supervisor who cannot decide about them."""

    code = "nobody_supervises"
    detail = (
        "The supervisor of this member of staff has left, has no level that signs notes, or is supervised themselves. "
        "Choose another supervisor for them first."
    )


def is_reviewed(supervisor_id: UUID | None, mode: str | None) -> bool:
    """Whether a supervisor has the last word on somebody's notes."""
    return supervisor_id is not None and mode in REVIEWING_MODES


def ensure_still_supervises(levels: Iterable[str], *, active: bool, reviewed: bool) -> None:
    """Raises `NobodySupervises` unless a supervisor with these levels may still decide about notes."""
    if not active or reviewed or SIGNING_LEVELS.isdisjoint(levels):
        raise NobodySupervises()


def ensure_supervises_nobody(supervised: int, field: str) -> None:
    """Raises `StillSupervises`, at what was to change, where somebody is supervised: nobody else could decide."""
    if supervised:
        colleagues = "1 colleague" if supervised == 1 else f"{supervised} colleagues"
        raise StillSupervises(errors=[FieldError(field, "supervises", f"{colleagues}.", str(supervised))])


def ensure_can_supervise(levels: Iterable[str]) -> None:
    """Raises `CannotSupervise`: who supervises reads the notes, and approves or signs them."""
    if SIGNING_LEVELS.isdisjoint(levels):
        refusal = CannotSupervise
        raise refusal(errors=[FieldError("supervisor_id", refusal.code, refusal.detail)])


def ensure_has_the_last_word(*, reviewed: bool) -> None:
    """Raises `SupervisorIsSupervised`: whose own signature is not the last word gives none to others' notes."""
    if reviewed:
        refusal = SupervisorIsSupervised
        raise refusal(errors=[FieldError("supervisor_id", refusal.code, refusal.detail)])


def ensure_may_manage(
    manager: Iterable[str],
    before: Iterable[str],
    after: Iterable[str],
    *,
    is_self: bool,
    changes_access: bool,
) -> None:
    """Whether a manager of these levels may take somebody from the levels `before` to `after`.

    `changes_access`: levels, grants or activity change, not only the profile. Raises `OwnPermissions`,
    `NotYoursToManage` or `MoreThanOwn`.
    """
    held = frozenset(manager)
    if is_self and changes_access:
        raise OwnPermissions()
    if OWNER in held or is_self:
        return
    if not frozenset(before) <= MANAGED_BY_ADMINISTRATION:
        raise NotYoursToManage()
    if not frozenset(after) <= MANAGED_BY_ADMINISTRATION:
        raise MoreThanOwn()


def ensure_qualified_by_others(manager: Iterable[str], fields: Collection[str], *, is_self: bool) -> None:
    """Licence and supervision decide who may sign what, so others say them; in a practice of one there is nobody else.

    Raises `OwnQualification`.
    """
    if is_self and OWNER not in frozenset(manager) and frozenset(fields) & QUALIFICATION_FIELDS:
        raise OwnQualification()


def ensure_not_for_oneself(
    restrictions: Collection[Restriction], actor_id: UUID, gains: UUID, brought_in_by: Collection[UUID]
) -> None:
    """Somebody narrowed to their own cases lets neither themselves gain any nor somebody they may be themselves.

    `gains`: who becomes supervisor or successor; `brought_in_by`: who invited them or changed their address.
    Raises `OwnCasesOnly`.
    """
    if Restriction.CASES_ASSIGNED in restrictions and actor_id in (gains, *brought_in_by):
        raise OwnCasesOnly()


def ensure_opens_no_way_in(restrictions: Collection[Restriction], gained: Collection[str]) -> None:
    """Somebody narrowed to their own cases gives nobody the permission to let people into cases.

    `gained`: the permissions that a change gives. Raises `OwnCasesOnly`.
    """
    if Restriction.CASES_ASSIGNED in restrictions and WAYS_IN & frozenset(gained):
        raise OwnCasesOnly()


def ensure_opens_no_cases(restrictions: Collection[Restriction], gained: Collection[str]) -> None:
    """Somebody narrowed to their own cases lets no colleague who is here already into cases.

    Clients may be theirs already, or be given to them next: the two could read together what neither may read. Whom
    the actor invites as a therapist is theirs to invite, and nobody whom they may assign. `gained`: the permissions
    that a change gives to somebody who is on the staff. Raises `OwnCasesOnly`.
    """
    if Restriction.CASES_ASSIGNED in restrictions and OPENS_CASES & frozenset(gained):
        raise OwnCasesOnly()


def ensure_may_give_address(
    restrictions: Collection[Restriction], actor_id: UUID, brought_in_by: Collection[UUID], *, theirs: bool
) -> None:
    """Somebody narrowed to their own cases moves an invitation to another address where they alone chose the last one.

    The invited person may be assigned to clients already, and joins with what is opened at the new address.
    `brought_in_by`: who invited them or changed their address; `theirs`: they have joined, and the address is not
    the same one in another spelling. Raises `EmailIsTheirs`, `OwnCasesOnly`.
    """
    if theirs:
        raise EmailIsTheirs()
    if Restriction.CASES_ASSIGNED in restrictions and set(brought_in_by) != {actor_id}:
        raise OwnCasesOnly()


def normalised_levels(levels: Iterable[str]) -> list[str]:
    """Levels without repetition and in a fixed order; `default` is implied and always in."""
    return sorted(frozenset(levels) | {"default"})


def found_by(given_name: str, family_name: str, email_key: str) -> set[str]:
    """What a member is found by the beginnings of: each word of the names, alone and with what follows; the address.

    >>> sorted(found_by("Ann", "De Roo", "ann@example.org"))
    ['ann', 'ann@example.org', 'de', 'deroo', 'roo']
    """
    return {*names.found_by([given_name, family_name]), email_key[: names.KEY_CHARACTERS_MAX]}


def beginnings_of(query: str) -> list[list[list[str]]]:
    """The ways to read what somebody typed to find a member: as words of a name, and without a space as an address.

    In each way every word has spellings, one of which begins a word that the member is found by.

    >>> beginnings_of("Müller a"), beginnings_of("ann.d")
    ([[['muller', 'mueller'], ['a']]], [[['ann'], ['d']], [['ann.d']]])
    """
    spelt = [words[:QUERY_WORDS_MAX] for words in names.spellings(query)]
    by_name = [list(dict.fromkeys(same)) for same in zip(*spelt, strict=False)]
    address = comparable_email(query.strip())[: names.KEY_CHARACTERS_MAX]
    ways = [by_name] if by_name else []
    if address and not any(letter.isspace() for letter in address) and [[address]] not in ways:
        ways.append([[address]])
    return ways


def email_key(email: str) -> str:
    """How two spellings of one address are compared."""
    return comparable_email(email)
