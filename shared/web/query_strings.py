"""What every query string must be, of the API and of pages alike."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from shared.errors import Unparsable


def ensure_text(query: bytes) -> None:
    """Whether a query string writes UTF-8 (RFC 3986, section 2.5); raises `Unparsable`.

    Werkzeug keeps what does not as it came, so that two spellings would look for the same letters.
    """
    try:
        unquote_to_bytes(query).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unparsable("The query string is not UTF-8.") from error
