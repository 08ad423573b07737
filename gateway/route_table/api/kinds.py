"""Rows of one kind."""

from __future__ import annotations

from gateway.route_table.row import TABLE_SECONDS, Row
from shared.web.limits import UPLOAD_BYTES_MAX


def table_of_people(path: str, service: str, permission: str, audit: str, *, proves: bool = False) -> Row:
    """A row that takes a table as a file: CSV or a workbook, each row somebody who is added."""
    return Row("POST", path, service, permission, audit, UPLOAD_BYTES_MAX, TABLE_SECONDS, file=True, proves=proves)


def report_of_clients(name: str, service: str, audit: str) -> Row:
    """A row that answers a report about clients: page by page, or the whole as a file, which takes a proof."""
    path, permission = f"/reports/clients/{name}", "client_reports:read"
    return Row("GET", path, service, permission, audit, streams=True, proves_for=frozenset({"format"}))
