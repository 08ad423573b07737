"""Clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

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


CLIENTS: Final[Mapping[str, Way]] = {
    "GET /clients": at("/clients"),
    "GET /clients/new": at("/clients/new"),
    "GET /clients/{client_id}": client_of,
    "GET /clients/{client_id}/appointments": lambda practice: f"{client_of(practice)}/appointments",
    "GET /clients/{client_id}/activity": lambda practice: f"{client_of(practice)}/activity",
    "GET /clients/{client_id}/emergency": lambda practice: f"{client_of(practice)}/emergency",
    "GET /jobs": at("/jobs"),
    "GET /jobs/clients/{job_id}": job_of,
    "GET /clients/{client_id}/details": lambda practice: f"{client_of(practice)}/details",
    "GET /clients/{client_id}/details/edit": lambda practice: f"{client_of(practice)}/details/edit",
}
# Parts of pages, which the pages themselves ask for.
PARTS: Final = frozenset[str]()
