"""Every page's handler, by the name of its row. A test holds it against the route table in both directions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from flask import Response

from gateway.web import proving
from gateway.web.account import pages as account
from gateway.web.activity import pages as activity
from gateway.web.agenda import appointment, booking, editing
from gateway.web.agenda import pages as agenda
from gateway.web.billing import invoice, ledger, payment, payments
from gateway.web.billing import pages as invoices
from gateway.web.client_import import pages as client_import
from gateway.web.clients import pages as clients
from gateway.web.documentation import pages as documentation
from gateway.web.groups import pages as groups
from gateway.web.help import pages as help_pages
from gateway.web.home import pages as home
from gateway.web.page import Page
from gateway.web.palette import pages as palette
from gateway.web.services import pages as services
from gateway.web.settings import pages as settings
from gateway.web.signing_in import pages as signing_in
from gateway.web.staff import api_clients, leaving, second_factor, sharing
from gateway.web.staff import member as staff_member
from gateway.web.staff import pages as staff
from gateway.web.staff import suggestions as staff_suggestions
from gateway.web.style_guide import pages as style_guide
from gateway.web.work_items import pages as work_items

HANDLERS: Final[Mapping[str, Callable[[Page], Response]]] = MappingProxyType(
    {
        **account.PAGES,
        **activity.PAGES,
        **agenda.PAGES,
        **appointment.PAGES,
        **booking.PAGES,
        **editing.PAGES,
        **invoices.PAGES,
        **invoice.PAGES,
        **ledger.PAGES,
        **payments.PAGES,
        **payment.PAGES,
        **clients.PAGES,
        **client_import.PAGES,
        **groups.PAGES,
        **documentation.PAGES,
        **signing_in.PAGES,
        **home.PAGES,
        **help_pages.PAGES,
        **palette.PAGES,
        **proving.PAGES,
        **staff.PAGES,
        **staff_member.PAGES,
        **staff_suggestions.PAGES,
        **services.PAGES,
        **leaving.PAGES,
        **sharing.PAGES,
        **second_factor.PAGES,
        **api_clients.PAGES,
        **settings.PAGES,
        **style_guide.PAGES,
        **work_items.PAGES,
    }
)
