"""Mail, resets and purge are killed at each step by SIGKILL; what comes of them is what comes of them unharmed."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from services.identity.logos.rules import LOGO_FILE
from services.identity.tests.mailbox import Mailbox
from shared.database.purge import Purge
from shared.files.folder import FolderStore
from shared.files.keeping import bring
from shared.files.settings import Files
from shared.files.sweep import Sweep
from shared.ids import new_id
from shared.keys.key_folder import KeyFolder
from shared.testing.databases import database_of
from shared.testing.pictures import png
from shared.testing.web import Keys

PLACES = ("resets.answered", "mail.claimed", "mail.delivered", "mail.marked", "purge.deleted", "files.removed")
ROOT = Path(__file__).parents[3]
RUN_EACH_PART_ONCE = """
import os, threading
from pathlib import Path
from services.identity.account_changes.commands import ResetMailer
from services.identity.app import EXPIRED, SERVICE
from services.identity.mail.rules import TEMPLATES
from shared.mail.sender import Sender
from shared.database import claim_loop, purge
from shared.files.folder import FolderStore
from shared.files.sweep import Sweep
from shared.settings import Environment

class UntilItWaits(threading.Event):
    def wait(self, timeout=None):
        self.set()
        return True

purge.FIRST_SECONDS = (0, 0)
database = SERVICE.database(os.environ["URL"])
sender = Sender("identity", database, Environment.of_process(), TEMPLATES)
store = FolderStore(Path(os.environ["FILES_DIR"]))
purging, sweep = purge.Purge("identity", database, EXPIRED), Sweep("identity", database, store)
for part in (ResetMailer(database), sender, purging, sweep):
    stop = UntilItWaits()
    claim_loop.wait_for_notification = lambda _connection, seconds, stop=stop: stop.wait(seconds)
    part.run(stop)
"""


def killed_at(place: str, database, mailbox: Mailbox, folder: Path, files: Path) -> None:
    """A process that works off each queue is killed where it comes to this place."""
    armed = folder / "armed"
    armed.write_text(place, encoding="utf-8")
    environment = {
        "PATH": "/usr/bin:/bin",
        "URL": database.url("worker"),
        "MAILBOX_DIR": str(mailbox.folder),
        "PUBLIC_URL": "https://caseload.test",
        "FAILPOINT": str(armed),
        "FILES_DIR": str(files),
    }
    command = [sys.executable, "-W", "ignore", "-c", RUN_EACH_PART_ONCE]
    assert subprocess.run(command, cwd=ROOT, env=environment, timeout=60, check=False).returncode == -9


def abandoned(practice, database, keys: Keys) -> Path:
    """Where the bytes of a file lie that arrived and that nothing kept."""
    files, app = Files(FolderStore(keys.files), KeyFolder(keys.data, "data")), database_of(database)
    arrived = bring(app, files, practice.id, LOGO_FILE, io.BytesIO(png(8, 8)))
    app.dispose()
    database.rows("UPDATE files SET due_at = now() - interval '1 s' WHERE id = %s RETURNING 1", arrived.id)
    return keys.files / str(practice.id) / str(arrived.id)


@pytest.mark.parametrize("place", PLACES)
def test_killed_there_it_ends_as_if_nothing_had_happened(
    practice, public, database, keys, mailbox, worker, later, tmp_path, place
):
    database.rows(
        "INSERT INTO used_tokens SELECT %s, gen_random_uuid(), now() - interval '2 days' FROM generate_series(1, 3)"
        " RETURNING 1",
        new_id(),
    )
    assert public.post("/passwords/reset-request", {"email": practice.owner.email}).status_code == 202
    file = abandoned(practice, database, keys)
    killed_at(place, database, mailbox, tmp_path, keys.files)
    later(minutes=6)  # the lease of a message is over
    mails = mailbox.deliver()
    Purge("identity", worker).all()
    Sweep("identity", worker, FolderStore(keys.files)).some()
    assert len(mails) == (2 if place == "mail.delivered" else 1), "at least once, and once more only if nobody knows"
    assert len(set(mails)) == 1 and f"To: {practice.owner.email}" in mails[0]
    made = "SELECT count(*) FROM mailed_tokens WHERE organization_id = %s AND purpose = 'password_reset'"
    assert database.rows(made, practice.id) == [(1,)]
    assert database.rows("SELECT template, sent_at IS NOT NULL, values FROM mail") == [("password_reset", True, {})]
    assert database.rows("SELECT 1 FROM reset_requests") == []
    assert not file.exists() and database.rows("SELECT 1 FROM files WHERE organization_id = %s", practice.id) == []
    assert database.rows("SELECT 1 FROM used_tokens WHERE expires_at < now() - interval '1 day'") == []
