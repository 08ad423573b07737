"""What a logo to send looks like."""

from __future__ import annotations

from shared.web.fields import Content, Stripped


class NewLogo(Stripped):
    """A picture."""

    content = Content(required=True, metadata={"description": "PNG or JPEG in base64, at most 256 KB."})
