"""What a person sees before they decide on a row: the row beside the clients who may be the same person. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.web.clients.side_by_side import Value, facts_of, shown

SIDE_BY_SIDE: Final = 2  # clients beside a row; the others stand in the list below
WAITS: Final = "needs_decision"
TWICE: Final = "twice_in_file"
PHONES: Final = ("mobile_phone", "phone", "home_phone", "work_phone")


@dataclass(frozen=True, slots=True)
class Beside:
    """A client beside a row: id, name, page, and the values in the order of `LABELS`."""

    client_id: str
    name: str
    path: str
    values: Sequence[Value]


@dataclass(frozen=True, slots=True)
class Decision:
    """A row that waits for somebody."""

    number: int
    name: str
    values: Sequence[Value]
    beside: Sequence[Beside]


def waiting_of(imported: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The first of these rows that waits for a decision, as long as somebody may decide."""
    return next((item for item in items if may_decide(imported) and item["result"] == WAITS), None)


def may_decide(imported: Mapping[str, Any]) -> bool:
    """Whether the rows are checked, and nobody has had their clients added."""
    return bool(imported["dry_run"] and imported["state"] == "done")


def is_for_people(item: Mapping[str, Any]) -> bool:
    """Whether somebody has decided on this row, or may leave or take it although the file names the person twice."""
    return item["decision"] is not None or any(error["code"] == TWICE for error in item["errors"])


def progress_of(imported: Mapping[str, Any]) -> str:
    """`2 of 5 decided`; empty where nothing is to be decided."""
    decided = imported["counts"]["decided"]
    whole = decided + imported["counts"][WAITS]
    return f"{decided:,} of {whole:,} decided" if whole and may_decide(imported) else ""


def decision_on(item: Mapping[str, Any], name: str, clients: Sequence[Mapping[str, Any]]) -> Decision:
    """The row beside these clients. `name`: as the file gives it."""
    values = item["values"]
    phone = next((values[fact] for fact in PHONES if fact in values), "")
    own = (name, item["date_of_birth"] or "", phone, values.get("email", ""))
    return Decision(item["row"], name, shown(own), [_beside(own, client) for client in clients])


def _beside(own: Sequence[str], client: Mapping[str, Any]) -> Beside:
    values = shown(facts_of(client), own)
    return Beside(client["id"], client["display_name"], f"/clients/{client['id']}", values)
