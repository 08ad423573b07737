"""One row of a route table, and the limits that rows name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.web.limits import JSON_BYTES_MAX

PREFIX: Final = "/api/v1"
GATEWAY: Final = "gateway"
# No shorter than the service's own limit of one statement (8 s): an answer that nobody waits for holds a slot there.
READ_SECONDS: Final = 10.0
TABLE_SECONDS: Final = 20.0  # reading a workbook may take the service 6 s, and each row is a member of staff


@dataclass(frozen=True, slots=True)
class Row:
    """One endpoint as the gateway knows it.

    `path` lies below `PREFIX` for a row of the API, and is the whole path of a page. `audit` is the action under
    which the service writes the request down; the gateway's own denials use it too. A page's `service` is the
    gateway; `asks` names the API rows ("GET /clients") that it puts together. The page of somebody signed in has the
    permission and the audit action of the first of them: who may not ask that, may not have the page.
    """

    method: str
    path: str
    service: str
    permission: str
    audit: str
    body_bytes_max: int = JSON_BYTES_MAX
    read_seconds: float = READ_SECONDS  # how long the service may take to answer
    file: bool = False  # the body is a form with a file in it, which goes through a temporary file
    streams: bool = False  # the service may go on answering for longer than `read_seconds`
    counts_failed_sign_ins: bool = False  # passwords, codes or secrets are tried here; wrong ones are counted
    signs_up: bool = False  # makes an organization for anybody; counted apart
    # A signature, or what lets somebody in from now on, sends money away or takes many records out: a browser's person
    # must have proved who they are within five minutes. `proves_for`: only where the JSON of the body, or the query of
    # a read, names one of these fields.
    proves: bool = False
    proves_for: frozenset[str] = frozenset()
    # A signature over what its person looks at: a browser's request says by `If-Match` which version that is.
    seen: bool = False
    asks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"
