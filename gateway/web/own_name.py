"""Under which name pages are served. No other one reaches them, though it leads to this machine.

Somebody can have a name of theirs lead here. A page of theirs under that name would be of the same origin as ours, so
that what the browser says of a request's origin proves nothing unless the name is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from gateway.web.session import LOCAL_NAMES
from shared.errors import Forbidden

_PORTS: Final = {"http": 80, "https": 443}


class OtherName(Forbidden):
    """A page is asked for under a name that is not the one in `PUBLIC_URL`."""

    code = "other_name"
    detail = "Caseload is not served under this name. Use the address that your practice was given."


@dataclass(frozen=True, slots=True)
class OwnName:
    """The host that browsers name, and with which ports; None: without one. No ports: any, of this machine's names.

    `address` is the whole of it, without a path, for the link of a page that refuses another name.
    """

    address: str
    host: str
    ports: frozenset[int | None]

    @classmethod
    def of(cls, public_url: str) -> OwnName:
        """As `https://practice.example` says it. A name of this machine, for development, stands for all of these.

        Raises `ValueError` for what is no address.
        """
        parts = urlsplit(public_url)
        if parts.scheme not in _PORTS or parts.hostname is None:
            raise ValueError(f"PUBLIC_URL: {public_url} is not an address")
        address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        if parts.hostname in LOCAL_NAMES:
            return cls(address, parts.hostname, frozenset())
        usual = _PORTS[parts.scheme]
        port = parts.port or usual
        return cls(address, parts.hostname, frozenset({port, None} if port == usual else {port}))

    def is_in(self, host: str) -> bool:
        """Whether a request's `Host` names it."""
        try:
            parts = urlsplit(f"//{host}")
            name, port = parts.hostname, parts.port
        except ValueError:
            return False
        return (name == self.host and port in self.ports) if self.ports else name in LOCAL_NAMES
