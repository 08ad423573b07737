"""How long a request's body may be. The gateway refuses a longer one before it asks a service, which refuses it too."""

from __future__ import annotations

from typing import Final

JSON_BYTES_MAX: Final = 256 * 1024
NOTE_BYTES_MAX: Final = 1024 * 1024  # what carries a note or a picture
UPLOAD_BYTES_MAX: Final = 10 * 1024 * 1024  # what carries a file, with the lines around it
