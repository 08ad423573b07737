"""The mail of identity's worker, as tests read it."""

from __future__ import annotations

import re
from email import message_from_bytes
from pathlib import Path

from services.identity.account_changes.commands import ResetMailer
from services.identity.app import SERVICE
from services.identity.mail.rules import TEMPLATES
from shared.mail.sender import Sender
from shared.settings import Environment


class Mailbox:
    """The worker's parts, run by hand, and what they put into the folder."""

    def __init__(self, database, folder: Path, **environment: str) -> None:
        worker = SERVICE.database(database.url("worker"))
        self.folder = folder
        values = {"MAILBOX_DIR": str(folder), "PUBLIC_URL": "https://caseload.test", **environment}
        self.sender = Sender("identity", worker, Environment(values), TEMPLATES)
        self.resets = ResetMailer(worker)

    def deliver(self) -> list[str]:
        """Everything that is due, as text with its headers; the folder is empty afterwards."""
        while self.resets.answer_some():
            pass
        while self.sender.send_due():
            pass
        found = []
        for file in sorted(self.folder.glob("*.eml")):
            message = message_from_bytes(file.read_bytes())
            text = str(message.get_payload(decode=True).decode())
            found.append(f"To: {message['To']}\nSubject: {message['Subject']}\n\n{text}")
            file.unlink()
        return found


def forget_mail(database) -> None:
    """What other tests left behind."""
    for table in ("mail", "reset_requests"):
        database.rows(f"DELETE FROM {table} RETURNING 1")


def token_in(mail: str) -> str:
    """The token of the link in a mail."""
    found = re.search(r"#token=(\S+)", mail)
    assert found, mail
    return found.group(1)
