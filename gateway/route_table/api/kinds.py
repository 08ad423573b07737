"""Rows of one kind."""

from __future__ import annotations

from gateway.route_table.row import TABLE_SECONDS, Row
from shared.web.limits import UPLOAD_BYTES_MAX


def table_of_people(path: str, service: str, permission: str, audit: str, *, proves: bool = False) -> Row:
    """A row that takes a table as a file: CSV or a workbook, each row somebody who is added."""
    return Row("POST", path, service, permission, audit, UPLOAD_BYTES_MAX, TABLE_SECONDS, file=True, proves=proves)
