"""`python -m services.identity verify-audit`: walk every chain and say whether it is sound."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from services.identity.audit_trail import queries
from services.identity.audit_trail.rules import Break, first_break
from shared.database.session import Database, Session

Checkpoints = dict[UUID, dict[int, set[bytes]]]
T = TypeVar("T")


def main(database: Database, arguments: Sequence[str]) -> int:
    """walk every audit trail, or one organization's; exit status 1 when a chain is broken"""
    parser = argparse.ArgumentParser(prog="python -m services.identity verify-audit", description=__doc__)
    parser.add_argument("--organization", type=UUID, help="this one only")
    parser.add_argument(
        "--checkpoints",
        metavar="FILE",
        help="what `python -m services.clients audit-checkpoints` printed; - for standard input",
    )
    given = parser.parse_args(arguments)
    checkpoints = read_checkpoints(given.checkpoints) if given.checkpoints else {}
    known = database.run(queries.organizations_with_a_trail)
    wanted = [given.organization] if given.organization else sorted({*known, *checkpoints})
    broken = 0
    for organization_id in wanted:
        found, entries = verify(database, organization_id, checkpoints.get(organization_id, {}))
        broken += found is not None
        print(f"{organization_id}: " + (f"BROKEN at entry {found.seq} ({found.why})" if found else f"{entries} sound"))
    print(f"{len(wanted)} audit trail{'' if len(wanted) == 1 else 's'}, {broken} broken")
    return 1 if broken else 0


def verify(
    database: Database, organization_id: UUID, checkpoints: Mapping[int, Collection[bytes]]
) -> tuple[Break | None, int]:
    """The first break of a chain (None: it is sound), and how many entries it has."""
    head, last = database.run(lambda session: queries.head_of(session, organization_id), organization_id)
    if last > head.seq:
        return Break(head.seq + 1, "head"), last
    # What is appended while we walk lies behind the head that we saw.

    def run(work: Callable[[Session], T]) -> T:
        return database.run(work, organization_id)

    found = first_break(queries.chain_of(run, organization_id, head.seq), head, checkpoints)
    return found or queries.break_in_clients(run, organization_id, head.seq), head.seq


def read_checkpoints(file: str) -> Checkpoints:
    """Checkpoints by organization and entry, from JSON lines; every hash that was ever told of an entry."""
    text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    checkpoints: Checkpoints = {}
    for line in filter(None, text.splitlines()):
        row = json.loads(line)
        of_one = checkpoints.setdefault(UUID(row["organization_id"]), {})
        of_one.setdefault(row["seq"], set()).add(bytes.fromhex(row["hash"]))
    return checkpoints
