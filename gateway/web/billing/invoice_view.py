"""One invoice beside its paper: where it stands, what its amounts are, what an amendment would change. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.web import text
from gateway.web.billing.paper import received_cents, shares
from gateway.web.billing.words import METHOD_NAMES, WRITE_OFF_NAMES, sentence


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way of an invoice."""

    icon: str
    kind: str
    name: str
    words: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What an amended note makes of a line."""

    id: str
    before: str
    after: str
    holds: Sequence[str]
    state: str


def steps(
    invoice: Mapping[str, Any],
    payments: Sequence[Mapping[str, Any]],
    staff: Mapping[str, str],
    zone: str,
    now: datetime,
    write_offs: Sequence[Mapping[str, Any]] = (),
) -> list[Step]:
    """Where it stands: from the note to the last payment, what was written off, and what comes next."""
    lines = invoice["lines"]
    found = [Step("file-check", "ok", "Drafted from the signed note", _session(lines))]
    if invoice["note_amended_at"]:
        when = text.moment(invoice["note_amended_at"], zone, now)
        found.append(Step("pen-line", "", "Note amended", f"No effect on what is billed, {when}"))
    if invoice["status"] == "draft":
        waits = "Held until what is listed is settled" if invoice["holds"] else "Nothing holds it back"
        return [*found, Step("circle-dashed", "warn" if invoice["holds"] else "", "Not issued", waits)]
    if invoice["number"]:
        found.append(Step("send", "ok", f"Issued as {invoice['number']}", text.day(invoice["issued_on"])))
    if invoice["override"]:
        why = by_whom(invoice["override"], staff, zone, now)
        found.append(Step("shield-check", "warn", "Issued although it was held", why))
    found += [_paid(payment, invoice["id"]) for payment in reversed(payments)]
    found += [_written_off(row, staff, zone, now) for row in reversed(write_offs)]
    if invoice["status"] == "void":
        reason = invoice["voided"] or {"reason": invoice["void_reason"], "by_staff_id": None, "at": None}
        found.append(Step("ban", "bad", "Void", by_whom(reason, staff, zone, now)))
    elif invoice["balance_cents"] == 0:
        name = "Written off" if invoice["status"] == "written_off" else "Paid"
        found.append(Step("circle-check", "ok", name, "Nothing is due"))
    else:
        found += _coming(invoice)
    return found


def _session(lines: Sequence[Mapping[str, Any]]) -> str:
    return f"Session of {text.day(lines[0]['service_date'])}" if lines else ""


def _paid(payment: Mapping[str, Any], invoice_id: str) -> Step:
    cents = sum(part["amount_cents"] for part in payment["allocations"] if part["invoice_id"] == invoice_id)
    words = f"{METHOD_NAMES[payment['method']]}, {text.day(payment['received_on'])}"
    return Step("hand-coins", "ok", f"{text.money(cents)} paid", words, f"/payments/{payment['id']}")


def _written_off(row: Mapping[str, Any], staff: Mapping[str, str], zone: str, now: datetime) -> Step:
    made = {"reason": row["reason"], "by_staff_id": row["created_by"], "at": row["created_at"]}
    amount, kind = text.money(row["amount_cents"]), WRITE_OFF_NAMES[row["kind"]].lower()
    if row["reversal"]:
        return Step("undo-2", "", f"{amount} written off, reversed", by_whom(row["reversal"], staff, zone, now))
    return Step("scale", "warn", f"{amount} written off, {kind}", by_whom(made, staff, zone, now))


@dataclass(frozen=True, slots=True)
class Room:
    """How much somebody may write off: `most` of what is due, and the practice's `limit` where it binds them."""

    most_cents: int
    limit: str

    @property
    def most(self) -> str:
        """In dollars."""
        return text.money(self.most_cents)


def room_of(invoice: Mapping[str, Any]) -> Room:
    """What the client owes of it, or what the practice's limit leaves of that."""
    due, limit = invoice["client_due_cents"], invoice["write_off_limit_cents"]
    if limit is None:
        return Room(due, "")
    return Room(min(due, max(0, limit - invoice["written_off_cents"])), text.money(limit))


def _coming(invoice: Mapping[str, Any]) -> list[Step]:
    coming = []
    if invoice["client_due_cents"]:
        icon, kind, words = ("clock", "bad", "Overdue since") if invoice["overdue"] else ("circle-dashed", "", "Due by")
        name = f"{text.money(invoice['client_due_cents'])} from the client"
        coming.append(Step(icon, kind, name, f"{words} {text.day(invoice['due_on'])}"))
    if invoice["insurance_due_cents"]:
        coming.append(Step("landmark", "", f"{text.money(invoice['insurance_due_cents'])} from insurance", "Expected"))
    return coming


def by_whom(reason: Mapping[str, Any], staff: Mapping[str, str], zone: str, now: datetime) -> str:
    """`Billed twice. Bo Biller, Nov 10, 10:04 am`: what is known of why, who and when."""
    who = staff.get(reason["by_staff_id"] or "", "")
    signed = ", ".join(word for word in (who, text.moment(reason["at"], zone, now)) if word)
    why = (reason["reason"] or "").rstrip(".")
    return ". ".join(part for part in (why, signed) if part)


def amounts(invoice: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Charge, shares, what is received and what is open."""
    client, insurance = shares(invoice)
    rows = [("Charge", text.money(invoice["total_cents"])), ("Client", text.money(client))]
    if insurance:
        rows.append(("Insurance", text.money(insurance)))
    if invoice["status"] not in ("draft", "void"):
        rows.append(("Received", text.money(received_cents(invoice))))
    if invoice["written_off_cents"]:
        rows.append(("Written off", text.money(invoice["written_off_cents"])))
    return rows


def changes(invoice: Mapping[str, Any], zone: str) -> list[Change]:
    """Amendments that wait, each with the line as it is and as it would be, at the times of `zone`."""
    lines = {line["id"]: line for line in invoice["lines"]}
    return [
        Change(
            id=amendment["id"],
            before=_in_words(lines[amendment["line_id"]], amendment, zone) if amendment["line_id"] in lines else "",
            after=_in_words(amendment, lines.get(amendment["line_id"], amendment), zone),
            holds=[sentence(hold["detail"]) for hold in amendment["holds"]],
            state=amendment["state"],
        )
        for amendment in invoice["amendments"]
        if amendment["state"] == "pending"
    ]


def _in_words(line: Mapping[str, Any], other: Mapping[str, Any], zone: str) -> str:
    """`90837 Psychotherapy 60, 55 min, $160.00`; with times, or diagnoses, where those of the other line differ."""
    code = "-".join([line["code"], *line["modifiers"]])
    parts = [f"{code} {line['description']}", f"{line['minutes']} min"]
    times = [line["started_at"], line["stopped_at"]]
    if times != [other["started_at"], other["stopped_at"]]:
        known = [text.clock_time(datetime.fromisoformat(at).astimezone(ZoneInfo(zone))) for at in times if at]
        parts.append(" to ".join(known) or "times not known")
    if line["diagnosis_codes"] != other["diagnosis_codes"]:
        parts.append(" ".join(["diagnosis", *line["diagnosis_codes"]]) if line["diagnosis_codes"] else "no diagnosis")
    return ", ".join([*parts, text.money(line["charge_cents"])])
