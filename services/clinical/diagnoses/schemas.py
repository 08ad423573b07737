"""What diagnosis requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.clinical.diagnoses.commands import DiagnosisChanges, DiagnosisDetails
from services.clinical.diagnoses.rules import RANK_MAX
from shared.web.fields import Day, Stripped, about, text
from shared.web.paging import page_of


class NewDiagnosis(Stripped):
    """A diagnosis to add to a case."""

    code = text(10, "Billable ICD-10-CM code, with or without its dot: F41.1 or F411.", required=True)
    rank = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(1, RANK_MAX),
        metadata=about("Place among the diagnoses in force: 1 is the primary diagnosis."),
    )
    effective_from = Day(required=True, metadata=about("First date of service that it applies to."))
    effective_to = Day(
        load_default=None,
        allow_none=True,
        metadata=about("Last date of service that it applies to. null: until further notice."),
    )

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> DiagnosisDetails:
        return DiagnosisDetails(**data)


class DiagnosisPatch(Schema):
    """Changes to a diagnosis. Its code never changes: end it and add another."""

    rank = fields.Integer(
        strict=True,
        validate=validate.Range(1, RANK_MAX),
        metadata=about("Place among the diagnoses in force: 1 is the primary diagnosis."),
    )
    effective_to = Day(
        allow_none=True, metadata=about("Last date of service that it applies to. null: until further notice.")
    )

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> DiagnosisChanges:
        return DiagnosisChanges(**data)


class DiagnosisSchema(Schema):
    """A diagnosis of a case."""

    id = fields.UUID()
    version = fields.Integer()
    code = fields.String(metadata=about("ICD-10-CM code with its dot, such as F41.1."))
    rank = fields.Integer(metadata=about("Place among the diagnoses in force: 1 is the primary diagnosis."))
    effective_from = fields.Date(metadata=about("First date of service that it applies to."))
    effective_to = fields.Date(
        allow_none=True, metadata=about("Last date of service that it applies to. null: until further notice.")
    )


class TitledDiagnosisSchema(DiagnosisSchema):
    """A diagnosis of a case, with the title of its code."""

    title = fields.String(
        allow_none=True,
        metadata=about("What the code stands for in ICD-10-CM; null where the code set no longer has it."),
    )


DiagnosesPage = page_of(TitledDiagnosisSchema)
