"""Home, account, help, and the practice's own settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from shared import clock
from tests.browser.visits.ways import Way, at
from tests.practice import Practice
from tests.work_items import raised


def _program(practice: Practice) -> str:
    """Any program of the practice; made where there is none."""
    items = practice.owner.get("/api-clients")["items"]
    if items:
        return str(items[0]["id"])
    ends = (clock.now() + timedelta(days=90)).isoformat()
    body = {"name": "Accounting export", "permissions": ["invoices:read"], "expires_at": ends}
    return str(practice.owner.post("/api-clients", body)["id"])


def _location(practice: Practice) -> str:
    found = practice.owner.get("/locations")["items"]
    body = {"name": "Mill Lane", "rooms": [{"name": "Blue room"}]}
    return f"/settings/locations/{(found[0] if found else practice.owner.post('/locations', body))['id']}"


def _field(practice: Practice) -> str:
    """Any own field of the practice; made where there is none."""
    found = practice.owner.get("/client-fields")["items"]
    body = {"name": "Pets", "type": "choice", "choices": [{"name": "Dog"}, {"name": "Cat"}]}
    return f"/settings/client-fields/{(found[0] if found else practice.owner.post('/client-fields', body))['id']}"


def _group(practice: Practice) -> str:
    """Any group of the practice with somebody in it; made where there is none."""
    found = [each for each in practice.owner.get("/groups", archived="false")["items"] if each["member_count"]]
    body = {"name": "Tuesday evening", "members": [practice.new_client()[0]], "capacity": 8}
    return f"/groups/{(found[0] if found else practice.owner.post('/groups', body))['id']}"


def _member(practice: Practice) -> str:
    group = _group(practice)
    return f"{group}/members/{practice.owner.get(group)['members'][0]['client_id']}"


def _item(service: str) -> Way:
    """Any open work item of a service; raised where there is none."""

    def path(practice: Practice) -> str:
        items = practice.owner.get(f"/work-items/{service}")["items"]
        found = items[0]["id"] if items else raised(practice, practice.new_client()[0])[service]
        return f"/work-items/{service}/{found}"

    return path


PRACTICE: Final[Mapping[str, Way]] = {
    "GET /home": at("/home"),
    "GET /activity": at("/activity"),
    "GET /work-items": at("/work-items?view=team"),
    **{f"GET /work-items/{service}/{{item_id}}": _item(service) for service in ("clients", "clinical")},
    "GET /groups": at("/groups"),
    "GET /groups/new": at("/groups/new"),
    "GET /groups/{group_id}": _group,
    "GET /groups/{group_id}/edit": lambda practice: f"{_group(practice)}/edit",
    "GET /groups/{group_id}/members/{client_id}": _member,
    "GET /account": at("/account"),
    "GET /account/security": at("/account/security"),
    "GET /account/permissions": at("/account/permissions"),
    "GET /account/second-factor": at("/account/second-factor"),
    "GET /help": at("/help"),
    "GET /help/{topic}": at("/help/services"),
    "GET /style-guide": at("/style-guide"),
    "GET /settings/staff": at("/settings/staff"),
    "GET /settings/staff/new": at("/settings/staff/new"),
    "GET /settings/staff/import": at("/settings/staff/import"),
    "GET /settings/staff/{staff_id}": lambda practice: f"/settings/staff/{practice.staff_ids['therapist']}",
    "GET /settings/staff/{staff_id}/profile": lambda practice: (
        f"/settings/staff/{practice.staff_ids['therapist']}/profile"
    ),
    "GET /settings": at("/settings"),
    "GET /settings/hours": at("/settings/hours"),
    "GET /settings/policies": at("/settings/policies"),
    "GET /settings/printing": at("/settings/printing"),
    "GET /settings/history": at("/settings/history"),
    "GET /settings/security": at("/settings/security"),
    "GET /settings/emergency-access": at("/settings/emergency-access"),
    "GET /settings/locations": at("/settings/locations"),
    "GET /settings/locations/new": at("/settings/locations/new"),
    "GET /settings/locations/{location_id}": _location,
    "GET /settings/client-fields": at("/settings/client-fields"),
    "GET /settings/client-fields/new": at("/settings/client-fields/new"),
    "GET /settings/client-fields/{client_field_id}": _field,
    "GET /settings/services": at("/settings/services"),
    "GET /settings/services/new": at("/settings/services/new"),
    "GET /settings/services/{service_type_id}": lambda practice: f"/settings/services/{practice.service_type_id}",
    "GET /settings/staff/{staff_id}/leaving": lambda practice: (
        f"/settings/staff/{practice.staff_ids['therapist']}/leaving"
    ),
    "GET /settings/api-clients": at("/settings/api-clients"),
    "GET /settings/api-clients/new": at("/settings/api-clients/new"),
    "GET /settings/api-clients/{api_client_id}": lambda practice: f"/settings/api-clients/{_program(practice)}",
}
