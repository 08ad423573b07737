"""Every page of the organization's settings, by the name of its row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Response

from gateway.web.page import Page
from gateway.web.settings import client_fields, emergency, hours, locations, policies, printing, profile, security

PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /settings": profile.show_profile,
    "POST /settings": profile.save_profile,
    "POST /settings/time-zone": profile.count_kept,
    "GET /settings/logo": profile.show_logo,
    "POST /settings/logo": profile.put_logo,
    "POST /settings/logo/remove": profile.remove_logo,
    "GET /settings/hours": hours.show_hours,
    "POST /settings/hours": hours.save_hours,
    "POST /settings/holidays": hours.save_holidays,
    "GET /settings/policies": policies.show_policies,
    "POST /settings/policies": policies.save_policies,
    "POST /settings/policies/cancellation": policies.add_policy,
    "GET /settings/printing": printing.show_printing,
    "POST /settings/printing": printing.add_version,
    "GET /settings/history": printing.show_history,
    "GET /settings/locations": locations.show_locations,
    "GET /settings/locations/new": locations.show_new,
    "POST /settings/locations/new": locations.add_location,
    "GET /settings/locations/{location_id}": locations.show_location,
    "POST /settings/locations/{location_id}": locations.save_location,
    "POST /settings/locations/{location_id}/state": locations.set_state,
    "POST /settings/locations/{location_id}/printing": locations.add_version,
    "GET /settings/client-fields": client_fields.show_fields,
    "GET /settings/client-fields/new": client_fields.show_new,
    "POST /settings/client-fields/new": client_fields.add_field,
    "GET /settings/client-fields/{client_field_id}": client_fields.show_field,
    "POST /settings/client-fields/{client_field_id}": client_fields.save_field,
    "POST /settings/client-fields/{client_field_id}/state": client_fields.set_state,
    "GET /settings/security": security.show_security,
    "POST /settings/security": security.save_security,
    "GET /settings/emergency-access": emergency.show_openings,
    "POST /settings/emergency-access/{opening_id}": emergency.review,
}
