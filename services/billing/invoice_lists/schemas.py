"""What a list of invoices is asked for, and what counts look like."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from services.billing.invoice_lists.queries import ORDERS
from services.billing.invoices import rules
from services.billing.invoices.schemas import InvoiceSchema, status_of
from shared.web.fields import Day, Instant, Several, about, text, written_flag
from shared.web.paging import PageQuery, page_of
from shared.web.strict_fields import Id

NUMBER_CHARACTERS_MAX = 40
LOOKED_UP_MAX = 100


class InvoicesQuery(PageQuery):
    """Which invoices. Everything that is given must fit."""

    appointment_id = Id(load_default=None, metadata=about("Only invoices of this appointment."))
    client_id = Id(load_default=None, metadata=about("Only invoices of this client."))
    status = Several(
        status_of("One status."), "Only invoices in these statuses.", len(rules.STATUSES), load_default=None
    )
    overdue = written_flag("Only invoices that are overdue, or only others.", load_default=None)
    held = written_flag("Only invoices with something to settle first (`holds`), or only others.", load_default=None)
    number = text(NUMBER_CHARACTERS_MAX, "Only the invoice of this number, written as it prints.", load_default=None)
    issued_from = Day(load_default=None, metadata=about("Only invoices issued on this day or later."))
    issued_to = Day(load_default=None, metadata=about("Only invoices issued on this day or earlier."))
    sort = ORDERS.parameter()


class InvoiceCountsSchema(Schema):
    """How many invoices wait for what. 1000 stands for a thousand or more: none is counted further."""

    draft = fields.Integer(metadata=about("Drafts, held or not."))
    held = fields.Integer(
        metadata=about("Drafts with something to settle first, and issued invoices with an amendment that waits.")
    )
    open = fields.Integer(metadata=about("Issued invoices of which something is due, overdue or not."))
    overdue = fields.Integer(metadata=about("Invoices of which the client owes something after the day it was due."))
    paid = fields.Integer(metadata=about("Issued invoices of which nothing is due."))
    void = fields.Integer(metadata=about("Invoices that no longer count."))
    written_off = fields.Integer(metadata=about("Invoices that were given up."))


InvoicesPage = page_of(
    InvoiceSchema, "As `sort` says; drafts are left out by `issued_on` and `number`, which they do not have."
)


class InvoiceLookup(Schema):
    """Ids of appointments whose invoices are wanted."""

    appointment_ids = fields.List(
        Id(),
        required=True,
        validate=validate.Length(max=LOOKED_UP_MAX),
        metadata=about(f"Ids of appointments, at most {LOOKED_UP_MAX}."),
    )


class BilledAppointmentSchema(Schema):
    """What bills an appointment of a client."""

    appointment_id = Id(metadata=about("Id of the appointment."))
    client_id = Id(metadata=about("Id of the client who is billed."))
    invoice_id = Id(metadata=about("Id of the newest invoice that is not void; of the newest if all are."))
    status = status_of("Where that invoice stands.")
    drafted_at = Instant(metadata=about("When its draft was made."))


class BilledAppointmentsSchema(Schema):
    """Those of the appointments that have invoices which the person may see."""

    items = fields.List(
        fields.Nested(BilledAppointmentSchema),
        metadata=about("One entry per appointment and client, in the order of the ids."),
    )
