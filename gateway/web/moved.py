"""Pages about a client who was merged into another one: they are found at the address of who stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Request, Response

MOVED: Final = 308  # the API's status: who stays has another id
CLIENT: Final = "client_id"


class PageMoved(Exception):
    """The page is about a client who was merged into another one. It is found at `address`."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__()

    def response(self) -> Response:
        """What leads the browser there, with the same method and form. It keeps nothing: a merge may be taken back."""
        return Response(status=MOVED, headers={"Location": self.address, "Cache-Control": "no-store"})


def followed(request: Request, ids: Mapping[str, str], problem: Mapping[str, Any]) -> Mapping[str, str]:
    """The ids of a question to the API, with who stays in place of who was merged, as its `problem` says.

    Raises `PageMoved` where the page's own address names that client: it has another one now.
    """
    old, new = ids[CLIENT], str(problem["errors"][0]["value"])
    query = request.query_string.decode("latin-1")
    address = f"{request.path}?{query}" if query else request.path
    if old in address:
        raise PageMoved(address.replace(old, new))
    return {**ids, CLIENT: new}
