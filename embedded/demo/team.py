"""The staff of the demo at their desks: a client of the API each, some of them working at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any, Final

import requests

from embedded.api_client import ApiClient
from embedded.demo.practice import Person

ATTEMPTS: Final = 20  # of a request that is to come back later
AT_ONCE: Final = 5
SIGNED_OUT: Final = 401

Task = Callable[[], object]


def and_say(done: Task, task: Task) -> Task:
    """The task, after which `done` is called."""

    def both() -> None:
        task()
        done()

    return both


class Member(ApiClient):
    """One member of staff, who signs in before the first request, and again when their session has ended."""

    def __init__(self, url: str, email: str, password: str) -> None:
        super().__init__(url, attempts=ATTEMPTS)
        self._sign_in_as = {"email": email, "password": password}
        self._front = ApiClient(url, attempts=ATTEMPTS)
        self._turn = threading.Lock()

    @property
    def all_requests(self) -> int:
        """Their requests, with those that signed them in."""
        return self.requests_sent + self._front.requests_sent

    def leave_desk(self) -> None:
        """The session is over: the clock is about to jump."""
        self.token = None

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """Any request, signed in."""
        token = self._signed_in(None)
        response = super().call(method, path, **options)
        if response.status_code == SIGNED_OUT:
            self._signed_in(token)
            response = super().call(method, path, **options)
        return response

    def _signed_in(self, refused: str | None) -> str:
        with self._turn:
            if self.token is None or self.token == refused:
                self.token = str(self._front.post("/sessions", self._sign_in_as)["access_token"])
                self.session.headers["Authorization"] = f"Bearer {self.token}"
            return self.token


class Team:
    """Everybody, by given name."""

    def __init__(self, url: str, password: str) -> None:
        self._url, self._password = url, password
        self._members: dict[str, Member] = {}
        self.ids: dict[str, str] = {}  # by given name
        self._pool = ThreadPoolExecutor(AT_ONCE)

    def join(self, person: Person, staff_id: str) -> None:
        """Somebody has an account now."""
        self._members[person.given_name] = Member(self._url, person.email, self._password)
        self.ids[person.given_name] = staff_id

    def __getitem__(self, person: Person) -> Member:
        return self._members[person.given_name]

    def id_of(self, person: Person) -> str:
        """Their id in the API."""
        return self.ids[person.given_name]

    def leave_desks(self) -> None:
        """Everybody goes home: the next requests sign in anew."""
        for member in self._members.values():
            member.leave_desk()

    def do(self, tasks: Iterable[Task]) -> None:
        """Some tasks, several at once. Raises what one of them raised."""
        under_way = [self._pool.submit(task) for task in tasks]
        try:
            for task in as_completed(under_way):
                task.result()
        finally:
            for task in under_way:
                task.cancel()

    def go_home(self) -> None:
        """The end: what has not begun is not done."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def requests_sent(self) -> int:
        """By everybody."""
        return sum(member.all_requests for member in self._members.values())
