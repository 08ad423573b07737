"""The time zones that a form offers: those of the United States in words. A browser's own joins them (`links.js`)."""

from __future__ import annotations

from typing import Final

TIME_ZONES: Final = (
    ("America/New_York", "Eastern time (New York)"),
    ("America/Chicago", "Central time (Chicago)"),
    ("America/Denver", "Mountain time (Denver)"),
    ("America/Phoenix", "Mountain time without daylight saving (Phoenix)"),
    ("America/Los_Angeles", "Pacific time (Los Angeles)"),
    ("America/Anchorage", "Alaska time (Anchorage)"),
    ("Pacific/Honolulu", "Hawaii time (Honolulu)"),
    ("America/Puerto_Rico", "Atlantic time (Puerto Rico)"),
    ("Pacific/Guam", "Chamorro time (Guam)"),
)


def zones_with(chosen: str) -> list[tuple[str, str]]:
    """Pairs of zone and words, with the one that is chosen among them."""
    known = list(TIME_ZONES)
    if chosen and chosen not in dict(known):
        known.append((chosen, chosen.replace("_", " ")))
    return known
