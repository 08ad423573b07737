"""The pages that the gateway itself serves to browsers. A path that stands in neither table is a 404.

Public pages are counted per address like every public request, for they are large and open to anybody.
"""

from __future__ import annotations

from typing import Final

from gateway.route_table.row import GATEWAY, PREFIX, Row
from shared.permissions import PUBLIC

PAGES: Final[tuple[Row, ...]] = (
    Row("GET", "/", GATEWAY, PUBLIC, "get_start_page"),
    Row("GET", f"{PREFIX}/openapi.json", GATEWAY, PUBLIC, "get_api_document"),
    Row("GET", f"{PREFIX}/docs", GATEWAY, PUBLIC, "get_api_page"),
    Row("GET", f"{PREFIX}/docs.js", GATEWAY, PUBLIC, "get_api_page_script"),
    Row("GET", f"{PREFIX}/docs.css", GATEWAY, PUBLIC, "get_api_page_style"),
)
