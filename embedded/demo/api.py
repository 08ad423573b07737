"""A small client of the gateway's API, as a practice's own program would have one."""

from __future__ import annotations

import time
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests

TRIES_MAX = 10
TIMEOUT_SECONDS = 15


class ApiError(Exception):
    """The gateway refused a request; the text is its problem document's code and detail."""


class Api:
    """Speaks JSON to the gateway as one signed-in person; waits and repeats when asked to (429, 503)."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.rstrip("/") + "/api/v1"
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.requests_sent = 0

    def sign_in(self, email: str, password: str) -> Api:
        """This person's own client; raises `ApiError`."""
        api = Api(self._base_url.removesuffix("/api/v1"))
        answer = api.post("/sessions", email=email, password=password)
        api._session.headers["Authorization"] = f"Bearer {answer['access_token']}"
        return api

    def get(self, path: str, **query: Any) -> Any:
        """GET; returns the JSON body."""
        return self._send("GET", path, params=query)

    def post(self, path: str, /, *, key: str | None = None, **body: Any) -> Any:
        """POST with an optional Idempotency-Key, which makes repeating it safe; returns the JSON body."""
        return self._send("POST", path, json=body, headers={"Idempotency-Key": key} if key else {})

    def patch(self, path: str, **body: Any) -> Any:
        """PATCH; returns the JSON body."""
        return self._send("PATCH", path, json=body)

    def put(self, path: str) -> Any:
        """PUT without a body; returns the JSON body."""
        return self._send("PUT", path)

    def _send(self, method: str, path: str, **options: Any) -> Any:
        for _ in range(TRIES_MAX):
            self.requests_sent += 1
            response = self._session.request(method, self._base_url + path, timeout=TIMEOUT_SECONDS, **options)
            if response.status_code not in (429, 503):
                break
            time.sleep(min(float(response.headers.get("Retry-After", "1")), 5))
        if not response.ok:
            problem = response.json()
            raise ApiError(f"{method} {path}: {response.status_code} {problem['code']}: {problem['detail']}")
        return response.json() if response.content else None
