"""An SMTP server on loopback that keeps what it is sent: for tests of mail."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any


class _Session(socketserver.StreamRequestHandler):
    server: SmtpServer

    def handle(self) -> None:
        """One connection: just the commands that a client needs."""
        if self.server.silent:
            self.rfile.read()
            return
        self._say(b"220 test")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                self._say(b"250 test")
            elif verb == b"DATA":
                self._say(b"354 go on")
                content = b""
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    content += part[1:] if part.startswith(b".") else part
                time.sleep(self.server.seconds_to_keep)  # a slow server is what it plays
                if self.server.refuses:
                    self._say(b"451 try later")
                else:
                    self.server.received.append(message_from_bytes(content))
                    self._say(b"250 kept")
            elif verb == b"QUIT":
                self._say(b"221 bye")
                return
            else:
                self._say(b"250 ok")

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


class SmtpServer(socketserver.ThreadingTCPServer):
    """Keeps messages in `received`; `refuses` makes it answer that it will take them later, `silent` not at all.

    It takes `seconds_to_keep` for each.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.received: list[Message[Any, Any]] = []
        self.refuses = False
        self.silent = False
        self.seconds_to_keep = 0.0
        super().__init__(("127.0.0.1", 0), _Session)

    @property
    def url(self) -> str:
        """As `SMTP_URL` takes it."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"


@contextmanager
def smtp_server() -> Iterator[SmtpServer]:
    """A server that runs while the block does."""
    with SmtpServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
