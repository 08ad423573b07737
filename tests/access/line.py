"""One person's own connection to the gateway, kept open: what it costs to ask is mostly what it costs to answer.

`embedded.api_client.ApiClient` is easier to write tests with, and takes as long over a request as the gateway does.
"""

from __future__ import annotations

import http.client
import json
import select
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from urllib3.filepost import encode_multipart_formdata

from embedded.api_client import ApiClient as Client


@dataclass(frozen=True, slots=True)
class Question:
    """A request, ready to be sent by anybody."""

    method: str
    target: str
    body: bytes | None
    content_type: str = "application/json"

    @classmethod
    def of(
        cls, method: str, path: str, body: Any | None, query: Mapping[str, Any] | None, file: bytes | None = None
    ) -> Question:
        """The request to a path below /api/v1; with a file it is a form, and `body` its texts."""
        target = f"/api/v1{path}" + (f"?{urlencode(query)}" if query else "")
        if file is not None:
            form, content_type = encode_multipart_formdata({**(body or {}), "file": ("file", file)})
            return cls(method, target, form, content_type)
        return cls(method, target, None if body is None else json.dumps(body).encode())


@dataclass(frozen=True, slots=True)
class Response:
    """What came back."""

    status: int
    content: bytes

    def json(self) -> Any:
        """The body."""
        return json.loads(self.content)


class Line:
    """A connection with somebody's token; it opens when it is first used, and again when the gateway closed it."""

    def __init__(self, person: Client) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(person.url).netloc, timeout=30)
        self._headers = {"Authorization": f"Bearer {person.token}", "Accept": "*/*"}

    def ask(self, question: Question) -> Response:
        """Send it and read the whole answer."""
        if self._connection.sock and select.select([self._connection.sock], [], [], 0)[0]:
            self._connection.close()  # the gateway closed it in the meantime
        headers = self._headers if question.body is None else {**self._headers, "Content-Type": question.content_type}
        self._connection.request(question.method, question.target, question.body, headers)
        response = self._connection.getresponse()
        return Response(response.status, response.read())

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
