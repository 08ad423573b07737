"""What the page of an import shows, from what the API says of it."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.web.client_import import deciding, rows, views


def imported(**facts: Any) -> dict[str, Any]:
    counts = {"created": 2, "created_with_problem": 0, "errors": 1, "duplicates": 0, "needs_decision": 0, "decided": 0}
    undone = {"undone_at": None}
    return {"state": "done", "dry_run": True, **undone, "rows_total": 3, "error": None, "counts": counts, **facts}


@pytest.mark.parametrize(
    ("facts", "steps"),
    [
        ({"state": "running"}, ["yes", "now", ""]),
        ({}, ["yes", "now", ""]),
        ({"dry_run": False, "state": "running"}, ["yes", "yes", "now"]),
        ({"dry_run": False}, ["yes", "yes", "yes"]),
        ({"dry_run": False, "state": "failed"}, ["yes", "yes", "now"]),
    ],
)
def test_the_steps_say_how_far_an_import_has_come(facts: dict[str, Any], steps: list[str]) -> None:
    assert [state for _, state in views.steps_of(imported(**facts))] == steps
    assert [state for _, state in views.steps_of(None)] == ["now", "", ""]


def test_the_heading_names_what_is_wrong_with_a_file_before_the_state() -> None:
    unread = imported(state="failed", rows_total=0, error={"code": "encrypted", "detail": "Save it without one."})
    assert views.heading_of(unread) == "The workbook has a password"
    gave_up = imported(state="failed", error={"code": "gave_up", "detail": "Try again."})
    assert views.heading_of(gave_up) == "The check stopped before its end"
    assert views.heading_of(imported(dry_run=False)) == "The import is done"
    assert views.heading_of(imported(dry_run=False, undone_at="2026-01-02T03:04:05Z")) == "The import is undone"


def test_the_rows_that_need_a_look_come_first_and_those_of_an_old_import_are_not_counted() -> None:
    assert [(number, words) for number, words, _ in views.figures_of(imported())] == [
        (2, "ready"),
        (0, "possible duplicates"),
        (0, "duplicates"),
        (1, "with errors"),
    ]
    assert views.listed_result(imported(), "") == "error"
    assert views.listed_result(imported(), "created") == "error", "a dry run has nobody who is added"
    assert views.listed_result(imported(dry_run=False), "created") == "created"
    old = imported(counts=dict.fromkeys(imported()["counts"], 0))
    assert views.is_forgotten(old) and not views.is_forgotten(imported())
    assert not views.is_forgotten({**old, "state": "cancelled"}) and not views.is_forgotten({**old, "rows_total": 0})


def test_a_row_has_the_name_that_the_file_gives_and_names_only_clients_who_may_be_seen() -> None:
    candidates = [
        {"client_id": known, "score": 80, "reasons": ["same_contact"]} for known in ("seen-client", "hidden-client")
    ]
    item = {
        "row": 3,
        "client_id": None,
        "values": {"full_name": "Near, Bob", "email": "bob@example.org"},
        "errors": [{"field": "email", "code": "invalid", "detail": "Enter an e-mail address."}],
        "candidates": candidates,
        "decision": None,
        "staff_id": "a-therapist",
        "opening_balance_cents": -1200,
        "next_appointment_at": "2027-03-14T18:30:00Z",
        "booking": "booked",
        "appointment_id": "an-appointment",
    }
    row, nameless = rows.rows_of([item, {**item, "values": {}}], {"seen-client": "Robert Near"}, {})
    assert (row.therapist, rows.rows_of([item], {}, {"a-therapist": "Zoë Müller"})[0].therapist) == ("", "Zoë Müller")
    assert row.balance == "−$12.00"
    assert (row.coming.rpartition(", 6:30")[2], row.coming_path) == (
        "\u202fpm, booked",
        "/agenda/appointments/an-appointment",
    )
    assert nameless.name == "No name"
    assert (row.name, row.reached, row.path) == ("Near, Bob", "bob@example.org", "")
    assert (row.wrong[0].words, row.wrong[0].value) == ("E-mail: Enter an e-mail address.", "bob@example.org")
    assert [(each.name, each.path) for each in row.alike] == [
        ("Robert Near", "/clients/seen-client"),
        ("A client whom you may not see", ""),
    ]
    assert row.alike[0].words == "Same phone or e-mail (80 of 100)"


def test_a_row_stands_beside_a_client_and_only_what_both_say_differs() -> None:
    item = {
        "row": 3,
        "date_of_birth": "1981-01-02",
        "values": {"given_name": "NEAR", "date_of_birth": "1/2/1981", "phone": "+12125550199", "email": "B@x.test"},
    }
    client = {
        "id": "a-client",
        "display_name": "Bob Near",
        "given_name": "Robert",
        "middle_name": None,
        "family_name": "Near",
        "name_suffix": None,
        "date_of_birth": "1981-01-02",
        "phone": "+12125550199",
        "email": None,
    }
    shown = deciding.decision_on(item, "Near Bobby", [client, {**client, "email": "b@X.test", "given_name": "Bobby"}])
    assert [value.words for value in shown.values][2:] == ["(212) 555-0199", "B@x.test"]
    assert [[value.differs for value in beside.values] for beside in shown.beside] == [
        [True, False, False, False],
        [False] * 4,
    ]


def test_somebody_decides_while_the_rows_are_checked_and_nobody_is_added() -> None:
    counts = {"created": 1, "errors": 0, "duplicates": 1, "needs_decision": 2, "decided": 1}
    checked = imported(counts=counts)
    assert deciding.progress_of(checked) == "1 of 3 decided" and deciding.progress_of(imported()) == ""
    items = [{"row": 2, "result": "duplicate"}, {"row": 3, "result": "needs_decision"}]
    assert deciding.waiting_of(checked, items) == items[1]
    for over in ({"dry_run": False}, {"state": "running"}):
        assert deciding.waiting_of(imported(counts=counts, **over), items) is None
        assert deciding.progress_of(imported(counts=counts, **over)) == ""


def test_of_an_import_that_is_undone_the_page_counts_who_is_gone_and_lists_who_stays() -> None:
    counts = dict.fromkeys(imported()["counts"], 0) | {"errors": 1, "removed": 5, "kept": 1}
    undone = imported(dry_run=False, undone_at="2026-01-02T03:04:05Z") | {"counts": counts}
    assert [figure[:2] for figure in views.figures_of(undone)] == [(5, "taken back"), (1, "kept")]
    assert (views.listed_result(undone, ""), views.left_out(undone)) == ("kept", 1)
    stopped = undone | {"state": "failed", "counts": counts | {"created": 2}}
    assert [figure[0] for figure in views.figures_of(stopped)] == [5, 1, 2]


def test_rows_that_are_added_in_part_have_a_figure_where_there_are_any() -> None:
    counts = imported()["counts"] | {"created_with_problem": 1, "errors": 0}
    checked = imported(counts=counts)
    assert (1, "ready in part", "would_create_with_problem") in views.figures_of(checked)
    assert (views.listed_result(checked, ""), views.added_of(checked)) == ("would_create_with_problem", 3)
    assert (1, "added in part", "created_with_problem") in views.figures_of(imported(counts=counts, dry_run=False))
    assert len(views.figures_of(imported())) == 4
