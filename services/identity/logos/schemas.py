"""What a logo to send looks like."""

from __future__ import annotations

from shared.web.fields import Content, Stripped, about


class NewLogo(Stripped):
    """The logo that documents show from today on."""

    content = Content(
        required=True, metadata=about("The picture in base64: PNG or JPEG, at most 256 KB and 4,000 pixels a side.")
    )
