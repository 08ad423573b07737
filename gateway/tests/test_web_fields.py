"""A field that was refused is marked, and described by its message: every macro of a field, and nothing by hand."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.web import rendering
from gateway.web.forms import Form
from gateway.web.people import People
from shared.errors import Invalid

MODULE: Any = rendering.environment().get_template("macros/forms.html").module
# Every macro that shows a field of a form by its name; what else it needs, by the names of its arguments.
FIELDS: Final = sorted(
    name for name, macro in vars(MODULE).items() if getattr(macro, "arguments", ())[:3] == ("form", "name", "label")
)
MORE: Final = {
    "people": People([("a", "First")], more=True),
    "options": [("a", "First"), ("b", "Second")],
    "accept": "image/png",
}
# The first field has the focus, or a macro that a page of changing shares is told that this one begins.
FOCUSED: Final = r"autofocus=|rooms, true\)|who\(form, sexes, |share_inputs\("
# Names of many things: what each is of, its label says.
ABOUT_OTHERS: Final = (
    *("amount_cents", "duration_minutes", "effective_from", "from", "minutes"),
    *("name", "on", "phone", "reason", "text", "to", "totp_code"),
)
MESSAGE: Final = "This cannot be taken."


class Reader(HTMLParser):
    """The attributes of each element, and the text of each that has an id."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._open = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = dict(attrs).get("id") or self._open

    def handle_data(self, data: str) -> None:
        self.texts[self._open] = self.texts.get(self._open, "") + data


def shown(macro: str, form: Form) -> Reader:
    function = getattr(MODULE, macro)
    more = {name: value for name, value in MORE.items() if name in function.arguments}
    return Reader(function(form, "unit.rule", "Label", **more))


def test_the_kinds_of_fields_are_found() -> None:
    kinds = ["boxes", "cell", "check", "choice", "field", "file", "hues", "new_password", "select"]
    assert kinds == [name for name in FIELDS if name in kinds]


@pytest.mark.parametrize("macro", FIELDS)
def test_a_refused_field_is_marked_and_described_by_its_message(macro: str) -> None:
    read = shown(macro, Form(errors={"unit.rule": MESSAGE}))
    marked = [(tag, attributes) for tag, attributes in read.elements if attributes.get("aria-invalid") == "true"]
    assert marked, "nothing is marked"
    for tag, attributes in marked:
        described = str(attributes.get("aria-describedby", "")).split()
        assert MESSAGE in " ".join(read.texts.get(each, "") for each in described)
        # A radio button has no such state: its group has.
        assert attributes.get("type") != "radio" and (tag != "fieldset" or attributes.get("role") == "radiogroup")


@pytest.mark.parametrize("macro", FIELDS)
def test_a_field_that_was_taken_is_not_marked(macro: str) -> None:
    read = shown(macro, Form(errors={"another": MESSAGE}))
    assert not [attributes for _, attributes in read.elements if "aria-invalid" in attributes]


def test_no_template_marks_a_field_by_hand() -> None:
    by_hand = [
        str(path.relative_to(rendering.HERE))
        for path in sorted(rendering.HERE.rglob("*.html"))
        if "aria-invalid" in path.read_text(encoding="utf-8") and path.name != "forms.html"
    ]
    assert by_hand == []


@pytest.mark.parametrize("macro", FIELDS)
def test_what_is_wrong_with_an_untouched_field_is_said_once(macro: str) -> None:
    """Beside it, and not above the form too: also of boxes of which none is ticked, which a browser does not send."""
    sent = [
        (str(attributes["name"]), str(attributes.get("value") or ""))
        for _, attributes in shown(macro, Form()).elements
        if "name" in attributes and attributes.get("type") not in ("checkbox", "radio")
    ]
    came = Form(values={name: tuple(value for other, value in sent if other == name) for name, _ in sent})
    problem = {"detail": Invalid.detail, "errors": [{"field": "unit.rule", "detail": MESSAGE}]}
    assert came.refused(problem).summary is None


def test_a_page_that_adds_something_begins_with_its_first_field() -> None:
    """Who comes to a form of its own types at once."""
    pages = [*Path(rendering.__file__).parent.rglob("*new.html")]
    texts = {page: page.read_text(encoding="utf-8") for page in pages}
    silent = [page.name for page, text in texts.items() if not re.search(FOCUSED, text)]
    assert (len(pages) > 4, silent) == (True, [])


def test_a_field_has_one_label_on_every_page() -> None:
    """A field that several pages have has the same label on each."""
    labels: dict[str, set[str]] = {}
    written = re.compile(r'\b(?:field|cell)\([\w.]+, "(?:[\w.]+\.)?(\w+)", "([^"]+)"')
    for template in Path(rendering.__file__).parent.rglob("*.html"):
        for name, label in written.findall(template.read_text(encoding="utf-8")):
            labels.setdefault(name, set()).add(label)
    differing = {name: sorted(found) for name, found in labels.items() if len(found) > 1 and name not in ABOUT_OTHERS}
    assert differing == {}
