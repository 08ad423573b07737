"""The card of first steps, from what services tell."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from gateway.web.agenda.cards import Names, cards_of
from gateway.web.help.views import guide
from gateway.web.home.desk import left_of, unassigned, waiting
from gateway.web.home.month import month_in
from gateway.web.home.views import PARTS, next_up, setup_of
from gateway.web.page import ApiResponse
from shared.permissions import ADMINISTRATION, ALL, DEFAULT
from shared.web.setup import STEPS

TEXTS = [text for _, texts in PARTS for text in texts]
PAGES = {text.path for text in TEXTS if text.path}


def told(**done: Any) -> list[dict[str, Any]]:
    return [{"item": slug, "done": False, "count": None, "of": None, **done.get(slug, {})} for slug in STEPS]


def anybody_may(permission: str) -> bool:
    return permission in ADMINISTRATION


def test_the_card_has_every_step_that_services_tell_of_and_a_help_page_for_each() -> None:
    assert [text.slug for text in TEXTS] == list(STEPS)
    assert set(STEPS) <= set(guide())
    assert {text.permission for text in TEXTS} <= ALL


def test_clients_are_imported_by_those_who_may() -> None:
    ways = {
        may: [
            step.other_way.path for part in setup_of(told(), can, PAGES).parts for step in part.steps if step.other_way
        ]
        for may, can in ((True, anybody_may), (False, DEFAULT.__contains__))
    }
    assert ways == {True: ["/clients/import"], False: []}


def test_nothing_done_yet_starts_with_the_first_step() -> None:
    setup = setup_of(told(), anybody_may, PAGES)
    assert (setup.done, setup.steps, setup.complete) == (0, 8, False)
    assert setup.minutes_left == sum(text.minutes for text in TEXTS)
    following = [step.text.slug for part in setup.parts for step in part.steps if step.is_next]
    assert following == ["organization_settings"]


def test_all_done_is_complete() -> None:
    setup = setup_of([{"item": slug, "done": True, "count": 1, "of": None} for slug in STEPS], anybody_may, PAGES)
    assert setup.complete and setup.minutes_left == 0
    assert not any(part.open for part in setup.parts)


@pytest.mark.parametrize(
    ("count", "of", "words"),
    [
        (0, 3, "3 of 3 clients have nobody assigned"),
        (2, 3, "1 of 3 clients has nobody assigned"),
        (0, 1, "The client has nobody assigned"),
    ],
)
def test_clients_with_nobody_are_counted(count: int, of: int, words: str) -> None:
    setup = setup_of(told(assignments={"count": count, "of": of}), anybody_may, PAGES)
    assert words in [step.words for part in setup.parts for step in part.steps]


def test_what_a_service_that_is_away_knows_is_not_known_and_not_done() -> None:
    here = [item for item in told() if item["item"] not in ("services", "invoice")]
    setup = setup_of(here, anybody_may, PAGES)
    unknown = {step.text.slug for part in setup.parts for step in part.steps if step.done is None}
    assert unknown == {"services", "invoice"} and not setup.complete


def test_who_may_not_take_a_step_is_not_sent_there() -> None:
    setup = setup_of(told(), lambda permission: permission in DEFAULT, PAGES)
    allowed = {step.text.slug for part in setup.parts for step in part.steps if step.allowed}
    assert allowed == {"clients"}
    assert [step.text.slug for part in setup.parts for step in part.steps if step.is_next] == ["clients"]


def test_a_step_without_a_page_leads_to_none() -> None:
    setup = setup_of(told(), anybody_may, {"/settings"})
    paths = {step.text.slug: step.path for part in setup.parts for step in part.steps}
    assert paths["organization_settings"] == "/settings" and paths["services"] == ""


def appointment(begins: str, status: str, *, overridden: bool = False) -> dict[str, Any]:
    starts_at = datetime.fromisoformat(f"2026-11-18T{begins}:00+00:00")
    return {
        "id": begins,
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(minutes=50)).isoformat(),
        "time_zone": "Etc/UTC",
        "status": status,
        "staff_id": "01a21d96-31c7-7370-8f57-1475e5ffd48f",
        "clients": [{"id": "1", "name": "Ada"}],
        "service_type_id": "1",
        "location_id": None,
        "telehealth": None,
        "overridden": overridden,
        "documented": False,
    }


def test_the_front_desk_sees_attendance_to_set_first_and_then_who_is_still_to_come() -> None:
    now = datetime(2026, 11, 18, 12, 30, tzinfo=UTC)
    items = [
        appointment("09:00", "arrived"),
        appointment("10:00", "booked"),
        appointment("12:00", "arrived"),
        appointment("14:00", "booked", overridden=True),
        appointment("15:00", "confirmed"),
        appointment("16:00", "booked"),
    ]
    cards = cards_of(items, Names({}, {}, {}), now)
    assert [card.id for card in left_of(cards)] == ["10:00", "12:00", "14:00", "15:00", "16:00"]
    assert [kind.words for kind in waiting(cards, "/agenda")] == [
        "1 appointment today in spite of a conflict",
        "2 appointments today to confirm",
    ]
    assert waiting(cards[:1], "/agenda") == []


@pytest.mark.parametrize(
    ("count", "more", "words"),
    [
        (0, None, []),
        (1, None, ["1 client has nobody assigned"]),
        (3, None, ["3 clients have nobody assigned"]),
        (50, "further", ["50 or more clients have nobody assigned"]),
    ],
)
def test_clients_to_whom_nobody_is_assigned(count: int, more: str | None, words: list[str]) -> None:
    clients = ApiResponse(200, {"items": [{}] * count, "next_cursor": more})
    assert [kind.words for kind in unassigned(clients, assigns=False)] == words
    assert unassigned(ApiResponse(503, {}), assigns=True) == []


def test_a_session_of_a_group_has_the_groups_name_as_far_as_it_is_known() -> None:
    clients = [{"id": "a", "name": "Ada Client"}, {"id": "b", "name": None}]
    begins = {"starts_at": "2026-10-06T13:00:00Z", "time_zone": "America/New_York"}
    coming = [{**begins, "clients": clients, "group_id": "g"}, {**begins, "clients": clients[:1], "group_id": None}]
    today = datetime(2026, 10, 6, tzinfo=UTC).date()
    shown = [(who, path) for _, who, path in next_up(coming, {"g": "Tuesday evening"}, today)]
    assert shown == [("Tuesday evening", "/groups/g"), ("Ada Client", "/clients/a")]
    assert next_up(coming[:1], {}, today)[0][1:] == ("Ada Client, A client", "")


@pytest.mark.parametrize(
    ("today", "before"),
    [("2026-11-18", ("Oct 1 to 18", "$30.00")), ("2026-03-31", ("Feb 1 to 28", "$0.00"))],
)
def test_this_month_is_summed_up_beside_the_last_one_up_to_the_same_day(today: str, before: tuple[str, str]) -> None:
    month = today[:7]
    items = [
        {"on": today, "method": "cash", "count": 1, "amount_cents": 1_000},
        {"on": f"{month}-01", "method": "card", "count": 2, "amount_cents": 9_000},
        {"on": "2026-10-19", "method": "card", "count": 1, "amount_cents": 4_000},
        {"on": "2026-10-18", "method": "card", "count": 1, "amount_cents": 3_000},
    ]
    found = month_in([item for item in items if item["on"] <= today], date.fromisoformat(today))
    assert found is not None and found.payments == "3 payments" and found.before == before
    assert dict(found.sums) == {"Cash": "$10.00", "Card": "$90.00", "In all": "$100.00"}
    assert month_in([], date.fromisoformat(today)) is None
