"""A program finds everything that it needs in the members of a problem document, and parses no sentence."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from shared.errors import SLUG, Conflict, FieldError, Invalid, NoSlug, TooLarge
from shared.web.errors import problem
from tests.architecture.errors_page import refusals
from tests.architecture.source import files, name_of

KINDS = {refusal.__name__ for refusal in refusals()}


@pytest.mark.parametrize("code", ["01a21a3e-3fd9-74f2-98dc-c25afc233ff1", "Not a slug", "staff-busy", "", "7up"])
def test_a_code_is_a_slug(code: str) -> None:
    with pytest.raises(NoSlug):
        FieldError("field", code, "A sentence.")
    if code:
        with pytest.raises(NoSlug):
            Conflict("A sentence.", code=code)


def test_every_class_of_refusal_has_a_slug() -> None:
    for refusal in refusals():
        assert SLUG.fullmatch(refusal.code), refusal


def test_a_value_is_shown_where_there_is_one() -> None:
    errors = [FieldError("a", "one", "One."), FieldError("b", "two", "Two.", "2")]
    shown = problem(Invalid(errors=errors)).json
    assert shown["errors"] == [
        {"field": "a", "code": "one", "detail": "One."},
        {"field": "b", "code": "two", "detail": "Two.", "value": "2"},
    ]
    assert problem(TooLarge.for_more_than(7)).json["errors"][0]["value"] == "7"


def computed(node: ast.AST | None) -> bool:
    """Whether a sentence says something that is not the same each time: a constant's name is written in capitals."""
    if not isinstance(node, ast.JoinedStr):
        return False
    names = (part.value for part in node.values if isinstance(part, ast.FormattedValue))
    return any(not (isinstance(name, ast.Name | ast.Attribute) and name_in(name).isupper()) for name in names)


def name_in(node: ast.Name | ast.Attribute) -> str:
    """The last part of a dotted name."""
    return node.id if isinstance(node, ast.Name) else node.attr


def said(call: ast.Call) -> tuple[ast.AST | None, bool] | None:
    """The sentence of a refusal or field that a call makes, and whether it gives a value besides; None: neither."""
    made = name_in(call.func) if isinstance(call.func, ast.Name | ast.Attribute) else ""
    words = {word.arg for word in call.keywords}
    if made in ("field", "FieldError"):
        return (call.args[2] if len(call.args) > 2 else None), len(call.args) == 4 or "value" in words
    if made in KINDS:
        return (call.args[0] if call.args else None), "errors" in words
    return None


def sentences(text: str) -> Iterator[tuple[int, ast.AST | None, bool]]:
    """Each sentence in a file, with its line; a name stands for what it was given last before."""
    tree = ast.parse(text)
    named = [
        (node.lineno, node.targets[0].id, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (found := said(node)) is not None:
            sentence, valued = found
            if isinstance(sentence, ast.Name):
                before = [value for line, name, value in named if name == sentence.id and line < node.lineno]
                sentence = before[-1] if before else None
            yield node.lineno, sentence, valued


def test_what_a_sentence_says_a_member_says() -> None:
    looked_at, silent = 0, []
    for path in files("services", "shared", "gateway"):
        for line, sentence, valued in sentences(path.read_text(encoding="utf-8")):
            looked_at += 1
            if computed(sentence) and not valued:
                silent.append(f"{name_of(path)}:{line}")
    assert looked_at > 100
    assert silent == []


@pytest.mark.parametrize(
    ("text", "silent"),
    [
        ("raise Conflict(f'You are {late}.')", True),
        ("detail = f'You are {late}.'\nraise Conflict(detail)", True),
        ("raise Conflict(f'You are {late}.', errors=[x])", False),
        ("raise Conflict(f'At most {rules.ROWS_MAX}.')", False),
        ("FieldError('a', 'b', f'{one} is wrong')", True),
        ("FieldError('a', 'b', f'{one} is wrong', one)", False),
        ("Invalid.field(f'a.{n}', 'b', 'Wrong.')", False),
    ],
)
def test_the_search_sees(text: str, silent: bool) -> None:
    assert any(computed(sentence) and not valued for _, sentence, valued in sentences(text)) is silent
