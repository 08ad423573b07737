"""The agenda of eight people with forty appointments each: within its budget, and every card can be read."""

from __future__ import annotations

import statistics
from typing import Any, Final

import pytest
from playwright.sync_api import expect

from embedded.stack import Stack
from tests.browser.agenda import opened
from tests.practice import Practice
from tests.running import count

MONDAY: Final = "2026-04-06"
PEOPLE: Final = 8
EACH: Final = 40
DOM_NODES_MAX: Final = 3_000
HTML_BYTES_MAX: Final = 20_000  # of a usual week 15,000; here the ids alone, which no packing makes shorter, take 5,000
SECONDS_MAX: Final = 1.0  # four times the goal, which the bench measures: CI has two busy cores
# Cards on which one thing lies on another, or is cut off but for an ellipsis.
COVERED: Final = """
() => [...document.querySelectorAll(".appointment")].flatMap((card) => {
  const parts = [...card.querySelectorAll(".who, .when, .marks i, .word")].filter((part) => part.checkVisibility());
  const boxes = parts.map((part) => part.getBoundingClientRect());
  const frame = card.getBoundingClientRect();
  return boxes.flatMap((box, at) => [
    ...boxes.slice(at + 1)
      .filter((other) => Math.min(box.right, other.right) - Math.max(box.left, other.left) > 1 &&
        Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top) > 1.5)
      .map(() => `${parts[at].className} is covered: ${card.textContent}`),
    ...(box.bottom > frame.bottom + 1 || box.right > frame.right + 1 ? [`${parts[at].className} runs off`] : []),
  ]);
})
"""


@pytest.fixture(scope="module")
def practice(web_practice: Practice) -> Practice:
    """Eight clinicians and a front desk."""
    made = Practice(web_practice.url)
    for at in range(PEOPLE):
        made.add(f"clinician{at}", "therapist")
    assert made.staff_ids["desk"]
    return made


def fill_week(stack: Stack, practice: Practice) -> None:
    """One booking and its copies: of 20, 45, 50 and 60 minutes, eight a day, some kept, some with nothing said."""
    booked = practice.book(practice.new_client(given_name="Wilhelmina")[0], f"{MONDAY}T08:00", "clinician0")
    staff = [practice.staff_ids[f"clinician{at}"] for at in range(PEOPLE)]
    made = count(
        stack,
        "clinical",
        f"""
        WITH slots AS (
            SELECT left('{booked}', 24) || right(gen_random_uuid()::text, 12) AS id, staff_id,
                day * 24 + hour AS hours, (whose + day + hour) % 4 AS kind,
                (whose + hour * 3) % 4 AS fate
            FROM unnest('{{{",".join(staff)}}}'::uuid[]) WITH ORDINALITY of (staff_id, whose),
                generate_series(0, 4) day, generate_series(0, 7) hour
            WHERE whose + day + hour > 1
        ), made AS (
            INSERT INTO appointments SELECT (jsonb_populate_record(a, jsonb_build_object(
                'id', s.id, 'staff_id', s.staff_id, 'starts_at', a.starts_at + make_interval(hours => s.hours),
                'ends_at', a.starts_at + make_interval(hours => s.hours, mins => (ARRAY[20, 45, 50, 60])[s.kind + 1]),
                'status', (ARRAY['arrived', 'confirmed', 'booked', 'arrived'])[s.fate + 1]))).*
            FROM appointments a, slots s WHERE a.id = '{booked}' RETURNING organization_id, id, starts_at
        ), came AS (
            INSERT INTO attendees SELECT (jsonb_populate_record(t, jsonb_build_object(
                'appointment_id', m.id, 'starts_at', m.starts_at))).*
            FROM attendees t, made m WHERE t.appointment_id = '{booked}' RETURNING 1
        ) SELECT count(*) FROM came
        """,
    )
    assert made == PEOPLE * EACH - 1


def test_a_week_of_eight_people_with_forty_appointments_each_is_within_its_budget(
    desk: Any, embedded_stack: Stack, practice: Practice
) -> None:
    """B34: its size, its nodes and its time; on no card does one thing lie on another, alone or among the others'."""
    fill_week(embedded_stack, practice)
    at = opened(desk, practice, "owner", "/home")
    page = at.page
    page.wait_for_load_state("networkidle")
    with page.expect_response("**/agenda?*") as response:
        at.open(f"/agenda?view=week&on={MONDAY}&staff=")
    expect(page.locator(".appointment")).to_have_count(PEOPLE * EACH)
    received = response.value.request.sizes()["responseBodySize"]
    assert received <= HTML_BYTES_MAX, received
    assert page.evaluate("document.querySelectorAll('*').length") <= DOM_NODES_MAX
    times = page.evaluate(
        """async () => {
          const source = document.getElementById("agenda").dataset.source, taken = [];
          for (let n = 0; n < 5; n += 1) {
            const begun = performance.now();
            await (await fetch(source, { headers: { "HX-Request": "true" } })).text();
            taken.push((performance.now() - begun) / 1000);
          }
          return taken;
        }"""
    )
    assert statistics.median(times) <= SECONDS_MAX, times
    assert page.evaluate(COVERED) == []
    for people in (4, 2, 1):
        staff = ",".join(practice.staff_ids[f"clinician{at}"] for at in range(people))
        at.open(f"/agenda?view=week&on={MONDAY}&staff={staff}")
        expect(page.locator(".appointment")).to_have_count(people * EACH)
        assert page.evaluate(COVERED) == [], people
