"""How values read on a page: American dates in words, a 12-hour clock, money with its sign. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import phonenumbers

from shared.calendar_words import clock_in_words, time_in_words

MINUS: Final = "\u2212"
NARROW_SPACE: Final = "\u202f"
NORTH_AMERICA: Final = 1  # its country code
AREA_AND_NUMBER: Final = 10  # digits of a number there


def money(cents: int | None) -> str:
    """`$1,234.50`; a true minus sign in front of what is owed back."""
    if cents is None:
        return ""
    return f"{MINUS if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02}"


def dollars(cents: int | None) -> str:
    """The same as somebody types it into a form: `1234.50`."""
    return "" if cents is None else f"{MINUS if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"


def day(value: str | date | None, today: date | None = None) -> str:
    """`Today`, `Tue, Nov 17`, and with the year where it is another one than `today`'s."""
    if value is None:
        return ""
    on = date.fromisoformat(value) if isinstance(value, str) else value
    if today is not None and on == today:
        return "Today"
    if today is not None and on == today - timedelta(days=1):
        return "Yesterday"
    year = f", {on.year}" if today is None or on.year != today.year else ""
    return f"{on:%a}, {on:%b} {on.day}{year}"


def day_within(value: str | date | None, today: date) -> str:
    """`today`, `yesterday`, `Tue, Nov 17`: a day as it stands within a sentence."""
    words = day(value, today)
    return words.lower() if words in ("Today", "Yesterday") else words


def short_day(on: date, today: date) -> str:
    """`Today`, `Nov 17`, and with the year where it is another one than `today`'s: for narrow columns."""
    if on == today:
        return "Today"
    return f"{on:%b} {on.day}{'' if on.year == today.year else f', {on.year}'}"


def long_day(on: date) -> str:
    """`Wednesday, November 18`."""
    return f"{on:%A}, {on:%B} {on.day}"


def clock_time(at: datetime) -> str:
    """`2:05 pm`."""
    return time_in_words(at.time()).replace(" ", NARROW_SPACE)


def hour(value: str) -> str:
    """`2:05 pm` of a time of day as the API writes it, `14:05`; `midnight` of the end of a day."""
    return clock_in_words(value).replace(" ", NARROW_SPACE)


def moment(value: str | None, zone: str, now: datetime) -> str:
    """`Today, 2:05 pm`: an instant of the API on the practice's clock."""
    if not value:
        return ""
    here = ZoneInfo(zone)
    at = datetime.fromisoformat(value).astimezone(here)
    return f"{day(at.date(), now.astimezone(here).date())}, {clock_time(at)}"


def moment_within(value: str | None, zone: str, now: datetime) -> str:
    """`today, 2:05 pm`: an instant of the API as it stands within a sentence."""
    words = moment(value, zone, now)
    return words[:1].lower() + words[1:] if words.startswith(("Today", "Yesterday")) else words


def greeting(at: datetime) -> str:
    """What one says at that hour."""
    if at.hour < 12:
        return "Good morning"
    return "Good afternoon" if at.hour < 18 else "Good evening"


def initials(given_name: str, family_name: str) -> str:
    """`MO`: what stands in the round picture of somebody."""
    return "".join(name.strip()[:1] for name in (given_name, family_name)).upper()


def hue(identifier: str) -> str:
    """One of the eight colours for a person of whom only the id is known; the same id always gets the same colour."""
    return f"c{int(identifier[-6:-4], 16) % 8 + 1}"  # the last four digits are the same in a whole practice


def phone(number: str | None) -> str:
    """`(212) 555-0147` of a stored number with the country code 1, `+44 1632 960961` of any other.

    What cannot be read as an international number stays as it is: a form shows what somebody typed.
    """
    try:
        parsed = phonenumbers.parse(number or "", None)
    except phonenumbers.NumberParseException:
        return number or ""
    formats = phonenumbers.PhoneNumberFormat
    national = parsed.country_code == NORTH_AMERICA and len(str(parsed.national_number)) == AREA_AND_NUMBER
    return str(phonenumbers.format_number(parsed, formats.NATIONAL if national else formats.INTERNATIONAL))


def count(number: int, noun: str, many: str | None = None) -> str:
    """`1 service`, `6 services`."""
    return f"{number:,} {noun if number == 1 else many or noun + 's'}"


def named(query: str) -> str:
    """What was searched as the name of somebody new: `Lena K`; empty where it is none."""
    words = query.split()
    if not words or any(character.isdigit() for character in query):
        return ""
    return " ".join(word[:1].upper() + word[1:] for word in words)
