"""Every page while one of the services is away: what does not come from it is shown, and nothing breaks."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Final

import pytest

from embedded.stack import Stack
from shared.ports import reserve_port
from shared.services import SERVICES
from tests.access.test_pages import Window
from tests.browser.visits import SIGNED_IN
from tests.practice import Practice
from tests.running import another_gateway

EMERGENCY: Final = "/settings/emergency-access"
# Pages that are about a record of the service: without it there is no page.
ABOUT: Final = {
    "identity": ("/account", "/activity", "/settings"),
    "clients": ("/clients", "/intake", "/jobs", "/work-items/clients", "/payments/new", "/agenda/new")
    + ("/settings/client-fields",),
    "clinical": ("/agenda", "/notes", "/intake", "/clients/{client_id}/plan", "/clients/{client_id}/cases", EMERGENCY)
    + ("/groups", "/work-items/clinical", "/clients/reports/not-seen", "/clients/reports/active"),
    "billing": ("/invoices", "/payments", "/settings/services", "/clients/{client_id}/ledger"),
}


class Line:
    """A connection to a server that can be cut: from then on nobody answers."""

    def __init__(self, to: int) -> None:
        self.port = reserve_port()
        self._to = to
        self._open: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Refuse whatever comes, and end what is under way."""
        for end in (self._listening, *self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                self._open += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=_pump, args=(source, sink), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while content := source.recv(65_536):
            sink.sendall(content)
        sink.shutdown(socket.SHUT_WR)


@pytest.fixture(scope="module")
def practice(embedded_stack: Stack) -> Practice:
    """A practice with something on every page, for its owner."""
    made = Practice(embedded_stack.url)
    for way in SIGNED_IN.values():
        way(made)
    return made


@pytest.fixture(scope="module", params=SERVICES)
def away(request: pytest.FixtureRequest, embedded_stack: Stack, practice: Practice) -> Iterator[tuple[str, Window]]:
    """The owner's browser at a gateway that has known them for a while, and has just lost that service."""
    service: str = request.param
    line = Line(embedded_stack.ports[service])
    address = {f"{service.upper()}_URL": f"http://127.0.0.1:{line.port}"}
    with another_gateway(embedded_stack, **address) as url:
        window = Window(practice, "owner")
        window.url = url
        assert window.get("/home").status_code == 200
        line.cut()
        yield service, window


@pytest.mark.parametrize("page", [name for name in SIGNED_IN if name != "GET /home"])
def test_a_page_shows_what_the_others_have(away: tuple[str, Window], practice: Practice, page: str) -> None:
    service, window = away
    response = window.get(SIGNED_IN[page](practice))
    is_about_it = page.removeprefix("GET ").startswith(ABOUT[service])
    assert response.status_code == 200 or (is_about_it and response.status_code == 503), response.text[:2000]
    assert "internal_error" not in response.text


def test_home_is_there_whatever_is_away(away: tuple[str, Window]) -> None:
    """Home is where a page that is missing leads."""
    _, window = away
    assert window.get("/home").status_code == 200
