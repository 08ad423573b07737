"""What a handler may refuse: every refusal in the code that it reaches, found by reading the code.

Used to write the API document, never to serve a request. Tests hold it against each refusal that they meet
(`shared.testing.documented`): a code that is answered and not found here fails.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
import textwrap
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, get_args, get_type_hints

from shared.errors import Refusal

OURS: Final = ("services.", "shared.", "gateway.")
# Python 3.11 counts the depth of what it parses for all threads together: two that parse at once can both fail.
_PARSING: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Said:
    """A refusal as it is answered: its class, its code, and a sentence for people."""

    kind: type[Refusal]
    code: str
    detail: str


def reachable(start: Callable[..., Any] | type) -> frozenset[Said]:
    """Every refusal that a function, or the methods of a class, can come to."""
    found: set[Said] = set()
    seen: set[object] = set()
    waiting: list[object] = [start]
    while waiting:
        thing = waiting.pop()
        if thing not in seen:
            seen.add(thing)
            refusals, others = _read(thing)
            found |= refusals
            waiting += others
    return frozenset(found)


@cache
def _read(thing: Any) -> tuple[frozenset[Said], tuple[Any, ...]]:
    """The refusals that stand in a function or class itself, and what else of ours it names."""
    if isinstance(thing, type):
        members = [getattr(member, "fget", getattr(member, "__func__", member)) for member in vars(thing).values()]
        return frozenset(), tuple(member for member in (*thing.__bases__, *members) if _can_be_read(member))
    return _Reader(thing).read()


def _is_ours(thing: Any) -> bool:
    module = getattr(thing, "__module__", None) or ""
    return module.startswith(OURS) and not module.startswith("shared.testing")


class _Reader:
    """Reads one function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        with _PARSING:
            self._tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        self._names: dict[str, Any] = {**vars(builtins), **inspect.unwrap(function).__globals__}
        self._names.update({n: v for n, v in inspect.getclosurevars(function).nonlocals.items() if v is not None})
        self._types = _types_of(function)

    def read(self) -> tuple[frozenset[Said], tuple[Any, ...]]:
        """What it says no with, and what else it names."""
        found: set[Said] = set()
        others: list[Any] = []
        for node in ast.walk(self._tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                module = importlib.import_module(node.module)
                self._names.update({a.asname or a.name: getattr(module, a.name, None) for a in node.names})
        caught = {id(inner) for node in ast.walk(self._tree) for inner in _caught(node)}
        given = {id(node.func): node for node in ast.walk(self._tree) if isinstance(node, ast.Call)}
        for node in ast.walk(self._tree):
            if not isinstance(node, ast.Name | ast.Attribute) or id(node) in caught:
                continue
            thing = self._resolve(node)
            if isinstance(thing, type) and issubclass(thing, Refusal):
                if thing is not Refusal:
                    found.add(_said(thing, given.get(id(node))))
            else:
                others += [part for part in _parts(thing) if _can_be_read(part)]
        return frozenset(found), tuple(others)

    def _resolve(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Name):
            return self._types.get(node.id, self._names.get(node.id))
        if isinstance(node, ast.Attribute):
            base = self._resolve(node.value)
            if base is None or (isinstance(base, type) and issubclass(base, Refusal) and node.attr == "code"):
                return None
            if not isinstance(base, type):
                return getattr(base, node.attr, None)
            thing = inspect.getattr_static(base, node.attr, None)
            return getattr(thing, "fget", getattr(thing, "__func__", thing))
        return None


def _types_of(function: Callable[..., Any]) -> Mapping[str, Any]:
    """The classes of the parameters, as annotated; of `X | None`, X."""
    try:
        hints = get_type_hints(function)
    except (NameError, TypeError):  # a name that only the type checker knows
        return {}
    types = {}
    for name, hint in hints.items():
        for arg in get_args(hint) or (hint,):
            if isinstance(arg, type) and _is_ours(arg):
                types[name] = arg
    return types


def _caught(node: ast.AST) -> Iterator[ast.AST]:
    """What stands in an `except`, or in `isinstance`: it is recognised there, not answered."""
    if isinstance(node, ast.ExceptHandler) and node.type is not None:
        yield from ast.walk(node.type)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("isinstance", "issubclass"):
        for argument in node.args[1:]:
            yield from ast.walk(argument)


def _parts(thing: Any) -> Iterator[Any]:
    """A thing, and what stands in a table of ours."""
    if isinstance(thing, dict):
        yield from thing.values()
    elif isinstance(thing, tuple | list | frozenset):
        yield from thing
    else:
        yield getattr(thing, "__func__", thing)


def _can_be_read(thing: Any) -> bool:
    if inspect.isfunction(thing):
        written = inspect.unwrap(thing)
        return _is_ours(written) and not written.__code__.co_filename.startswith("<")  # dataclasses make some
    return isinstance(thing, type) and _is_ours(thing)


def _said(kind: type[Refusal], call: ast.Call | None) -> Said:
    """The code and the sentence of the class, or those that the call gives."""
    words = {word.arg: word.value for word in call.keywords} if call else {}
    code, detail = kind.code, kind.detail
    if isinstance(given := words.get("code"), ast.Constant):
        code = str(given.value)
        if call and call.args and isinstance(call.args[0], ast.Constant):
            detail = str(call.args[0].value)
    return Said(kind, code, detail)
