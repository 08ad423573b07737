"""What the biller does: invoices, payments, and what goes wrong with them."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any, Final

from embedded.demo.calendar import Patient, Session
from embedded.demo.practice import BILLER, MANAGER
from embedded.demo.team import Team

LOOKED_UP: Final = 100
WAIT_SECONDS: Final = 60


class Books:
    """Tasks on one invoice or payment each. What somebody owes is known from the answers."""

    def __init__(self, team: Team) -> None:
        self._team = team
        self._turn = threading.Lock()
        self.issued = self.payments = self.charged_cents = self.paid_cents = 0

    def drafts_of(self, sessions: Sequence[Session]) -> list[tuple[Session, str]]:
        """The draft of each session, as soon as all have come; raises `TimeoutError`."""
        waiting, found = {session.id: session for session in sessions}, []
        deadline = time.monotonic() + WAIT_SECONDS
        while waiting:
            query = {"appointment_ids": list(waiting)[:LOOKED_UP]}
            for item in self._team[BILLER].post("/invoices/lookup", query, expect=200)["items"]:
                if session := waiting.pop(item["appointment_id"], None):
                    found.append((session, item["invoice_id"]))
            if waiting and time.monotonic() > deadline:
                raise TimeoutError(f"no draft invoice for {len(waiting)} appointments within {WAIT_SECONDS} s")
            if waiting:
                time.sleep(0.1)  # the drafts are on their way as events
        return found

    def issue(self, patient: Patient, invoice_id: str) -> None:
        """Issue a draft."""
        invoice = self._team[BILLER].post(f"/invoices/{invoice_id}/issue", expect=200)
        with self._turn:
            patient.owes_cents += invoice["balance_cents"]
            self.charged_cents += invoice["total_cents"]
            self.issued += 1

    def issue_and_void(self, invoice_id: str) -> None:
        """Issue a draft and take it back."""
        self._team[BILLER].post(f"/invoices/{invoice_id}/issue", expect=200)
        reason = {"reason": "Agreed with the client: this session is not charged.", "redraft": False}
        self._team[BILLER].post(f"/invoices/{invoice_id}/void", reason, expect=200)

    def take(self, patient: Patient, amount_cents: int, day: str, method: str = "") -> dict[str, Any]:
        """A payment; returns it."""
        method = method or ("card", "card", "check", "cash")[patient.client.number % 4]
        body = {"client_id": patient.id, "amount_cents": amount_cents, "method": method, "received_on": day}
        if method == "check":
            body["reference"] = f"No. {1_000 + self.payments}"
        payment = dict(self._team[BILLER].post("/payments", body))
        with self._turn:
            patient.owes_cents -= amount_cents
            self.paid_cents += amount_cents
            self.payments += 1
            patient.payments.append(payment["id"])
        return payment

    def bounce(self, patient: Patient) -> None:
        """The bank returns the last check."""
        reason = {"reason": "Returned by the bank"}
        payment = self._team[BILLER].post(f"/payments/{patient.payments[-1]}/bounce", reason, expect=200)
        self._give_back(patient, payment["amount_cents"])

    def take_twice(self, patient: Patient, amount_cents: int, day: str) -> None:
        """A payment that was entered a second time, which is undone."""
        self.take(patient, amount_cents, day)
        again = self.take(patient, amount_cents, day)
        reason = {"reason": "Entered twice."}
        self._team[BILLER].post(f"/payments/{again['id']}/void", reason, expect=200)
        self._give_back(patient, amount_cents)

    def refund(self, patient: Patient, amount_cents: int) -> None:
        """Part of the last payment goes back."""
        body = {"amount_cents": amount_cents, "reason": "Paid for a session that was not needed."}
        self._team[MANAGER].post(f"/payments/{patient.payments[-1]}/refunds", body)
        self._give_back(patient, amount_cents)

    def _give_back(self, patient: Patient, amount_cents: int) -> None:
        with self._turn:
            patient.owes_cents += amount_cents
            self.paid_cents -= amount_cents
