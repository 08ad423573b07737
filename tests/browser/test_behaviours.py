"""Which test proves which behaviour and which journey of the web app. One that is renamed or lost is noticed here."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

FOLDER: Final = Path(__file__).parent

AGENDA, CHANGES, EDITOR, NOTES, EVERY, STAYING = (
    "test_agenda",
    "test_agenda_changes",
    "test_note_editor",
    "test_notes",
    "test_every_page",
    "test_staying",
)
BEHAVIOURS: Final[Mapping[str, Sequence[str]]] = {
    "B1 a click on a slot opens the dialog with that time": (
        f"{CHANGES}.test_booking_by_a_click_with_suggestions_and_a_conflict",
    ),
    "B2 a drag makes": (f"{CHANGES}.test_moving_resizing_and_undoing_by_the_pointer",),
    "B3 a drag moves, a toast takes it back": (f"{CHANGES}.test_moving_resizing_and_undoing_by_the_pointer",),
    "B4 an edge is stretched": (f"{CHANGES}.test_moving_resizing_and_undoing_by_the_pointer",),
    "B5 arrows and M move, focus stays, it is spoken": (f"{CHANGES}.test_the_same_by_keys",),
    "B6 the key 1 says kept": (f"{CHANGES}.test_the_same_by_keys",),
    "B7 Esc gives the focus back": (f"{CHANGES}.test_the_same_by_keys",),
    "B8 a refusal keeps the form": (
        f"{CHANGES}.test_changing_what_was_booked_without_losing_what_was_typed",
        "test_every_form.test_the_forms_of_a_page",
    ),
    "B9 a note saves itself, goes on without a connection, and recovers": (
        f"{EDITOR}.test_what_is_typed_is_saved_by_itself_in_one_request_at_a_time",
        f"{EDITOR}.test_without_a_connection_writing_goes_on_and_is_saved_after",
    ),
    "B10 signing needs the password, then the note is locked": (
        f"{NOTES}.test_who_proved_themselves_long_ago_gives_the_password_to_sign",
        f"{EDITOR}.test_a_note_that_was_signed_in_another_window_takes_nothing_more",
    ),
    "B11 the palette": ("test_home.test_the_palette_finds_clients",),
    "B12 G A, silent in fields": (
        "test_home.test_palette_and_keys_lead_on_and_are_silent_in_fields",
        "test_home.test_every_place_with_a_key_is_reached_by_it_unless_single_keys_are_off",
    ),
    "B13 a batch to its end": (
        "test_invoices.test_a_billers_day_all_drafts_are_issued_but_what_is_held",
        "test_invoices.test_one_that_was_changed_meanwhile_is_told_and_the_others_are_issued",
    ),
    "B14 no text about a client in the browser's storage": (
        f"{EVERY}.test_nothing_is_kept_in_the_browser",
        "test_every_form.test_the_forms_of_a_page",
    ),
    "B15 who leaves at once keeps the text": (f"{EDITOR}.test_who_leaves_at_once_keeps_the_text",),
    "B16 two windows edit one note, both texts are kept": (
        f"{EDITOR}.test_two_windows_that_edit_one_note_keep_both_texts",
    ),
    "B17 a session ends while somebody writes": (
        f"{EDITOR}.test_a_session_that_ends_while_somebody_writes",
        f"{STAYING}.test_who_is_signed_out_while_writing_signs_in_on_the_same_page_and_nothing_typed_is_lost",
    ),
    "B18 looking again keeps no session alive": (f"{AGENDA}.test_it_looks_again_by_itself_and_keeps_no_session_alive",),
    "B20 a service that is away takes its own panels alone": (
        "test_services_away.test_while_a_service_is_away_its_panels_alone_fail",
        "../integration/test_pages_without_a_service.test_a_page_shows_what_the_others_have",
    ),
    "B21 an invoice that comes late is no error": (
        f"{NOTES}.test_who_sees_invoices_is_told_when_the_draft_invoice_was_made",
    ),
    "B22 a double click makes one": (
        f"{NOTES}.test_a_double_click_signs_once",
        f"{STAYING}.test_a_form_that_is_sent_twice_makes_one",
        "test_payments.test_money_goes_to_the_oldest_invoice_first_and_the_rest_is_credit",
    ),
    "B23 each level has its pages, and sees no way to others": (
        "../access/test_pages.test_each_level_has_its_pages_and_sees_no_way_to_others",
    ),
    "B24 hostile text does nothing, in every input": ("test_every_form.test_the_forms_of_a_page",),
    "B25 a forged form changes nothing": (
        "test_forgery.test_a_form_that_no_current_page_of_ours_sent_changes_nothing",
    ),
    "B26 the back button after signing out shows nothing": (
        "test_sign_in.test_after_signing_out_the_back_button_shows_nothing",
    ),
    "B27 a week in which clocks change": (f"{AGENDA}.test_a_week_in_which_clocks_change_and_a_night",),
    "B28 an appointment over midnight, and one of 15 minutes": (
        f"{AGENDA}.test_a_week_in_which_clocks_change_and_a_night",
    ),
    "B29 a window 320 wide": (f"{EVERY}.test_a_page_is_accessible_and_fits",),
    "B30 forced colours, no motion, paper": (
        "test_paper_and_contrast.test_in_forced_colours_the_current_page_and_a_focus_are_seen",
        "test_paper_and_contrast.test_who_wants_no_motion_gets_none",
        "test_paper_and_contrast.test_paper_is_black_on_white_without_chrome_also_from_a_dark_screen",
    ),
    "B31 without scripts": (
        f"{STAYING}.test_without_scripts_a_page_reads_signs_in_and_sends",
        "test_clients.test_the_list_works_without_scripts",
        f"{EDITOR}.test_it_works_without_scripts",
    ),
    "B32 long names, and names from right to left": ("test_every_form.test_a_page_of_a_practice_with_such_texts",),
    "B33 a thousand ledger rows": ("test_ledger.test_a_ledger_of_a_thousand_rows_comes_in_pages_that_carry_on",),
    "B34 a week of eight people with forty appointments each": (
        "test_crowded_agenda.test_a_week_of_eight_people_with_forty_appointments_each_is_within_its_budget",
    ),
    "B35 by keys alone": (
        "test_first_day_of_a_practice.test_a_practice_is_set_up_by_keyboard_alone",
        f"{CHANGES}.test_the_same_by_keys",
        "test_by_keys_alone.test_a_session_is_documented_billed_and_paid_without_a_pointer",
        "test_by_keys_alone.test_a_caller_is_booked_and_moved_without_a_pointer",
    ),
    "B36 the figure of a ledger is what its table comes to": (
        "test_ledger.test_the_ledger_explains_the_balance_to_the_cent",
        "test_ledger.test_no_wrong_figure_passes",
    ),
}
JOURNEYS: Final[Mapping[str, Sequence[str]]] = {
    "J1 a new practice takes every first step": ("test_journeys.test_a_new_practice_takes_every_first_step",),
    "J2 a therapist's day": (f"{NOTES}.test_the_day_of_a_therapist",),
    "J3 the front desk books and moves while the client waits": (
        "test_finding.test_a_caller_is_found_in_the_palette_the_list_and_a_booking",
        "test_journeys.test_the_front_desk_books_and_moves_while_the_client_waits",
    ),
    "J4 a biller's day": ("test_invoices.test_a_billers_day_all_drafts_are_issued_but_what_is_held",),
    "J7 supervision": ("test_supervised_notes.test_a_supervised_note_is_sent_back_changed_and_approved",),
    "J8 somebody loses a right while they write, and keeps the text": (
        "test_stories.test_who_loses_the_right_while_writing_keeps_the_text_and_stays_signed_in",
    ),
    "J9 a client asks about the balance": (
        "test_ledger.test_the_ledger_explains_the_balance_to_the_cent",
        "test_payments.test_a_part_is_refunded_and_no_more_than_is_credit",
    ),
}


@pytest.mark.parametrize("what", [*BEHAVIOURS, *JOURNEYS])
def test_what_the_web_app_promises_has_its_test(what: str) -> None:
    for named in {**BEHAVIOURS, **JOURNEYS}[what]:
        module, _, function = named.rpartition(".")
        tree = ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))
        there = {statement.name for statement in tree.body if isinstance(statement, ast.FunctionDef)}
        assert function in there, f"{what}: {named} has gone"
