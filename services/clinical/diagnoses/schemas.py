"""What diagnosis requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.clinical.diagnoses.commands import DiagnosisChanges, DiagnosisDetails
from services.clinical.diagnoses.rules import RANK_MAX
from shared.web.fields import Day, Stripped, text
from shared.web.paging import page_of


class NewDiagnosis(Stripped):
    """A diagnosis."""

    code = text(10, "ICD-10-CM, with or without the dot.", required=True)
    rank = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(1, RANK_MAX),
        metadata={"description": "1 is the primary diagnosis."},
    )
    effective_from = Day(required=True)
    effective_to = Day(load_default=None, allow_none=True, metadata={"description": "The last day."})

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> DiagnosisDetails:
        return DiagnosisDetails(**data)


class DiagnosisPatch(Schema):
    """Changes to a diagnosis."""

    rank = fields.Integer(strict=True, validate=validate.Range(1, RANK_MAX))
    effective_to = Day(allow_none=True, metadata={"description": "The last day; null: until further notice."})

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> DiagnosisChanges:
        return DiagnosisChanges(**data)


class DiagnosisSchema(Schema):
    """A diagnosis."""

    id = fields.UUID()
    version = fields.Integer()
    code = fields.String()
    rank = fields.Integer()
    effective_from = fields.Date()
    effective_to = fields.Date(allow_none=True)


class TitledDiagnosisSchema(DiagnosisSchema):
    """A diagnosis with the code's title."""

    title = fields.String(allow_none=True)


DiagnosesPage = page_of(TitledDiagnosisSchema)
