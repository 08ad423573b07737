"""The practice that stands for its pictures: the demo, whose past ends on one Thursday and stays there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from embedded.api_client import ApiClient
from embedded.demo.player import ZONE, begins_at, play
from embedded.demo.practice import OWNER, WHOLE
from embedded.home import Home
from embedded.past import Past
from embedded.stack import Stack
from shared.ports import reserve_port
from shared.testing.janitor import Folder
from shared.testing.waiting import wait_until

NOW: Final = datetime(2026, 5, 14, 11, 20, tzinfo=ZONE)
TODAY: Final = NOW.date()


class Standing(Past):
    """A past that ends before the present: at `NOW`, where the clock goes on from."""

    def end(self) -> None:
        """It is `NOW`."""
        self.move_to(NOW.astimezone(UTC))


class Scene:
    """What the pictures' addresses are made of: ids of the demo's clients, appointments, notes and invoices."""

    def __init__(self, url: str, password: str) -> None:
        self.url, self.password = url, password
        self.owner = ApiClient(url, attempts=10).sign_in(OWNER.email, password)
        self.staff = {member["given_name"]: member["id"] for member in self.owner.get("/staff")["items"]}

    def client(self, name: str) -> str:
        """The id of a client by their family name."""
        found = self.owner.post("/clients/search", {"query": name}, expect=200)["items"]
        return str(next(client["id"] for client in found if client["family_name"] == name))

    def note(self, status: str) -> str:
        """A note of the owner's: the newest draft, or a signed one with an addendum."""
        if status == "draft":
            drafts = [draft for draft in self.owner.get("/worklist")["items"] if draft["kind"] == "draft"]
            return str(drafts[-1]["note_id"])
        for case in self.owner.get(f"/clients/{self.client('Nordmann')}/cases")["items"]:
            for note in self.owner.get(f"/cases/{case['id']}/notes")["items"]:
                if self.owner.get(f"/notes/{note['id']}")["addenda"]:
                    return str(note["id"])
        raise LookupError("no note has an addendum")

    def invoice(self) -> str:
        """An invoice of which a part is paid."""
        return str(self.owner.get("/invoices", status="partially_paid")["items"][0]["id"])

    def duplicates(self) -> str:
        """The id of the pair of clients who are one person: they are found a moment after the second was added."""
        return str(wait_until(lambda: self.owner.get("/client-duplicates")["items"], 30, "the duplicates")[0]["id"])

    def newcomer(self) -> str:
        """The address with which the owner of a practice signs in that began today, and has one service so far."""
        email = "nora@millbrook.test"
        administrator = {"given_name": "Nora", "family_name": "Field", "email": email, "password": self.password}
        new = {"name": "Millbrook Therapy", "time_zone": "America/New_York", "administrator": administrator}
        ApiClient(self.url, attempts=10).post("/organizations", new)
        service = {"name": "Psychotherapy 60", "kind": "cpt", "code": "90837", "rate_cents": 18_000}
        theirs = ApiClient(self.url, attempts=10).sign_in(email, self.password)
        theirs.post("/service-types", {**service, "duration_minutes": 60})
        return email


@contextmanager
def played() -> Iterator[Scene]:
    """The demo, played on a stack of its own that ends with the block."""
    with Folder("caseload-pictures-") as folder:
        home = Home(folder.path / "home")
        home.enter()
        past = Standing(home, begins_at(WHOLE, TODAY))
        stack = Stack(home, reserve_port(), print, past=past)
        try:
            stack.start(lambda _what: None)
            done = play(stack.url, lambda _what, _total: lambda: None, past, mailbox=home.mailbox, today=TODAY)
            yield Scene(stack.url, done.password)
        finally:
            stack.stop()
