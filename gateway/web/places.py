"""Place of service codes (CMS) in the words of a form. Pure."""

from __future__ import annotations

from typing import Final

from shared.web.fields import PLACES_OF_SERVICE

PLACES: Final = {code: f"{words[:1].upper()}{words[1:]}" for code, words in PLACES_OF_SERVICE.items()}
OPTIONS: Final = tuple((code, f"{words} ({code})") for code, words in PLACES.items())
