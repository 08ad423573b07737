"""Bodies as their rows take them: whole, or spooled to a temporary file where a form brings a file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Final

from gateway.edge.bodies import Body
from gateway.edge.limits import ConcurrencyLimit, TooManyAtOnce
from gateway.edge.upstream import BulkheadFull
from gateway.route_table.row import GATEWAY, Row
from shared.web.spool import Content

FILES_AT_ONCE: Final = 32  # of all accounts; each of at most 10 MB
WAITING_MAX: Final = 50
WAIT_SECONDS: Final = 5.0


class Intake:
    """Reads bodies. So many files lie about at once, and some more requests wait for a place."""

    def __init__(self) -> None:
        self._files = ConcurrencyLimit(FILES_AT_ONCE, waiting_max=WAITING_MAX, wait_seconds=WAIT_SECONDS)

    @contextlib.contextmanager
    def content(self, row: Row, body: Body) -> Iterator[Content]:
        """The body; one with a file is gone after the block.

        A page that hands its file on holds two places, so pages have places apart from the API's.
        Raises as reading a `Body`, and `BulkheadFull` where no place is free in time.
        """
        if not row.file:
            yield body.read(row.body_bytes_max)
            return
        with contextlib.ExitStack() as places:
            try:
                places.enter_context(self._files.slot("pages" if row.service == GATEWAY else "API"))
            except TooManyAtOnce as error:
                raise BulkheadFull() from error
            yield places.enter_context(body.spooled(row.body_bytes_max))
