"""The card of a clinician's month on Home."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from gateway.web.home.own_month import HEIGHT, WEEKS, own_month_in, question

TODAY = date(2026, 3, 30)  # a Monday; the month before is shorter


def day(on: str, sessions: int, minutes: int = 0) -> dict[str, Any]:
    return {"on": on, "sessions": sessions, "minutes": minutes or sessions * 50}


def test_the_month_stands_beside_the_one_before_up_to_the_same_day() -> None:
    month = own_month_in(
        [day("2026-02-01", 2), day("2026-02-28", 1), day("2026-03-01", 3), day("2026-03-30", 1)], TODAY
    )
    assert month is not None
    assert month.sums == [("Sessions kept", "4"), ("Hours", "3.5")]
    assert month.before == ("Feb 1 to 28", "3 sessions"), "of a shorter month all of it"
    early = own_month_in([day("2026-02-02", 2), day("2026-02-04", 1)], date(2026, 3, 3))
    assert early is not None and early.before == ("Feb 1 to 3", "2 sessions")
    assert own_month_in([], TODAY) is None


def test_each_week_has_a_bar_by_its_number_and_the_picture_says_them() -> None:
    month = own_month_in([day("2026-01-12", 4), day("2026-03-29", 2), day("2026-03-30", 1)], TODAY)
    assert month is not None and len(month.weeks) == WEEKS
    assert [week.sessions for week in month.weeks] == [4, *[0] * 9, 2, 1]
    assert [week.height for week in month.weeks] == [HEIGHT, *[1] * 9, HEIGHT // 2, HEIGHT // 4]
    assert all(week.y + week.height == HEIGHT for week in month.weeks)
    assert [week.current for week in month.weeks] == [False] * (WEEKS - 1) + [True]
    assert month.words.endswith("4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1") and month.width == 234


def test_the_question_covers_the_weeks_and_the_month_before_and_never_asks_for_too_many_days() -> None:
    for at in range(400):
        today = date(2026, 1, 1) + timedelta(days=at)
        first = date.fromisoformat(question(today).query["from"])
        assert first <= today - timedelta(weeks=WEEKS - 1) and (today - first).days < 120
        assert first <= (today.replace(day=1) - timedelta(days=1)).replace(day=1)
