"""docs/errors.md from the refusals of the code. `python -m tests.architecture.errors_page` writes it."""

from __future__ import annotations

import ast
import inspect
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import chain
from pathlib import Path

from shared.errors import Refusal
from shared.web.errors import STATUS, status_of_kind
from tests.architecture.source import ROOT, files, name_of

PAGE = ROOT / "docs" / "errors.md"
ERRORS = ROOT / "shared" / "errors.py"
KINDS = frozenset(STATUS)
HEAD = """# Error codes

Made from the code. Every refusal is a problem document (RFC 9457): a program switches on its `code`, a person reads its
`detail`, and `errors[]` names each field with a code of its own. The statuses are explained in
[http-status-codes.md](http-status-codes.md).

## Codes of problem documents

| code | status | from | when | what people read |
|---|---|---|---|---|
"""
FIELDS = """
## Codes of fields

What stands in `errors[].code`. Other fields have the code of the problem document.

| code | from |
|---|---|
"""
# What the framework or the edge refuses before a handler is reached (`shared/web/errors.py`, `deploy/edge`).
BEFORE_A_HANDLER = (
    (
        "method_not_allowed",
        405,
        "everywhere",
        "The address does not take this method.",
        "`Allow` names those it takes.",
    ),
    ("http_error", 501, "edge", "The transfer encoding or the HTTP version is unknown.", ""),
    ("internal_error", 500, "everywhere", "We are at fault.", "Something went wrong on our side."),
)
# `shared/web/parsing.py` derives these from what a schema says.
FROM_SCHEMAS = {"required": "every schema", "unknown": "every schema", "invalid": "every schema"}


@dataclass(frozen=True, slots=True)
class Code:
    """One line of the page."""

    code: str
    status: int
    origin: str
    when: str
    detail: str


def origin_of(path: str) -> str:
    """Which part of the house a file belongs to: a service with its feature, the gateway, or everywhere."""
    parts = path.removesuffix(".py").split("/")
    if parts[0] == "services":
        return " ".join(parts[1:3]) if len(parts) > 3 else parts[1]
    return parts[0] if parts[0] == "gateway" else "everywhere"


def refusals() -> Iterator[type[Refusal]]:
    """Every class of refusal that a product file defines."""
    for path in files("shared", "gateway", "services"):
        text = path.read_text(encoding="utf-8")
        if path == ERRORS or ("code = " in text and "from shared.errors import" in text):
            module = import_module(name_of(path).removesuffix(".py").replace("/", "."))
            for _, found in inspect.getmembers(module, inspect.isclass):
                if issubclass(found, Refusal) and found.__module__ == module.__name__:
                    yield found


@cache  # it reads every file of the product, and four tests ask
def codes() -> tuple[Code, ...]:
    """Every code of a problem document, by code, origin and status."""
    found = {Code(*facts) for facts in BEFORE_A_HANDLER}
    for refusal in refusals():
        if refusal is Refusal or "code" not in vars(refusal):
            continue
        origin = origin_of(refusal.__module__.replace(".", "/") + ".py")
        when = " ".join((inspect.getdoc(refusal) or "").split("\n\n")[0].split())
        found.add(Code(refusal.code, status_of_kind(refusal), origin, when, refusal.detail))
    found.update(_given_where_raised())
    return tuple(sorted(found, key=lambda code: (code.code, code.origin, code.status)))


def _given_where_raised() -> Iterator[Code]:
    """Those that a call names: `Conflict("…", code="…")`."""
    kinds = {kind.__name__: kind for kind in KINDS}
    for path, call in _calls():
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        given = {word.arg: word.value for word in call.keywords}.get("code")
        if name in kinds and isinstance(given, ast.Constant):
            detail = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else ""
            yield Code(str(given.value), STATUS[kinds[name]][0], origin_of(name_of(path)), "", str(detail))


def field_codes() -> dict[str, set[str]]:
    """Every code that a call gives a field, with where it comes from."""
    found: dict[str, set[str]] = defaultdict(set)
    for code, origin in FROM_SCHEMAS.items():
        found[code].add(origin)
    for path, call in _calls():
        made = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if made not in ("field", "FieldError", "at") or len(call.args) not in (3, 4):
            continue
        code = call.args[1]
        if isinstance(code, ast.Constant):
            found[str(code.value)].add(origin_of(name_of(path)))
    return found


def _calls() -> Iterator[tuple[Path, ast.Call]]:
    for path in files("shared", "gateway", "services"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield from ((path, node) for node in ast.walk(tree) if isinstance(node, ast.Call))


def write() -> str:
    """The page's text."""
    rows = (f"| `{c.code}` | {c.status} | {c.origin} | {_cell(c.when)} | {_cell(c.detail)} |\n" for c in codes())
    fields = (f"| `{code}` | {', '.join(sorted(origins))} |\n" for code, origins in sorted(field_codes().items()))
    return "".join(chain([HEAD], rows, [FIELDS], fields))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(write(), encoding="utf-8")
