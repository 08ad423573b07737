"""What a field means in every schema that has it, unless the schema says something more specific.

A name stands here when two schemas or more mean the same by it. What one schema alone has, or means by the name, stands
beside its field. `shared.web.openapi_fields` adds units, which go with the kind of a field.
"""

from __future__ import annotations

from typing import Final

GLOSSARY: Final[dict[str, str]] = {
    # Every resource.
    "id": "Its id: a UUIDv7, which never changes and is never given again.",
    "version": "Rises with every change, and is the `ETag` too. Where an operation takes `If-Match`, send it to change"
    " only what you have read.",
    "created_at": "When it was created.",
    "created_by": "Id of the member of staff who created it.",
    "expires_at": "When it stops working.",
    # Pages.
    "next_cursor": "Give it as `cursor` for the next page; null on the last page.",
    "cursor": "The `next_cursor` of the page before. Leave it out for the first page.",
    "limit": "The most items that a page may have.",
    # What other resources are named by.
    "client_id": "Id of the client: the person who is treated.",
    "staff_id": "Id of the member of staff.",
    "service_type_id": "Id of the service in the catalogue.",
    "case_id": "Id of the client's case.",
    "appointment_id": "Id of the appointment.",
    # People and places.
    "given_name": "First name, as on official documents.",
    "family_name": "Last name, as on official documents.",
    "display_name": "The name as colleagues see it, first name first.",
    "pronouns": "Pronouns in the person's own words, such as she/her.",
    "email": "E-mail address. Its syntax is checked, not whether it receives mail.",
    "phone": "Telephone number in E.164, such as +12125550123. A number without a country code is one of the"
    " United States.",
    "fax": "Fax number in E.164, such as +12125550124. A number without a country code is one of the United States.",
    "address": "Postal address in the United States.",
    "time_zone": "Time zone by its name in the IANA database, such as America/New_York.",
    "job_title": "Position in the practice, such as Clinical director.",
    "colour": "Colour on the calendar, as #rrggbb in hexadecimal.",
    # Who bills, and under which numbers.
    "legal_name": "Name of the practice on contracts and claims, where it differs from `name`.",
    "npi": "National Provider Identifier (CMS): ten digits, of which the last is a check digit.",
    "tax_id": "Employer Identification Number (IRS), as 12-3456789.",
    "taxonomy": "Provider taxonomy code (NUCC): ten characters, such as 101YM0800X.",
    # Clinical and billing facts.
    "diagnosis_codes": "Diagnoses in force on the date of service, primary first, as ICD-10-CM codes with their dot.",
    # Sign-in.
    "access_token": "Send it as `Authorization: Bearer …`. Keep it secret.",
    "token_type": "`Bearer`, or `Cookie` for the token of a browser's session. Neither is taken for the other.",
    "expires_in_seconds": "Seconds from now until the access token stops working.",
    "network": "Network that the request came from, never the whole address: a /24 of IPv4 or a /48 of IPv6.",
}
