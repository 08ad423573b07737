"""What diagnosis requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.clinical.diagnoses.code_search import FOUND_MAX
from services.clinical.diagnoses.commands import DiagnosisChanges, DiagnosisDetails
from services.clinical.diagnoses.rules import RANK_MAX
from shared.web.fields import Day, Instant, Numeral, Stripped, about, text
from shared.web.paging import page_of
from shared.web.strict_fields import Id

QUERY_CHARACTERS_MAX = 100


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


class EnteredInErrorSchema(Stripped):
    """Why a diagnosis never was."""

    reason = text(500, "Why it is an error. It is kept with the diagnosis.", lines=True, required=True)


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
    swap_with = Id(metadata=about("Id of the diagnosis of this case that takes this one's rank, and gives it its own."))
    entered_in_error = fields.Nested(
        EnteredInErrorSchema, metadata=about("It never was: it is kept with the reason, and in force on no day.")
    )

    @validates_schema
    def _one_thing(self, data: dict[str, Any], **_: Any) -> None:
        for alone in ("swap_with", "entered_in_error"):
            if alone in data and len(data) > 1:
                raise ValidationError("Send this without other changes.", alone)

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> DiagnosisChanges:
        if "entered_in_error" in data:
            data["entered_in_error"] = data["entered_in_error"]["reason"]
        return DiagnosisChanges(**data)


class DiagnosisSchema(Schema):
    """A diagnosis of a case."""

    id = Id()
    version = fields.Integer()
    code = fields.String(metadata=about("ICD-10-CM code with its dot, such as F41.1."))
    rank = fields.Integer(metadata=about("Place among the diagnoses in force: 1 is the primary diagnosis."))
    effective_from = fields.Date(metadata=about("First date of service that it applies to."))
    effective_to = fields.Date(
        allow_none=True, metadata=about("Last date of service that it applies to. null: until further notice.")
    )
    entered_in_error_at = Instant(
        allow_none=True, metadata=about("Since when it counts as an error, in force on no day; null where it does not.")
    )
    entered_in_error_by = Id(
        allow_none=True, metadata=about("Id of the member of staff who said that it is one; null where nobody did.")
    )
    entered_in_error_reason = fields.String(allow_none=True, metadata=about("Why it is one; null where it is not one."))


class TitledDiagnosisSchema(DiagnosisSchema):
    """A diagnosis of a case, with the title of its code."""

    title = fields.String(
        allow_none=True,
        metadata=about("What the code stands for in ICD-10-CM; null where the code set no longer has it."),
    )


class CodeQuery(Schema):
    """A code, its beginning, or words of its title."""

    query = text(
        QUERY_CHARACTERS_MAX,
        "The beginning of a code, with or without its dot, or beginnings of words of its title.",
        required=True,
    )
    limit = Numeral(load_default=FOUND_MAX, validate=validate.Range(1, FOUND_MAX), metadata=about("How many at most."))


class DiagnosisCodeSchema(Schema):
    """A code of ICD-10-CM."""

    code = fields.String(metadata=about("ICD-10-CM code with its dot, such as F41.1."))
    title = fields.String(metadata=about("What the code stands for in ICD-10-CM."))
    billable = fields.Boolean(metadata=about("Whether a claim may name it: true of every code that is found."))


class FoundCodesSchema(Schema):
    """Codes that a query finds."""

    items = fields.List(
        fields.Nested(DiagnosisCodeSchema),
        metadata=about("By code where the query begins one, else the shortest titles first."),
    )


DiagnosesPage = page_of(TitledDiagnosisSchema, "By rank, then by the day on which they begin.")
