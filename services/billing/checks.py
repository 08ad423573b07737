"""What must always hold of an organization's books, as statements over the whole of them.

Each function returns what contradicts it, as sentences of ids and cents; none is an empty list. The names I1
… are those of the ledger's design. `python -m services.billing check-books` runs them: after a restore, a migration,
or when a figure is doubted.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select, text

from services.billing.copies.models import OrganizationCopy
from services.billing.invoices.rules import status_of
from services.billing.ledger.rules import WRITE_OFFS
from shared.database.session import Database, Session

_WRITE_OFFS: Final = {"write_offs": list(WRITE_OFFS.values())}
CHECK_SECONDS_MAX: Final = 600  # one check over all that a practice ever posted


def entries_balance(session: Session) -> list[str]:
    """I1: every entry has at least two legs, which sum to zero."""
    return _found(
        session,
        """
        SELECT 'entry ' || e.id || ' has ' || count(p.leg) || ' legs'
        FROM journal_entries e LEFT JOIN postings p ON p.entry_id = e.id
        GROUP BY e.id HAVING count(p.leg) < 2 OR sum(p.amount_cents) <> 0
        """,
    )


def trial_balance_is_zero(session: Session) -> list[str]:
    """I2: at the end of every day all accounts together are zero."""
    return _found(
        session,
        """
        SELECT 'trial balance of ' || effective_on || ' is ' || total FROM (
            SELECT e.effective_on, sum(sum(p.amount_cents)) OVER (ORDER BY e.effective_on) AS total
            FROM journal_entries e JOIN postings p ON p.entry_id = e.id
            GROUP BY e.effective_on) days
        WHERE total <> 0
        """,
    )


def lines_are_conserved(session: Session) -> list[str]:
    """I3: of each line, what is due is what was charged (and not reversed) less what lies on it and is written off."""
    return _found(
        session,
        """
        SELECT 'line ' || l.id || ' due ' || due || ' charged ' || charged || ' allocated ' || allocated FROM
            (
            SELECT id,
                coalesce((SELECT sum(amount_cents) FROM postings p WHERE p.line_id = i.id
                    AND p.account LIKE 'AR:%'), 0) AS due,
                coalesce((SELECT -sum(amount_cents) FROM postings p WHERE p.line_id = i.id
                    AND p.account LIKE 'Rev:%'), 0) AS charged,
                coalesce((SELECT sum(amount_cents) FROM allocations a WHERE a.line_id = i.id), 0) AS allocated,
                coalesce((SELECT sum(amount_cents) FROM postings p WHERE p.line_id = i.id
                    AND p.account = ANY (:write_offs)), 0) AS written_off
            FROM invoice_lines i) l
        WHERE due <> charged - allocated - written_off
        """,
    )


def client_balances_follow_from_documents(session: Session) -> list[str]:
    """I4: what a client owes less their credit = their share of lines in force - payments + refunds - write-offs.

    What of their money lies on an invoice of a client with whom they were merged counts as given, and the other's on
    theirs as received.
    """
    return _found(
        session,
        """
        WITH journal AS (
            SELECT client_id, sum(amount_cents) AS cents FROM postings
            WHERE account IN ('AR:Client', 'ClientCredit') GROUP BY client_id
        ), documents AS (
            SELECT client_id, sum(cents) AS cents FROM (
                SELECT l.client_id, l.client_cents AS cents FROM invoice_lines l
                JOIN invoices i ON i.id = l.invoice_id AND i.status <> 'void'
                WHERE NOT EXISTS (SELECT FROM invoice_lines n WHERE n.supersedes_line_id = l.id)
                UNION ALL SELECT client_id, -amount_cents FROM payments WHERE undone IS NULL
                UNION ALL SELECT client_id, -amount_cents FROM write_offs WHERE reversed_at IS NULL
                UNION ALL
                SELECT p.client_id, r.amount_cents FROM refunds r JOIN payments p ON p.id = r.payment_id
                UNION ALL
                SELECT side.client_id, side.sign * a.amount_cents FROM allocations a
                JOIN payments p ON p.id = a.payment_id JOIN invoices i ON i.id = a.invoice_id,
                LATERAL (VALUES (p.client_id, 1), (i.client_id, -1)) AS side (client_id, sign)
                WHERE p.client_id <> i.client_id
            ) facts GROUP BY client_id
        )
        SELECT 'client ' || client_id || ' journal ' || posted || ', documents ' || documented
        FROM (SELECT client_id, coalesce(j.cents, 0) AS posted, coalesce(d.cents, 0) AS documented
            FROM journal j FULL JOIN documents d USING (client_id)) both_sides
        WHERE posted <> documented
        """,
    )


def payments_are_accounted_for(session: Session) -> list[str]:
    """I5 and I17: amount = allocations + refunds + unapplied, none negative; credit postings agree.

    Of a payment that is void or bounced nothing is anywhere, and one entry took its money out of the books.
    """
    return _found(
        session,
        """
        SELECT 'payment ' || id FROM (
            SELECT p.id, CASE WHEN p.undone IS NULL THEN p.amount_cents ELSE 0 END AS amount_cents, p.unapplied_cents,
                (p.undone IS NOT NULL) = EXISTS (SELECT FROM journal_entries e
                    WHERE e.key = 'payment\\:' || p.id || '\\:undo') AS reversed,
                coalesce((SELECT sum(amount_cents) FROM allocations WHERE payment_id = p.id), 0) AS allocated,
                coalesce((SELECT sum(amount_cents) FROM refunds WHERE payment_id = p.id), 0) AS refunded,
                coalesce((SELECT -sum(amount_cents) FROM postings o WHERE o.payment_id = p.id
                    AND o.account = 'ClientCredit'), 0) AS credit
            FROM payments p) sums
        WHERE amount_cents <> allocated + refunded + unapplied_cents OR credit <> unapplied_cents
            OR unapplied_cents < 0 OR allocated < 0 OR refunded > amount_cents - allocated OR NOT reversed
        """,
    )


def statuses_follow_from_postings(session: Session) -> list[str]:
    """I9: the stored status and dues of every invoice are what its postings say."""
    rows = session.execute(
        text("""
        SELECT i.id, i.status, i.client_due_cents, i.insurance_due_cents, i.written_off_cents,
            EXISTS (SELECT FROM journal_entries e WHERE e.key = 'invoice\\:' || i.id || '\\:issue') AS issued,
            i.voided_on IS NOT NULL AS voided,
            coalesce(sum(p.amount_cents) FILTER (WHERE p.account = 'AR:Client'), 0) AS client_due,
            coalesce(sum(p.amount_cents) FILTER (WHERE p.account LIKE 'AR:Payer%'), 0) AS insurance_due,
            coalesce(-sum(p.amount_cents) FILTER (WHERE p.account LIKE 'Rev:%'), 0) AS charged,
            coalesce(sum(p.amount_cents) FILTER (WHERE p.account = ANY (:write_offs)), 0) AS written_off
        FROM invoices i LEFT JOIN postings p ON p.invoice_id = i.id
        GROUP BY i.organization_id, i.id
        """),
        _WRITE_OFFS,
    )
    wrong = []
    for row in rows:
        status = status_of(
            issued=row.issued,
            voided=row.voided,
            charged_cents=row.charged,
            client_due_cents=row.client_due,
            insurance_due_cents=row.insurance_due,
            written_off_cents=row.written_off,
        )
        stored = (row.client_due_cents, row.insurance_due_cents, row.written_off_cents)
        if status != row.status or (
            status != "draft" and stored != (row.client_due, row.insurance_due, row.written_off)
        ):
            wrong.append(f"invoice {row.id} is stored as {row.status}, its postings say {status}")
    return wrong


def write_offs_are_posted(session: Session) -> list[str]:
    """What is written off of each invoice is what its write-offs in force come to."""
    return _found(
        session,
        """
        SELECT 'invoice ' || i.id || ' written off ' || i.written_off_cents || ', documents ' || documented
        FROM (SELECT id, written_off_cents, coalesce((SELECT sum(amount_cents) FROM write_offs w
            WHERE w.invoice_id = invoices.id AND w.reversed_at IS NULL), 0) AS documented FROM invoices) i
        WHERE i.written_off_cents <> documented
        """,
    )


def ledgers_carry_forward(session: Session) -> list[str]:
    """Stored totals and running balances are those of the postings; credit across clients stands in both ledgers."""
    return _found(
        session,
        """
        SELECT 'ledger row ' || client_id || ' ' || sequence FROM (
            SELECT client_id, sequence, amount_cents, balance_after_cents,
                sum(amount_cents) OVER (PARTITION BY client_id ORDER BY sequence) AS running,
                row_number() OVER (PARTITION BY client_id ORDER BY sequence) AS n,
                (SELECT sum(p.amount_cents) FROM postings p WHERE p.entry_id = r.entry_id AND p.client_id = r.client_id
                    AND p.account IN ('AR:Client', 'ClientCredit')) AS posted
            FROM ledger_rows r) rows
        WHERE running <> balance_after_cents OR n <> sequence OR posted <> amount_cents
        UNION ALL
        SELECT 'account of ' || client_id FROM (
            SELECT a.*,
                (SELECT coalesce(sum(amount_cents), 0) FROM postings p WHERE p.client_id = a.client_id
                    AND p.account = 'AR:Client') AS receivable,
                (SELECT coalesce(-sum(amount_cents), 0) FROM postings p WHERE p.client_id = a.client_id
                    AND p.account = 'ClientCredit') AS credit,
                (SELECT coalesce(sum(amount_cents), 0) FROM postings p WHERE p.client_id = a.client_id
                    AND p.account LIKE 'AR:Payer%') AS insurance,
                (SELECT count(*) FROM ledger_rows r WHERE r.client_id = a.client_id) AS rows
            FROM client_accounts a) accounts
        WHERE receivable <> receivable_cents OR credit <> credit_cents OR insurance <> insurance_due_cents
            OR rows <> last_sequence
        UNION ALL
        SELECT 'entry ' || entry_id || ' across clients' FROM ledger_rows WHERE other_client_id IS NOT NULL
        GROUP BY entry_id HAVING count(*) <> 2 OR sum(amount_cents) <> 0
        """,
    )


def numbers_have_no_gaps(session: Session) -> list[str]:
    """Per year there are as many invoice numbers as the counter says, from 1 up, each once."""
    return _found(
        session,
        """
        SELECT 'invoice numbers of ' || c.year FROM invoice_counters c WHERE c.last_n <> (
            SELECT count(DISTINCT substring(number FROM '-([0-9]+)$')::int) FROM invoices i
            WHERE extract(year FROM i.issued_on) = c.year
                AND substring(number FROM '-([0-9]+)$')::int BETWEEN 1 AND c.last_n)
        """,
    )


def services_are_billed_once(session: Session) -> list[str]:
    """The key of each service points at the one line that bills it, and no line bills without a key."""
    return _found(
        session,
        """
        WITH lines AS (
            SELECT l.id, l.appointment_id, l.client_id, l.code, l.documented_version
            FROM invoice_draft_lines l JOIN invoices i ON i.id = l.invoice_id AND i.status = 'draft'
            UNION ALL
            SELECT l.id, l.appointment_id, l.client_id, l.code, l.documented_version
            FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id AND i.status <> 'void'
            WHERE NOT EXISTS (SELECT FROM invoice_lines n WHERE n.supersedes_line_id = l.id)
        )
        SELECT 'line ' || coalesce(l.id, b.line_id) || CASE WHEN b.line_id IS NULL THEN ' has no key'
            WHEN l.id IS NULL THEN ' has a key and bills nothing' ELSE ' is newer than its key' END
        FROM lines l FULL JOIN (SELECT * FROM billed_services WHERE line_id IS NOT NULL) b
            ON (b.line_id, b.appointment_id, b.client_id, b.code) = (l.id, l.appointment_id, l.client_id, l.code)
        WHERE l.id IS NULL OR b.line_id IS NULL OR b.documented_version < l.documented_version
        """,
    )


CHECKS: tuple[Callable[[Session], list[str]], ...] = (
    entries_balance,
    trial_balance_is_zero,
    lines_are_conserved,
    client_balances_follow_from_documents,
    payments_are_accounted_for,
    statuses_follow_from_postings,
    write_offs_are_posted,
    ledgers_carry_forward,
    numbers_have_no_gaps,
    services_are_billed_once,
)


def contradictions(session: Session) -> list[str]:
    """Everything that is wrong with the books of the transaction's organization; empty when they agree."""
    return [f"{check.__name__}: {what}" for check in CHECKS for what in check(session)]


def main(database: Database, arguments: Sequence[str]) -> int:
    """look whether the books of every practice, or of one, agree; exit status 1 when something contradicts them"""
    parser = argparse.ArgumentParser(prog="python -m services.billing check-books", description=main.__doc__)
    parser.add_argument("--organization", type=UUID, help="this one only")
    given = parser.parse_args(arguments)
    known = database.run(_practices)
    if given.organization and given.organization not in known:
        parser.error("there is no such practice")
    wanted = [given.organization] if given.organization else known
    broken = 0
    for organization_id in wanted:
        found = database.run(_patiently, organization_id)
        broken += bool(found)
        print(f"{organization_id}: " + ("CONTRADICTED" if found else "the books agree"))
        for what in found:
            print(f"  {what}")
    print(f"{len(wanted)} practice{'' if len(wanted) == 1 else 's'}, {broken} contradicted")
    return 1 if broken else 0


def _practices(session: Session) -> list[UUID]:
    """Every practice; the worker's role sees which there are."""
    return list(session.scalars(select(OrganizationCopy.organization_id).order_by(OrganizationCopy.organization_id)))


def _patiently(session: Session) -> list[str]:
    session.execute(text(f"SET LOCAL statement_timeout = '{CHECK_SECONDS_MAX}s'"))
    return contradictions(session)


def _found(session: Session, statement: str) -> list[str]:
    named = _WRITE_OFFS if ":write_offs" in statement else {}
    return [str(what) for what in session.scalars(text(statement), named)]
