"""What a practice decides has an effect: each of its settings is read where it means something."""

from __future__ import annotations

import ast
from dataclasses import fields

import pytest

from services.identity.organization.commands import SettingsChanges
from shared.contracts.identity import OrganizationChanged, PrintedOrganization
from shared.services import SERVICES
from tests.architecture.source import files

SETTINGS = {field.name for field in fields(SettingsChanges)}
TOLD = {field.name for field in fields(OrganizationChanged)}
PRINTED = {field.name for field in fields(PrintedOrganization)}  # billing keeps and prints the whole of it

# Why nothing outside identity reads a setting. The list only ever becomes shorter.
REASONS = {
    "requires_second_factor": "identity asks for it at sign-in",
    "idle_minutes": "identity ends the sessions",
    "works_alone": "identity counts the first steps of a practice by it",
}
REASONS_MAX = 3


def attributes_read(*packages: str) -> set[str]:
    """Names that some file reads as `something.name`, but for those that only keep what an event brings."""
    return {
        node.attr
        for path in files(*packages)
        if path.name not in ("subscriptions.py", "models.py", "schemas.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }


@pytest.fixture(scope="module")
def read() -> set[str]:
    others = [f"services/{service}" for service in SERVICES if service != "identity"]
    return (attributes_read(*others) & TOLD) | PRINTED


def test_each_setting_is_read_or_says_why_not(read: set[str]) -> None:
    assert sorted(SETTINGS - read - REASONS.keys()) == []


def test_no_reason_outlives_what_it_explains(read: set[str]) -> None:
    assert sorted(REASONS.keys() & read) == [], "these are read by now"
    assert sorted(REASONS.keys() - SETTINGS) == [], "these are no settings"
    assert len(REASONS) <= REASONS_MAX


def test_what_identity_alone_acts_on_is_read_there() -> None:
    assert {"requires_second_factor", "idle_minutes", "works_alone"} <= attributes_read("services/identity")
