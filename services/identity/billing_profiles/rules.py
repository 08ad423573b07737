"""What holds of billing profiles. Pure."""

from __future__ import annotations

from datetime import date
from typing import Final

from shared.errors import Invalid

# What documents and claims say of the practice.
PRINTED: Final = ("name", "legal_name", "npi", "tax_id", "taxonomy", "phone", "fax", "email", "address", "logo_id")
# What the settings show as of today; the name on the door is a setting of its own, and a logo is not text.
SHOWN: Final = ("legal_name", "npi", "tax_id", "taxonomy", "phone", "fax", "email", "address")
SINCE_EVER: Final = date(1900, 1, 1)


class NothingPrinted(Invalid):
    """A version that says nothing."""

    code = "nothing_given"
    detail = "Say what is to be another from that day on."
