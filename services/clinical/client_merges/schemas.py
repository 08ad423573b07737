"""What clinical tells of two clients who are one person."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.clinical.client_merges.queries import COLLIDES
from shared.web.client_merges import MergePreviewSchema, collisions, count
from shared.web.fields import about


class ClinicalMovesSchema(Schema):
    """What the client who stays would take over in clinical."""

    cases = count("Cases, with their diagnoses, plans and notes.")
    appointments = count("Appointments, past and to come, with those that were called off.")
    group_memberships = count("Times in which the client belongs to a group, or did.")


class ClinicalMergePreviewSchema(MergePreviewSchema):
    """What a merge would find in clinical. It changes nothing."""

    moves = fields.Nested(ClinicalMovesSchema, metadata=about("What the client who stays would take over."))
    collides = collisions(COLLIDES)
