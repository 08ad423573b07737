"""Inviting everybody in a table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from services.identity.access.rules import Access
from services.identity.invitations.commands import invite
from services.identity.staff.commands import MemberDetails, create_member
from services.identity.staff.rules import EmailTaken, email_key
from services.identity.staff_import.rules import IgnoredColumn
from shared import audit
from shared.actor import Person
from shared.database.session import Session
from shared.errors import FieldError, Refusal

SINGLE: Final = "post_staff"  # in the audit trail a refused row has the name that it has by itself


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: its number in the file (the header is 1), its e-mail address as it stands there, and
    somebody to invite, or what is wrong with it.
    """

    number: int
    email: str
    details: MemberDetails | None
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a table says: its rows that are not empty, and the columns that nobody reads."""

    rows: tuple[Row, ...]
    ignored_columns: tuple[IgnoredColumn, ...]


def invite_all(session: Session, actor: Person, sheet: Sheet, *, dry_run: bool) -> dict[str, Any]:
    """Invite everybody who can be invited, by mail, and report every row; a `dry_run` does all of it and takes it back.

    Each row is invited as a whole or not at all, by the same rules as one by one. One that is refused because of who
    asks is on record, in a dry run too.
    """
    seen: set[str] = set()
    refused: list[tuple[int, Refusal]] = []
    with session.begin_nested() as attempt:
        reports = [_invited(session, actor, row, seen, refused) for row in sheet.rows]
        if dry_run:
            attempt.rollback()
    # Only now: what a dry run takes back must not take the refusals along.
    for number, refusal in refused:
        details = {"row": number, "dry_run": dry_run}
        audit.record_refusal(session, actor, SINGLE, refusal, details=details)
    if dry_run:
        invited = [report for report in reports if report["outcome"] == "invited"]
        for report in invited:
            report.update(outcome="would_be_invited", staff_id=None)
    counts = Counter(report["outcome"] for report in reports)
    audit.describe_anew(session, rows=len(sheet.rows), dry_run=dry_run, **counts)
    return {
        "dry_run": dry_run,
        "counts": dict(counts),
        "ignored_columns": sheet.ignored_columns,
        "rows": reports,
    }


def _invited(
    session: Session, actor: Person, row: Row, seen: set[str], refused: list[tuple[int, Refusal]]
) -> dict[str, Any]:
    """The report of a row; a refusal joins `refused` with the row's number."""
    report = {"row": row.number, "email": row.email, "outcome": "refused", "staff_id": None, "errors": row.errors}
    report["levels"] = row.details.levels if row.details else []
    given = Access.of(row.details.levels, row.details.grants) if row.details else Access()
    report["ineffective_grants"] = given.ineffective_grants
    key = email_key(row.email)
    if key and key in seen:
        return {**report, "outcome": "twice_in_file", "errors": ()}
    seen.add(key)
    if row.details is None:
        return report
    try:
        with session.begin_nested():
            member = create_member(session, actor, row.details)
            invite(session, actor, member)
    except EmailTaken:
        return {**report, "outcome": "exists"}
    except Refusal as refusal:
        refused.append((row.number, refusal))
        errors = refusal.errors or (FieldError("", refusal.code, refusal.detail),)
        return {**report, "errors": errors}
    return {**report, "outcome": "invited", "staff_id": member.id}
