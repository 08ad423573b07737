"""How long a request's body may be. The gateway refuses a longer one before it asks a service, which refuses it too."""

from __future__ import annotations

from typing import Final

JSON_BYTES_MAX: Final = 256 * 1024
NOTE_BYTES_MAX: Final = 1024 * 1024  # what carries a note, a picture or a table
