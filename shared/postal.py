"""States and ZIP codes of the United States Postal Service (Publication 28, appendix B; L002, three-digit prefixes).

The first three digits of a ZIP code belong to the state that its mail is sorted in. A few prefixes serve places of two.
"""

from __future__ import annotations

from typing import Final

# State or territory -> the first and the last prefix of each of its ranges.
_RANGES: Final[dict[str, str]] = {
    "AL": "350-369",
    "AK": "995-999",
    "AZ": "850-865",
    "AR": "716-729",
    "CA": "900-961",
    "CO": "800-816",
    "CT": "060-069",
    "DE": "197-199",
    "DC": "200-205 569-569",
    "FL": "320-349",
    "GA": "300-319 398-399",
    "HI": "967-968",
    "ID": "832-838",
    "IL": "600-629",
    "IN": "460-479",
    "IA": "500-528",
    "KS": "660-679",
    "KY": "400-427",
    "LA": "700-714",
    "ME": "039-049",
    "MD": "206-219",
    "MA": "010-027 055-055",
    "MI": "480-499",
    "MN": "550-567",
    "MS": "386-397",
    "MO": "630-658",
    "MT": "590-599",
    "NE": "680-693",
    "NV": "889-898",
    "NH": "030-038",
    "NJ": "070-089",
    "NM": "870-884",
    "NY": "005-005 063-063 100-149",  # 06390 is Fishers Island
    "NC": "270-289",
    "ND": "580-588",
    "OH": "430-459",
    "OK": "730-749",
    "OR": "970-979",
    "PA": "150-196",
    "RI": "028-029",
    "SC": "290-299",
    "SD": "570-577",
    "TN": "370-385",
    "TX": "733-733 739-739 750-799 885-885",
    "UT": "840-847",
    "VT": "050-059",
    "VA": "201-201 220-246",
    "WA": "980-994",
    "WV": "247-268",
    "WI": "530-549",
    "WY": "820-831 834-834",  # 83414 is Alta
    "AS": "967-967",
    "FM": "969-969",
    "GU": "969-969",
    "MH": "969-969",
    "MP": "969-969",
    "PR": "006-007 009-009",
    "PW": "969-969",
    "VI": "008-008",
    "AA": "340-340",
    "AE": "090-099",
    "AP": "962-966",
}
STATES: Final = frozenset(_RANGES)


def zip_belongs(zip_code: str, state: str) -> bool:
    """Whether the mail of a ZIP or ZIP+4 code is sorted in `state`, one of `STATES`."""
    ranges = (part.partition("-") for part in _RANGES[state].split())
    return any(first <= zip_code[:3] <= last for first, _, last in ranges)
