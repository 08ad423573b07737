"""The catalogue of abuse cases says what is tested, and every test that carries a case is in it."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.abuse.catalogue import cases
from tests.architecture.source import ROOT, name_of

# What the threat model asks of each group at least, of what exists today.
ASKED = {
    "A-ROLE": 14,
    "A-SES": 10,
    "A-AUTH": 14,
    "A-TEN": 12,
    "A-TOK": 20,
    "A-IDOR": 16,
    "A-LOG": 8,
    "A-CSV": 6,
    "A-XSS": 6,
    "A-IMPORT": 10,
}


def collected_files() -> Iterator[Path]:
    """Every file that pytest collects."""
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    for folder in options["testpaths"]:
        for path in sorted((ROOT / folder).rglob("test_*.py")):
            if not set(path.relative_to(ROOT).parts) & set(options["norecursedirs"]):
                yield path


def lists_of(tree: ast.Module) -> dict[str, list[str]]:
    """The module's constants that are lists of texts, or have texts for keys: what `*CASES` stands for."""
    found = {}
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        parts = value.keys if isinstance(value, ast.Dict) else getattr(value, "elts", [])
        if isinstance(target, ast.Name):
            found[target.id] = [str(part.value) for part in parts if isinstance(part, ast.Constant)]
    return found


def marks_of(source: str) -> Iterator[tuple[str, str]]:
    """(case, test) of every mark on a function that pytest collects."""
    tree = ast.parse(source)
    lists = lists_of(tree)
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
            continue
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.abuse":
                for argument in decorator.args:
                    names = lists[argument.value.id] if isinstance(argument, ast.Starred) else [argument.value]
                    yield from ((str(name), node.name) for name in names)


def marked() -> dict[str, set[str]]:
    """Case -> the files whose tests carry it."""
    found: dict[str, set[str]] = {}
    for path in collected_files():
        for case, _test in marks_of(path.read_text(encoding="utf-8")):
            found.setdefault(case, set()).add(name_of(path))
    return found


def test_the_page_and_the_marks_say_the_same() -> None:
    page = {case.name: set(case.files) for case in cases()}
    found = marked()
    assert page.keys() - found.keys() == set(), "in the catalogue, and no test carries it"
    assert found.keys() - page.keys() == set(), "a test carries it, and it is not in the catalogue"
    assert {name: files for name, files in page.items() if files != found[name]} == {}


def test_each_case_is_there_once_and_says_what_it_is() -> None:
    names = [case.name for case in cases()]
    assert [name for name, times in Counter(names).items() if times > 1] == []
    for case in cases():
        assert re.fullmatch(r"A-[A-Z]+-[A-Za-z0-9-]+", case.name), case.name
        assert len(case.tried.split()) >= 2 and case.tried[-1] != ".", case


def test_no_group_has_shrunk() -> None:
    there = Counter(case.group for case in cases())
    assert {group: there[group] for group, least in ASKED.items() if there[group] < least} == {}


def test_marks_are_found_where_they_are_and_nowhere_else() -> None:
    """The reader itself: a case on something that is no test is no case."""
    source = """
CASES = {"A-X-one": 1, "A-X-two": 2}
@pytest.mark.abuse(*CASES, "A-X-three")
@pytest.mark.parametrize("name", CASES)
def test_it(name): ...
@pytest.mark.abuse("A-X-four")
def not_a_test(): ...
"""
    assert list(marks_of(source)) == [("A-X-one", "test_it"), ("A-X-two", "test_it"), ("A-X-three", "test_it")]
