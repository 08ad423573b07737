"""The pages that the gateway itself serves to browsers. A path that stands in neither table is a 404.

Public pages are counted per address like every public request, for they are large and open to anybody. Somebody
signed in may have a page when they may ask the first row of the API that it asks.
"""

from __future__ import annotations

from typing import Final

from gateway.route_table.pages.agenda import AGENDA
from gateway.route_table.pages.billing import BILLING
from gateway.route_table.pages.clients import CLIENTS
from gateway.route_table.pages.documentation import DOCUMENTATION
from gateway.route_table.pages.groups import GROUPS
from gateway.route_table.pages.kinds import public
from gateway.route_table.pages.own import OWN, SECOND_FACTOR, SETUP, WORK_SERVICES
from gateway.route_table.pages.practice import PRACTICE
from gateway.route_table.row import PREFIX, Row

__all__ = ["DOCUMENTS", "PAGES", "SECOND_FACTOR", "SETUP", "STATIC", "WEB", "WORK_SERVICES"]

DOCUMENTS: Final[tuple[Row, ...]] = (
    public("GET", f"{PREFIX}/openapi.json", "get_api_document"),
    public("GET", f"{PREFIX}/docs", "get_api_page"),
    public("GET", f"{PREFIX}/docs.js", "get_api_page_script"),
    public("GET", f"{PREFIX}/docs.css", "get_api_page_style"),
)
STATIC: Final = public("GET", "/static/{name}", "get_static_file")
WEB: Final[tuple[Row, ...]] = (*OWN, *AGENDA, *CLIENTS, *GROUPS, *DOCUMENTATION, *BILLING, *PRACTICE)

PAGES: Final[tuple[Row, ...]] = (*DOCUMENTS, STATIC, *WEB)
