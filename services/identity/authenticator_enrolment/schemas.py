"""What requests to set an authenticator app up, and their answers, look like."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.identity.second_factors.schemas import secret_field


class TotpCode(Schema):
    """The app's present code."""

    code = secret_field(10, "Six digits.", required=True)


class TotpSecretSchema(Schema):
    """What the app needs; shown this once."""

    secret = fields.String()
    provisioning_uri = fields.String(metadata={"description": "Shown as a QR code, the app scans it."})
