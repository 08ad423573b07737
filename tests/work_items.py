"""Work items of a practice in a running stack: one in each service that has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.ids import new_id
from shared.testing.waiting import wait_until
from tests.practice import Practice

CRISIS = {"reason": "In crisis on the phone; the assigned clinician is away."}


def raised(practice: Practice, client_id: str) -> Mapping[str, str]:
    """The id of an open item by service, which the owner sees: an emergency access to the client, and a notice."""
    owner, settings = practice.owner, {"break_glass_enabled": True}
    owner.patch("/organization", settings)
    stranger = practice.add("stranger", "therapist")

    def opened() -> bool:
        return bool(stranger.call("POST", f"/clients/{client_id}/break-glass", json=CRISIS).status_code == 201)

    wait_until(opened, 20, "emergency access")
    owner.patch("/organization", {"break_glass_enabled": False})
    owner.post("/assignments", {"staff_id": practice.staff_ids["stranger"], "client_ids": [str(new_id())]}, expect=202)
    return {service: _first(owner, service) for service in ("clients", "clinical")}


def _first(owner: Any, service: str) -> str:
    def found() -> list[dict[str, Any]]:
        return list(owner.get(f"/work-items/{service}")["items"])

    wait_until(lambda: bool(found()), 20, f"a work item of {service}")
    return str(found()[0]["id"])
