"""What diagnosis requests and answers look like."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

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


class DiagnosisPatch(Schema):
    """Changes to a diagnosis."""

    rank = fields.Integer(strict=True, validate=validate.Range(1, RANK_MAX))
    effective_to = Day(allow_none=True, metadata={"description": "The last day; null: until further notice."})


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
