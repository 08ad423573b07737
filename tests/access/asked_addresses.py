"""What the non-interference tests ask: the addresses of records and lists, and why others are left out.

A route that reads and stands in neither fails (`test_asked_addresses.py`).
"""

from __future__ import annotations

from typing import Final

# By the kind of record that the placeholder names.
ONE_OF: Final = {
    "client": (
        "/clients/{}",
        "/clients/{}/related-clients",
        "/clients/{}/history",
        "/clients/{}/addresses",
        "/clients/{}/responsible-people",
        "/clients/{}/responsible-people/history",
        "/clients/{}/staff",
        "/clients/{}/staff/history",
        "/clients/{}/cases",
        "/clients/{}/appointments",
        "/groups?client_id={}",
        "/clients/{}/ledger",
        "/invoices?client_id={}",
        "/payments?client_id={}",
        "/unbilled-sessions?client_id={}",
        "/access/explain?client_id={}",
    ),
    "case": (
        "/cases/{}",
        "/cases/{}/staff/history",
        "/cases/{}/status/history",
        "/cases/{}/notes",
        "/cases/{}/diagnoses",
        "/cases/{}/treatment-plans",
        "/cases/{}/goals",
    ),
    "note": ("/notes/{}",),
    "draft": ("/notes/{}",),
    "appointment": (
        "/appointments/{}",
        "/appointments/{}/history",
        "/appointments/{}/roster",
        "/invoices?appointment_id={}",
    ),
    "group": ("/groups/{}", "/groups/{}/history", "/groups/{}/appointments"),
    "invoice": ("/invoices/{}", "/payments?invoice_id={}", "/write-offs?invoice_id={}"),
    "payment": ("/payments/{}",),
    "write_off": ("/write-offs/{}",),
    "staff": (
        "/staff/{}",
        "/staff/{}/licences",
        "/staff/{}/access-history",
        "/staff/{}/open-work",
        "/staff/{}/billing-profile",
        "/staff/{}/billing-profiles",
    ),
    "service": ("/service-types/{}",),
}
LISTS: Final = (
    "/clients",
    "/clients?sort=-name",
    "/clients?sort=created_at",
    "/clients?status=active",
    "/clients?tag=Unseen",
    "/client-tags",
    "/client-fields",
    "/staff",
    "/locations",
    "/service-types",
    "/groups",
    "/groups?archived=false",
    "/invoices",
    "/invoices?held=true",
    "/invoices?status=open,partially_paid&sort=-created_at",
    "/payments",
    "/payments?method=cash&sort=-received_on",
    "/unbilled-sessions",
    "/notes",
    "/notes?status=signed&template=soap",
    "/write-offs",
    "/break-glass",
    "/invitations",
    "/api-clients",
    "/audit/entries",
    "/organization/history",
    "/jobs/clients",
    *(f"/work-items/{service}" for service in ("clients", "clinical")),
    "/work-items/clinical?state=done",
    "/client-duplicates",
    "/client-duplicates?dismissed=true",
    "/client-imports",
    "/reports/clients/not-seen?days=1",
    "/reports/clients/active?limit=100",
    "/reports/clients/birthdays?month=7",
    "/reports/clients/no-consent?channel=email",
    "/reports/clients/waiting?limit=100",
)
PLAIN: Final = (
    "/me",
    "/organization",
    "/cancellation-policies",
    "/organization/billing-profile",
    "/organization/billing-profiles",
    "/orphan-drafts",
    "/former-notes",
    "/worklist",
    "/invoices/counts",
    "/payments/by-day?from=2026-09-01&to=2026-12-31",
    *(f"/work-items/{service}/count" for service in ("clients", "clinical")),
    *(f"/setup/{service}" for service in ("identity", "clients", "clinical", "billing")),
)
# Asked with words or days that are drawn by chance.
DRAWN: Final = ("/agenda",)
# Why the others are not asked.
_OWN, _WITH_PARENT = "of the person who asks", "decided like what it stands under, which is asked"
_PLACE = "shows the practice itself, which its staff may all see, and no record of a person"
_ITS_FILE = "shows a file of the practice to those who see all of its clients"
LEFT_OUT: Final = {
    "/me/sessions": _OWN,
    "/me/sessions/{}": _OWN,
    "/me/second-factors": _OWN,
    "/me/email-change": _OWN,
    "/me/passkeys/{}": _OWN,
    "/organization/logo": _PLACE,
    "/cancellation-policies/{}": _PLACE,
    "/client-fields/{}": _PLACE,
    "/locations/{}": _PLACE,
    "/locations/{}/billing-profile": _PLACE,
    "/locations/{}/billing-profiles": _PLACE,
    "/agenda/time-zone-change": _PLACE,
    "/agenda/own-by-day": _OWN,
    "/diagnosis-codes": "a code set, the same for all practices",
    "/staff/{}/licences/{}": _WITH_PARENT,
    "/invitations/{}": _WITH_PARENT,
    "/api-clients/{}": _WITH_PARENT,
    "/cases/{}/diagnoses/{}": _WITH_PARENT,
    "/treatment-plans/{}": _WITH_PARENT,
    "/notes/{}/addenda/{}": _WITH_PARENT,
    "/payments/{}/refunds/{}": _WITH_PARENT,
    "/break-glass/{}": _WITH_PARENT,
    "/work-items/clients/{}": "a line of /work-items/clients, with what happened to it",
    "/work-items/clinical/{}": "a line of /work-items/clinical, with what happened to it",
    "/jobs/clients/{}": "counts how far a piece of work is, and shows no record",
    "/client-duplicates/{}": "a line of /client-duplicates",
    **{
        f"/client-merges/preview/{service}": "takes two clients, each of whom the person must see like a client's chart"
        for service in ("clients", "clinical", "billing")
    },
    "/clients/{}/addresses/{}": _WITH_PARENT,
    "/responsible-people/{}": "a line of the client's /responsible-people",
    "/client-merges/{}": "names two clients, both of whom the person must see",
    "/client-imports/{}": _ITS_FILE,
    "/client-imports/{}/rows": _ITS_FILE,
    "/client-imports/{}/errors.csv": _ITS_FILE,
    "/audit/export": "the lines of /audit/entries",
}
