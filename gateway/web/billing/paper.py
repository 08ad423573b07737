"""What an invoice or a receipt prints: who bills whom, for what, and what is owed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.web import text
from gateway.web.places import PLACES


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One line as it prints."""

    day: str
    service: str
    more: Sequence[str]
    diagnoses: str
    units: int
    charge: str


@dataclass(frozen=True, slots=True)
class Paper:
    """An invoice as it prints."""

    number: str
    biller: Sequence[str]
    bill_to: Sequence[str]
    details: Sequence[tuple[str, str]]
    lines: Sequence[PaperLine]
    sums: Sequence[tuple[str, str]]
    owed: str
    stamp: str
    memo: str
    questions: str


def printed_day(value: str | None) -> str:
    """`Nov 10, 2026`, as documents write it."""
    if not value:
        return ""
    on = date.fromisoformat(value)
    return f"{on:%b} {on.day}, {on.year}"


def address_lines(address: Mapping[str, Any] | None) -> list[str]:
    """A postal address, line by line."""
    if not address:
        return []
    city = f"{address['city']}, {address['state']} {address['postal_code']}"
    return [line for line in (address["line1"], address.get("line2"), city) if line]


def biller_lines(biller: Mapping[str, Any] | None, practice: str) -> list[str]:
    """Who bills, with what the person may know of address, phone and numbers. Of a draft the name alone."""
    if biller is None:
        return [practice]
    name, legal = biller["name"], biller.get("legal_name")
    lines = [
        name,
        legal if legal != name else "",
        *address_lines(biller.get("address")),
        text.phone(biller.get("phone")),
        biller_numbers(biller),
    ]
    return [line for line in lines if line]


def biller_numbers(biller: Mapping[str, Any]) -> str:
    """`Tax ID 12-3456789, NPI 1234567893`, of which the practice may have either or none."""
    numbers = (("Tax ID", biller.get("tax_id")), ("NPI", biller.get("npi")))
    return ", ".join(f"{name} {number}" for name, number in numbers if number)


def paper_of(
    invoice: Mapping[str, Any], client: Mapping[str, Any] | None, practice: str, staff: Mapping[str, str]
) -> Paper:
    """An invoice as it prints. `client` is None while the client's name and address cannot be had."""
    biller = invoice["biller"]
    ways = [way for way in ((biller or {}).get("email"), text.phone((biller or {}).get("phone"))) if way]
    return Paper(
        number=invoice["number"] or "Draft",
        biller=biller_lines(biller, practice),
        bill_to=_bill_to(client),
        details=_details(invoice, client, staff),
        lines=[_line(line) for line in invoice["lines"]],
        sums=_sums(invoice),
        owed=text.money(owed_cents(invoice)),
        stamp=_stamp(invoice),
        memo=invoice["memo"] or "",
        questions=" or ".join(ways),
    )


def owed_cents(invoice: Mapping[str, Any]) -> int:
    """What the client owes of it; of a draft, what issuing it would make due."""
    if invoice["status"] == "draft":
        return int(invoice["expected_client_cents"])
    return int(invoice["client_due_cents"])


def shares(invoice: Mapping[str, Any]) -> tuple[int, int]:
    """The client's share of what is charged, and the insurers'."""
    lines = invoice["lines"]
    return sum(line["client_cents"] for line in lines), sum(line["insurance_cents"] for line in lines)


def received_cents(invoice: Mapping[str, Any]) -> int:
    """What of the client's share is paid; nothing of a draft or of what is void."""
    if invoice["status"] in ("draft", "void"):
        return 0
    return shares(invoice)[0] - int(invoice["client_due_cents"]) - int(invoice["written_off_cents"])


def _stamp(invoice: Mapping[str, Any]) -> str:
    if invoice["status"] == "void":
        return "Void"
    return "Draft, not issued" if invoice["status"] == "draft" else ""


def _bill_to(client: Mapping[str, Any] | None) -> list[str]:
    if client is None:
        return ["Name not available"]
    return [f"{client['given_name']} {client['family_name']}", *address_lines(client["address"])]


def _details(
    invoice: Mapping[str, Any], client: Mapping[str, Any] | None, staff: Mapping[str, str]
) -> list[tuple[str, str]]:
    facts = (
        ("Issued", printed_day(invoice["issued_on"])),
        ("Due", printed_day(invoice["due_on"])),
        ("Client number", str(client["number"]) if client else ""),
        ("Provider", providers_of(invoice, staff)),
    )
    return [(name, value) for name, value in facts if value]


def providers_of(invoice: Mapping[str, Any], staff: Mapping[str, str]) -> str:
    """Who gave what an invoice bills, each once: `Mara Okafor, LCSW, NPI 1234567893`; empty where nobody is known."""
    providers = dict.fromkeys(_provider_of(line, staff) for line in invoice["lines"])
    return "; ".join(provider for provider in providers if provider)


def _provider_of(line: Mapping[str, Any], staff: Mapping[str, str]) -> str:
    """As printed on the date of service, with credentials and NPI; before issue as they are called in the practice."""
    printed = line["rendering"]
    if printed is None:
        return staff.get(line["rendering_staff_id"], "")
    name = f"{printed['given_name']} {printed['family_name']}"
    return ", ".join([name, *printed["credentials"], *([f"NPI {printed['npi']}"] if printed.get("npi") else [])])


def _line(line: Mapping[str, Any]) -> PaperLine:
    place = line["place"]
    code = "-".join([line["code"], *line["modifiers"]])
    where = place["name"] if place else PLACES.get(line["place_of_service"] or "", "")
    minutes = f"{line['minutes']} min"
    return PaperLine(
        day=printed_day(line["service_date"]),
        service=f"{code} {line['description']}",
        more=[words for words in (", ".join(part for part in (minutes, where) if part),) if words],
        diagnoses=", ".join(line["diagnosis_codes"]),
        units=line["units"],
        charge=text.money(line["charge_cents"]),
    )


def _sums(invoice: Mapping[str, Any]) -> list[tuple[str, str]]:
    client, insurance = shares(invoice)
    rows = [("Total", text.money(invoice["total_cents"]))]
    if invoice["status"] == "void":
        return rows
    if insurance:
        rows += [("Expected from insurance", text.money(-insurance)), ("Your share", text.money(client))]
    if received := received_cents(invoice):
        rows.append(("Paid", text.money(-received)))
    if invoice["written_off_cents"]:
        rows.append(("No longer asked", text.money(-invoice["written_off_cents"])))
    return rows
