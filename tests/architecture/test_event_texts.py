"""Every text in an event says what it holds. What may identify a client is sealed, or the event is not told.

A new text fails here until it is declared: is it a code of ours, does it tell of the practice, or of a client?
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from marshmallow import fields

from shared import contracts  # noqa: F401 - registers every event
from shared.contracts.clients import ClientChangedV1
from shared.contracts.envelope import CONTRACTS, schema_of, sealed_fields
from tests.architecture.source import files

CODE = "a slug, a code, an id or a hash: nobody types it freely"
PRACTICE = "of the practice and its staff, who print and sign with it"
CLEAR = "identifies a client, in a version that is read and no longer sent"

ENTRIES = {
    "entries.action": CODE,
    "entries.outcome": CODE,
    "entries.rule": CODE,
    "entries.request_id": CODE,
    "entries.correlation_id": CODE,
    "entries.network": CODE,
    "entries.details": CODE,  # ids, slugs and names of fields (tests/architecture/test_audit_rules.py)
}
ADDRESS = ("line1", "line2", "city", "state", "postal_code")
OPEN = {**{f"business_hours.{name}": CODE for name in ("weekday", "opens", "closes")}, "holidays.name": PRACTICE}
PRINTED = {
    "organization": ("name", "legal_name", "npi", "tax_id", "taxonomy", "phone", "fax", "email"),
    "location": ("name", "place_of_service", "npi", "phone"),
    "staff": ("given_name", "family_name", "credentials", "npi", "taxonomy"),
}
TEXTS: dict[str, dict[str, str]] = {
    "billing.audit_recorded.v1": ENTRIES,
    "billing.change_answered.v1": {"code": CODE},
    "billing.service_type_changed.v1": {"name": PRACTICE, "code": CODE},
    "clients.appointment_requested.v1": {"time_zone": CODE},
    "clients.audit_recorded.v1": ENTRIES,
    "clients.change_decided.v1": {"kind": CODE},
    "clients.change_proposed.v1": {"kind": CODE},
    "clients.client_changed.v1": {"display_name": CLEAR, "status": CODE, "time_zone": CODE},
    "clients.client_changed.v2": {"status": CODE, "time_zone": CODE},
    "clinical.appointment_answered.v1": {"code": CODE},
    "clinical.appointment_documented.v1": {"diagnosis_codes": CODE, "place_of_service": CODE},
    "clinical.audit_recorded.v1": ENTRIES,
    "clinical.change_answered.v1": {"code": CODE},
    "identity.api_client_changed.v1": {"permissions": CODE},
    "identity.audit_checkpoint.v1": {"hash": CODE},
    "identity.billing_profile_recorded.v1": {
        "subject": CODE,
        **{f"{subject}.{name}": PRACTICE for subject, names in PRINTED.items() for name in names},
        **{f"{subject}.address.{name}": PRACTICE for subject in ("organization", "location") for name in ADDRESS},
    },
    "identity.location_changed.v1": {"name": PRACTICE, "time_zone": CODE, "place_of_service": CODE},
    "identity.organization_changed.v1": {"name": PRACTICE, "time_zone": CODE, "invoice_prefix": PRACTICE, **OPEN},
    "identity.staff_changed.v1": {
        "display_name": PRACTICE,
        "credentials": PRACTICE,
        "npi": PRACTICE,
        "taxonomy": CODE,
        "levels": CODE,
        "grants": CODE,
        "supervision_mode": CODE,
        "licences.number": PRACTICE,
        "licences.state": CODE,
        "email_hash": CODE,
    },
}


def texts_of(schema: Any, before: str = "") -> Iterator[str]:
    """The paths of every text that travels in the clear, nested ones too."""
    for name, member in schema.fields.items():
        field = member.inner if isinstance(member, fields.List) else member
        if isinstance(field, fields.Nested):
            yield from texts_of(field.schema, f"{before}{name}.")
        elif isinstance(field, fields.String) and not isinstance(field, fields.UUID):
            yield f"{before}{name}"


def test_each_text_says_what_it_holds() -> None:
    found = {name: sorted(texts_of(schema_of(contract.cls))) for name, contract in CONTRACTS.items()}
    assert {name: texts for name, texts in found.items() if texts} == {
        name: sorted(texts) for name, texts in TEXTS.items()
    }


def test_what_identifies_a_client_is_sealed() -> None:
    assert sealed_fields(CONTRACTS["clients.client_changed.v2"].cls) == ["display_name"]
    clear = {name for name, texts in TEXTS.items() if CLEAR in texts.values()}
    assert clear == {"clients.client_changed.v1"}, "nothing else may join it"


def test_what_names_a_client_in_the_clear_is_read_and_never_sent() -> None:
    declared = {
        str(path)
        for path in files("services", "shared", "embedded")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == ClientChangedV1.__name__
    }
    assert declared == set()
