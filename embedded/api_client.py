"""A small client of the gateway's API, as a practice's own program would have one. The demo, tests and bench use it.

It stands here, not in `shared`: it needs `requests`, which no container has, and tests may import the embedded stack.
"""

from __future__ import annotations

import time
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final

import requests

TIMEOUT_SECONDS: Final = 30
WAIT_SECONDS_MAX: Final = 5.0
COME_BACK: Final = (429, 503)
PROBLEM: Final = "application/problem+json"
TEXT_MAX: Final = 2_000


class ApiError(Exception):
    """The gateway answered with another status than expected; the text names the request and shows the answer."""


class ApiClient:
    """HTTP to the gateway as one person, or as nobody. Paths are those below /api/v1."""

    def __init__(self, url: str, token: str | None = None, *, attempts: int = 1) -> None:
        """`attempts` is how often a request is sent that is answered with 429 or 503: with 1 it is not repeated."""
        self.url = url.rstrip("/")
        self.token = token
        self.requests_sent = 0
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._attempts = attempts
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def sign_in(self, email: str, password: str) -> ApiClient:
        """This person's own client; raises `ApiError`."""
        tokens = self.post("/sessions", {"email": email, "password": password})
        return ApiClient(self.url, tokens["access_token"], attempts=self._attempts)

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """Any request, whatever its answer is; `options` are those of `requests`."""
        for attempt in range(1, self._attempts + 1):
            self.requests_sent += 1
            response = self.session.request(method, f"{self.url}/api/v1{path}", timeout=TIMEOUT_SECONDS, **options)
            if response.status_code not in COME_BACK or attempt == self._attempts:
                break
            time.sleep(min(float(response.headers.get("Retry-After", "1")), WAIT_SECONDS_MAX))
        return response

    def get(self, path: str, expect: int = 200, **query: Any) -> Any:
        """GET; returns the JSON body. Raises `ApiError`, as all below do, for any status but `expect`."""
        return self._expect(self.call("GET", path, params=query), expect)

    def post(self, path: str, body: dict[str, Any] | None = None, expect: int = 201, **headers: str) -> Any:
        """POST; returns the JSON body. Header names are given with underscores."""
        options = {"json": body} if body is not None else {}
        return self._expect(self.call("POST", path, headers=_named(headers), **options), expect)

    def patch(self, path: str, body: dict[str, Any], expect: int = 200, **headers: str) -> Any:
        """PATCH; returns the JSON body."""
        return self._expect(self.call("PATCH", path, json=body, headers=_named(headers)), expect)

    def put(self, path: str, expect: int = 200) -> Any:
        """PUT without a body; returns the JSON body."""
        return self._expect(self.call("PUT", path), expect)

    def upload(self, path: str, name: str, content: bytes, expect: int = 202, **fields: str) -> Any:
        """POST of a file with this name, and of text fields, as a form; returns the JSON body."""
        return self._expect(self.call("POST", path, files={"file": (name, content)}, data=fields), expect)

    def delete(self, path: str, expect: int = 200) -> Any:
        """DELETE; returns the JSON body."""
        return self._expect(self.call("DELETE", path), expect)

    @staticmethod
    def _expect(response: requests.Response, status: int) -> Any:
        kind = response.headers.get("Content-Type", "")
        if response.status_code != status or (status >= 400 and kind != PROBLEM):
            request = f"{response.request.method} {response.request.path_url}"
            raise ApiError(f"{request}: {response.status_code} {kind}, not {status}: {response.text[:TEXT_MAX]}")
        return response.json() if response.content else None


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
