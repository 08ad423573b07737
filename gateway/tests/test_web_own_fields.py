"""Own fields as inputs and in words: what is typed comes to what is stored, and back."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.web.clients.own import inputs_of, own_in_words, own_of, stored_own
from gateway.web.forms import Form
from gateway.web.settings.client_field_views import choices_of, form_of_field, rows_of_choices

CHOICES: Final = [
    {"slug": "dog", "name": "Dog", "archived": False},
    {"slug": "cat", "name": "Cat", "archived": True},
]


def field(type_: str, **more: Any) -> dict[str, Any]:
    """A field as the API has it."""
    plain = {"slug": type_, "name": type_.capitalize(), "type": type_, "choices": CHOICES if type_ == "choice" else []}
    return {**plain, "archived": False, "on_new_client": False, **more}


FIELDS: Final = [field(type_) for type_ in ("text", "number", "date", "choice", "yes_no")]
VALUES: Final = st.fixed_dictionaries(
    {},
    optional={
        "text": st.text("abc 1", min_size=1, max_size=9).map(str.strip).filter(bool),
        "number": st.integers(-(10**12) + 1, 10**12 - 1) | st.integers(-(10**8), 10**8).map(lambda whole: whole / 8),
        "date": st.dates().map(str),
        "choice": st.sampled_from(["dog", "cat"]),
        "yes_no": st.booleans(),
    },
)


@given(VALUES)
def test_what_is_stored_is_shown_and_sent_as_it_was(custom: dict[str, Any]) -> None:
    form = Form.of(
        {"custom": {**dict.fromkeys((each["slug"] for each in FIELDS), ""), **stored_own({"custom": custom})}}
    )
    sent, checked = own_of(form, FIELDS)
    assert not checked.errors
    assert {slug: value for slug, value in sent.items() if value is not None} == custom
    for shown in inputs_of(FIELDS, form):
        if shown.options:
            assert form.text(shown.name) in dict(shown.options), "what is stored can be chosen"


@pytest.mark.parametrize("typed", ["many", "1e3", "0x1", "--1", "1.23456", "٣"])
def test_what_is_no_number_is_said_beside_its_input(typed: str) -> None:
    sent, form = own_of(Form(values={"custom.number": (typed,)}), FIELDS)
    assert (sent, set(form.errors)) == ({}, {"custom.number"})


def test_a_field_without_an_input_is_not_sent_and_only_few_are_asked_for_at_first() -> None:
    assert own_of(Form(), FIELDS)[0] == {}
    fields = [field("text", on_new_client=True), field("date"), field("number", archived=True, on_new_client=True)]
    assert [shown.kind for shown in inputs_of(fields, Form(), fresh=True)] == ["text"]
    assert [shown.kind for shown in inputs_of(fields, Form())] == ["text", "date"]


def test_words_of_what_is_stored() -> None:
    custom = {"yes_no": False, "choice": "cat", "date": "2026-10-06", "number": 2}
    fields = [*FIELDS[1:4], field("yes_no", archived=True)]
    assert own_in_words({"custom": custom}, fields) == (
        ("Number", "2"),
        ("Date", "Oct 6, 2026"),
        ("Choice", "Cat"),
        ("Yes_no (archived)", "No"),
    )


def test_choices_come_back_by_their_slugs_and_a_blank_row_is_none() -> None:
    form = form_of_field(field("choice"))
    assert choices_of(form)[0] == [
        {"slug": "dog", "name": "Dog", "archived": False},
        {"slug": "cat", "name": "Cat", "archived": True},
    ]
    more = Form(values={**form.values, "choice.2.name": (" ",), "choice.3.name": ("Bird",)})
    assert choices_of(more)[0][2:] == [{"name": "Bird"}] and choices_of(more)[1][2:] == ["choice.3"]
    assert rows_of_choices(more) == 7
