"""What a practice decides has an effect: each setting names the file that acts on it, and the test that proves it.

A setting that the API takes and nobody acts on misleads the practice. A new one fails here until it has its line. One
without an effect stands in `SHOWN_ALONE` with the reason; that list only ever becomes shorter.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Final

import pytest
from marshmallow import Schema

from services.identity.cancellation_policies.schemas import NewCancellationPolicy
from services.identity.locations.schemas import LocationPatch
from services.identity.organization.schemas import OrganizationPatch
from tests.architecture.source import ROOT

SCHEMAS: Final[dict[str, type[Schema]]] = {
    "organization": OrganizationPatch,
    "location": LocationPatch,
    "cancellation_policy": NewCancellationPolicy,
}


@dataclass(frozen=True, slots=True)
class Effect:
    """The file below `services` that reads a setting, and a test of what it does: `file::function`."""

    file: str
    test: str

    @property
    def tests(self) -> tuple[str, str]:
        """The test's file and function."""
        file, _, function = self.test.partition("::")
        return file, function


def printed(test: str) -> Effect:
    """What an invoice prints of the practice or of a location: billing keeps the whole of it."""
    return Effect("billing/invoices/schemas.py", f"services/billing/tests/test_billing_profiles.py::{test}")


def clinical(file: str, test: str) -> Effect:
    """What clinical does by it."""
    return Effect(f"clinical/{file}", f"services/clinical/tests/test_clinical_{test}")


def billing(file: str, test: str) -> Effect:
    """What billing does by it."""
    return Effect(f"billing/{file}", f"services/billing/tests/test_billing_{test}")


def identity(file: str, test: str) -> Effect:
    """What identity does by it."""
    return Effect(f"identity/{file}", f"services/identity/tests/test_identity_{test}")


BY_THE_PRACTICE = printed("test_an_invoice_prints_each_fact_of_the_practice")
BY_THE_PLACE = printed("test_a_line_prints_each_fact_of_its_place")
WITHIN_HOURS = clinical("copies/queries.py", "opening_hours.py::test_within_the_hours_to_the_minute")
EMERGENCY = "break_glass/commands.py"

EFFECTS: Final[dict[str, Effect]] = {
    **{
        f"organization.{name}": BY_THE_PRACTICE
        for name in ("name", "legal_name", "npi", "tax_id", "taxonomy", "phone", "fax", "email", "address")
    },
    "organization.time_zone": billing(
        "copies/queries.py", "days.py::test_money_was_received_on_a_day_that_has_come_at_the_practice"
    ),
    "organization.invoice_prefix": billing(
        "issuing/commands.py", "invoices.py::test_issuing_gives_a_number_and_posts_the_charge"
    ),
    "organization.requires_second_factor": identity(
        "sessions/queries.py", "second_factors.py::test_an_organization_may_want_everybody_to_have_one"
    ),
    "organization.idle_minutes": identity("sessions/queries.py", "sessions.py::test_a_session_that_lies_idle_ends"),
    "organization.session_minutes": billing(
        "catalogue/commands.py", "usual_length.py::test_a_service_without_a_length_has_the_usual_one"
    ),
    "organization.plan_review_days": clinical(
        "treatment_plans/commands.py", "plan_reviews.py::test_a_plan_without_a_day_is_due_when_the_practice_decided"
    ),
    "organization.write_off_limit_cents": billing(
        "copies/queries.py", "write_offs.py::test_several_write_offs_of_one_invoice_come_to_no_more_than_the_limit"
    ),
    "organization.business_hours": WITHIN_HOURS,
    "organization.holidays": clinical("copies/queries.py", "opening_hours.py::test_a_holiday_is_named"),
    "organization.restricts_administration": identity(
        "sessions/queries.py",
        "restricted_administration.py::test_administration_with_its_own_cases_only_makes_no_others_its_own",
    ),
    "organization.break_glass_enabled": clinical(
        EMERGENCY, "break_glass.py::test_it_is_off_unless_the_organization_turns_it_on"
    ),
    "organization.break_glass_minutes": clinical(EMERGENCY, "break_glass.py::test_it_ends_with_the_time"),
    "organization.author_access_days": clinical(
        "notes/queries.py", "former_notes.py::test_who_left_a_case_reads_what_they_signed_until_the_days_are_over"
    ),
    "organization.works_alone": identity(
        "setup/queries.py", "setup.py::test_a_practice_that_works_alone_has_no_staff_to_add"
    ),
    **{f"location.{name}": BY_THE_PLACE for name in ("name", "address", "npi", "phone")},
    "location.time_zone": clinical(
        "agenda/commands.py", "opening_hours.py::test_a_location_in_another_zone_opens_by_its_own_clocks"
    ),
    "location.active": clinical("agenda/commands.py", "rebooking.py::test_what_is_refused_changes_nothing"),
    "location.place_of_service": clinical(
        "agenda/commands.py", "facts.py::test_the_times_and_the_place_of_a_session_in_the_office"
    ),
}

_POLICY = "people are shown it; no fee is charged by itself"
# Settings that are kept and shown, and that nothing acts on yet.
SHOWN_ALONE: Final = {
    "location.rooms": "people are shown them; appointments name no room",
    "cancellation_policy.effective_from": _POLICY,
    "cancellation_policy.notice_hours": _POLICY,
    "cancellation_policy.late_cancel_fee_cents": _POLICY,
    "cancellation_policy.no_show_fee_cents": _POLICY,
    "cancellation_policy.text": _POLICY,
}
SHOWN_ALONE_MAX: Final = 6

SETTINGS: Final = {f"{of}.{name}" for of, schema in SCHEMAS.items() for name in schema().load_fields}


def names_in(file: str) -> set[str]:
    """What a file reads or names: attributes, texts, and the fields of its schemas."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            found.add(node.attr)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return found


def functions_in(file: str) -> set[str]:
    """The functions of a file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_each_setting_names_its_effect() -> None:
    assert sorted(SETTINGS - EFFECTS.keys() - SHOWN_ALONE.keys()) == [], "name the file that acts on it, and the test"
    assert sorted((EFFECTS.keys() | SHOWN_ALONE.keys()) - SETTINGS) == [], "these are no settings"
    assert sorted(EFFECTS.keys() & SHOWN_ALONE.keys()) == []
    assert len(SHOWN_ALONE) <= SHOWN_ALONE_MAX and all(SHOWN_ALONE.values())


@pytest.mark.parametrize("setting", sorted(EFFECTS))
def test_the_file_reads_it_and_the_test_is_there(setting: str) -> None:
    effect = EFFECTS[setting]
    assert setting.partition(".")[2] in names_in(f"services/{effect.file}"), f"{effect.file} does not read {setting}"
    file, function = effect.tests
    assert function in functions_in(file), f"{effect.test} has gone"
