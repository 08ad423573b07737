"""Worlds that are alike but for what somebody may not see: another practice, others' notes, clients not assigned."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from embedded.api_client import ApiClient as Client
from embedded.stack import Stack
from shared.ids import new_id
from shared.testing.waiting import wait_until
from tests.practice import Practice
from tests.running import settled

NOBODY = str(new_id())  # an id that means nothing in any world
WORDS = ("ada", "bea", "client", "heron", "lantern", "quarry", "worry", "sleep", "zz")


@dataclass(frozen=True, slots=True)
class Hidden:
    """What differs between two worlds: seeds of the texts, and how many clients nobody else is assigned to."""

    texts: int = 0
    elsewhere: int = 0
    unassigned: int = 0


@dataclass
class Twin:
    """One world: the practice that is asked, its people, and the ids that requests may name."""

    home: Practice
    away: Practice
    records: dict[str, str] = field(default_factory=dict)

    @property
    def suffix(self) -> str:
        """What tells this world's addresses from another's."""
        return self.home.suffix

    def person(self, name: str) -> Client:
        """Somebody who asks."""
        return self.home.people[name]


def build(stack: Stack, hidden: Hidden) -> Twin:
    """A world through the API. What everybody may see of two worlds is made in the same order with the same words."""
    twin = Twin(Practice(stack.url), Practice(stack.url))
    home = twin.home
    home.add("therapist", "therapist")
    home.add("colleague", "therapist")
    home.add("biller", "billing")
    home.add("desk", "default")
    home.add("narrowed", "therapist", "billing", grants=["assigned_only"])
    twin.records = {"nobody": NOBODY, "colleague": home.staff_ids["colleague"], "owner": home.staff_ids["owner"]}
    chance = random.Random(0)
    _client(twin, "a", "therapist", "Ada", 1, chance)
    home.owner.put(f"/clients/{twin.records['client_a']}/staff/{home.staff_ids['narrowed']}")
    _client(twin, "b", "colleague", "Bea" if not hidden.unassigned else "Zoe", 5, random.Random(hidden.texts))
    for number in range(hidden.unassigned):
        _client(twin, f"more{number}", "colleague", "Ada", 9 + 4 * number, random.Random(hidden.texts + number))
    _elsewhere(twin, hidden.elsewhere)
    case = f"/cases/{twin.records['case_a']}"
    wait_until(lambda: twin.person("narrowed").call("GET", case).status_code == 200, 20, "the assignment in clinical")
    wait_until(lambda: settled(stack), 30, "every event")
    return twin


def _client(twin: Twin, name: str, therapist: str, given_name: str, day: int, chance: random.Random) -> None:
    """A client with a case, a plan, a signed note, a draft, an invoice that was issued and partly paid."""
    home, records = twin.home, twin.records
    own = home.people[therapist]
    records[f"client_{name}"], records[f"case_{name}"] = home.new_client(therapist, given_name)
    client_id, case = records[f"client_{name}"], f"/cases/{records[f'case_{name}']}"
    own.patch(case, {"name": _text(chance)})
    own.patch(case, {"status": "closed", "closing_reason": "other", "reason": _text(chance)})
    own.patch(case, {"status": "open", "reason": _text(chance)})
    signed = home.book(client_id, f"2026-09-{day:02d}T10:00", therapist)
    drafted = home.book(client_id, f"2026-09-{day + 1:02d}T10:00", therapist)
    for key, appointment in ((f"note_{name}", signed), (f"draft_{name}", drafted)):
        body = {"client_id": client_id, "template": "soap", "minutes": 55, "content": _note(chance)}
        records[key] = own.post(f"/appointments/{appointment}/notes", body)["id"]
    records[f"appointment_{name}"] = signed
    own.post(f"/notes/{records[f'note_{name}']}/sign", expect=200)
    own.post(f"/notes/{records[f'note_{name}']}/addenda", {"text": _text(chance)})
    invoice = home.draft_of(signed)["id"]
    home.owner.post(f"/invoices/{invoice}/issue", expect=200)
    write_off = {"kind": "courtesy", "amount_cents": 50, "reason": "Agreed with the client."}
    records[f"write_off_{name}"] = home.owner.post(f"/invoices/{invoice}/write-offs", write_off)["id"]
    payment = {"client_id": client_id, "amount_cents": 100, "method": "cash", "received_on": "2026-09-30"}
    records[f"invoice_{name}"], records[f"payment_{name}"] = invoice, home.owner.post("/payments", payment)["id"]


def _elsewhere(twin: Twin, seed: int) -> None:
    """The other practice: as many clients as the seed says, of names that are here as well."""
    chance = random.Random(seed)
    for number in range(1 + seed):
        given_name, family_name = chance.choice(("Ada", "Bea")), "Client"
        body = {"given_name": given_name, "family_name": family_name, "date_of_birth": f"1990-01-{number + 1:02d}"}
        twin.records["client_elsewhere"] = twin.away.owner.post("/clients", body)["id"]
    twin.records["staff_elsewhere"] = twin.away.staff_ids["owner"]
    twin.records["service_elsewhere"] = twin.away.service_type_id


def _text(chance: random.Random) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(chance.randrange(1, 12)))


def _note(chance: random.Random) -> dict[str, str]:
    return {part: _text(chance) for part in ("subjective", "objective", "assessment", "plan")}
