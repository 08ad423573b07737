"""Clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shared.testing.waiting import wait_until
from tests.browser.visits.ways import Way, at
from tests.practice import Practice


def client_of(practice: Practice) -> str:
    """The chart of any client of the practice; made where there is none."""
    items = practice.owner.get("/clients", limit=1)["items"]
    return f"/clients/{items[0]['id'] if items else practice.new_client()[0]}"


def job_of(practice: Practice) -> str:
    """Staff that is assigned to any client of the practice, by a job."""
    client_id = client_of(practice).rsplit("/", 1)[1]
    body = {"staff_id": practice.staff_ids["therapist"], "client_ids": [client_id]}
    return f"/jobs/clients/{practice.owner.post('/assignments', body, expect=202)['id']}"


def waiting_list(practice: Practice) -> str:
    """The waiting list with somebody on it."""
    if not practice.owner.get("/clients", sort="waiting_since", limit=1)["items"]:
        person = {"given_name": "Wanda", "family_name": "Waiting", "date_of_birth": "1990-01-02"}
        wish = {"waiting": {"weekdays": ["monday"]}, "status": "prospective"}
        practice.owner.post("/clients", {**person, **wish}, expect=201)
    return "/clients/waiting"


def duplicates_of(practice: Practice) -> str:
    """Pairs of clients who may be the same person."""
    if not practice.owner.get("/client-duplicates", limit=1)["items"]:
        for email in ("dot@example.org", "dorothy@example.org"):
            person = {"given_name": "Dot", "family_name": "Double", "date_of_birth": "1990-01-02", "email": email}
            practice.owner.post("/clients", person, expect=201)
        wait_until(lambda: practice.owner.get("/client-duplicates", limit=1)["items"], 20, "the pair")
    return "/clients/duplicates"


def pair_of(practice: Practice) -> str:
    """The page that compares two clients who may be the same person."""
    at = duplicates_of(practice)
    return f"{at}/{practice.owner.get('/client-duplicates', limit=1)['items'][0]['id']}/merge"


def merge_of(practice: Practice) -> str:
    """Two clients who were merged."""
    person = {"given_name": "Mia", "family_name": "Merged", "date_of_birth": "1991-01-02"}
    found = practice.owner.post("/clients/search", {"query": "mia merged"}, expect=200)["items"]
    if not found:
        stays, ends = (practice.owner.post("/clients", person, expect=201)["id"] for _ in range(2))
        merge(practice, ends, stays)
        found = [practice.owner.get(f"/clients/{stays}")]
    client = practice.owner.get(f"/clients/{found[0]['id']}")
    return f"/clients/merges/{client['merged'][0]['merge_id']}"


def merge(practice: Practice, ends: str, stays: str) -> str:
    """Merge two clients, however soon after they were added; the id of the merge that is made."""
    body = {"into_client_id": stays, "reason": "added_twice"}

    def made() -> str | None:
        begun = practice.owner.call("POST", f"/clients/{ends}/merge", json=body)
        if begun.status_code != 202:
            return None
        of_it = f"/client-merges/{begun.json()['id']}"
        wait_until(lambda: practice.owner.get(of_it)["state"] in ("done", "failed"), 40, "the end of the merge")
        return str(begun.json()["id"]) if practice.owner.get(of_it)["state"] == "done" else None

    return str(wait_until(made, 60, "the merge"))


def import_of(practice: Practice) -> str:
    """A file of clients that is checked, or soon will be."""
    items = practice.owner.get("/client-imports", limit=1)["items"]
    if items:
        return f"/clients/import/{items[0]['id']}"
    table = b"First name,Last name,Birth date,Shoe size\nIda,Import,1/2/1990,38\nIvo,Import,1/41/1990,44\n"
    begun = practice.owner.call("POST", "/client-imports", files={"file": ("clients.csv", table)})
    return f"/clients/import/{begun.json()['id']}"


def payer_of(practice: Practice) -> str:
    """Somebody who pays a share for any client of the practice."""
    client = client_of(practice)
    items = practice.owner.get(f"{client}/responsible-people", limit=1)["items"]
    share = {"share": {"kind": "percent", "percent": 60}, "effective_from": "2026-03-01"}
    person = {"given_name": "Rosa", "family_name": "Quint", "email": "rosa@example.org", **share}
    found = items[0] if items else practice.owner.post(f"{client}/responsible-people", person, expect=201)
    return f"{client}/details/responsible/{found['id']}"


REPORTS: Final = ("not-seen", "active", "no-consent", "waiting", "birthdays")
CLIENTS: Final[Mapping[str, Way]] = {
    "GET /clients/reports": at("/clients/reports"),
    **{f"GET /clients/reports/{name}": at(f"/clients/reports/{name}") for name in REPORTS},
    "GET /clients": at("/clients"),
    "GET /clients/waiting": waiting_list,
    "GET /clients/duplicates": duplicates_of,
    "GET /clients/duplicates/{duplicate_id}/merge": pair_of,
    "GET /clients/merges/{merge_id}": merge_of,
    "GET /clients/import": at("/clients/import"),
    "GET /clients/import/{import_id}": import_of,
    "GET /clients/new": at("/clients/new"),
    "GET /clients/{client_id}": client_of,
    "GET /clients/{client_id}/appointments": lambda practice: f"{client_of(practice)}/appointments",
    "GET /clients/{client_id}/free-times": lambda practice: f"{client_of(practice)}/free-times",
    "GET /clients/{client_id}/activity": lambda practice: f"{client_of(practice)}/activity",
    "GET /clients/{client_id}/emergency": lambda practice: f"{client_of(practice)}/emergency",
    "GET /jobs": at("/jobs"),
    "GET /jobs/clients/{job_id}": job_of,
    "GET /clients/{client_id}/details/archive": lambda practice: f"{client_of(practice)}/details/archive",
    "GET /clients/{client_id}/details/delete": lambda practice: f"{client_of(practice)}/details/delete",
    "GET /clients/{client_id}/team/{staff_id}": lambda practice: (
        f"{client_of(practice)}/team/{practice.staff_ids['therapist']}"
    ),
    "GET /clients/{client_id}/details": lambda practice: f"{client_of(practice)}/details",
    "GET /clients/{client_id}/details/related": lambda practice: f"{client_of(practice)}/details/related",
    "GET /clients/{client_id}/details/addresses": lambda practice: f"{client_of(practice)}/details/addresses",
    "GET /clients/{client_id}/details/responsible": lambda practice: payer_of(practice).rpartition("/")[0],
    "GET /clients/{client_id}/details/responsible/new": lambda practice: (
        f"{client_of(practice)}/details/responsible/new"
    ),
    "GET /clients/{client_id}/details/responsible/{responsible_person_id}": payer_of,
    "GET /clients/{client_id}/details/edit": lambda practice: f"{client_of(practice)}/details/edit",
}
# Parts of pages, which the pages themselves ask for.
PARTS: Final = frozenset({"GET /clients/{client_id}/menu"})
# What pages lead to that is a file.
FILES: Final = frozenset(
    {
        "GET /clients/import/{import_id}/errors",
        "GET /clients/{client_id}/ledger/file",
        *(f"GET /clients/reports/{name}/file" for name in REPORTS),
    }
)
