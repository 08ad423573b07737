"""What somebody typed into a form, made into the JSON that the API takes, and the API's word on it beside the inputs.

The web app judges nothing: a text that cannot be a number is said so here, for JSON has no place for it; all else is
the API's to refuse, and its problem document's `errors` stand beside the inputs of the same names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType
from typing import IO, Any, Final

import orjson

from shared.errors import Invalid
from shared.ids import new_id
from shared.texts import whole_number

AMOUNTS: Final = ("_cents", ".cents")  # ends of the names of what the API takes in cents
ONCE_FIELD: Final = "once"  # the idempotency key: sending a form twice does it once
BOXED_FIELD: Final = "boxed"  # the names of the form's boxes and radio buttons: what is not ticked is not sent
VERSION_FIELD: Final = "version"  # the version that the form shows: another person's later change is kept
# Refusals of a whole request that one input is the reason of.
BESIDE: Final[Mapping[str, str]] = MappingProxyType({"email_taken": "email"})
_WHOLE: Final = re.compile(r"-?[0-9]{1,9}")
_DOLLARS: Final = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)")
_CENTS_MAX_DIGITS: Final = 12
_BOUNDS: Final = re.compile(r"(Enter a) number from ([0-9]+) to ([0-9]+)\.")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form: its name, and the open file."""

    name: str
    file: IO[bytes]


@dataclass(frozen=True, slots=True)
class Form:
    """Values by the name of their input, what is wrong with each, and what is wrong with all of it."""

    values: Mapping[str, Sequence[str]] = field(default_factory=lambda: MappingProxyType({}))
    uploads: Mapping[str, Upload] = field(default_factory=lambda: MappingProxyType({}))
    errors: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    summary: str | None = None
    once: str = field(default_factory=lambda: str(new_id()))

    @classmethod
    def of(cls, record: Mapping[str, Any], **more: Any) -> Form:
        """A form that shows what is stored: nested fields by their dotted names."""
        return cls(values=MappingProxyType({name: _shown(value) for name, value in _flat({**record, **more})}))

    def text(self, name: str) -> str:
        """The first value of an input, as it was typed; empty where there is none."""
        return next(iter(self.values.get(name, ())), "")

    def all(self, name: str) -> tuple[str, ...]:
        """All values of inputs that share a name."""
        return tuple(self.values.get(name, ()))

    def numbers(self, row: str) -> set[int]:
        """The numbers of the rows that the inputs `<row>.<number>.<name>` are of."""
        parts = (name.split(".") for name in self.values)
        found = (whole_number(of[1]) for of in parts if len(of) == 3 and of[0] == row)
        return {number for number in found if number is not None}

    def ticked(self, name: str) -> bool:
        """Whether a box is ticked."""
        return self.text(name) in ("on", "true", "1")

    @property
    def sent(self) -> dict[str, str]:
        """The headers that go with what the form sends: once, and only over the version that it shows."""
        headers = {"Idempotency-Key": self.text(ONCE_FIELD) or self.once}
        if self.text(VERSION_FIELD):
            headers["If-Match"] = f'"{self.text(VERSION_FIELD)}"'
        return headers

    def close(self) -> None:
        """Let go of the files that came with it."""
        for upload in self.uploads.values():
            upload.file.close()

    def refused(self, problem: Mapping[str, Any], *lists: str) -> Form:
        """The same with what the API says of it. What it says of no input here stands above the form.

        `lists`: fields that hold a list which people type into one input. An error of an item stands beside that input.
        """
        by_field: dict[str, str] = {}
        for error in problem.get("errors", []):
            if name := error.get("field"):
                beside = next((each for each in lists if name.startswith(f"{each}.")), name)
                by_field.setdefault(beside, in_dollars(error["detail"]) if name.endswith(AMOUNTS) else error["detail"])
        detail = str(problem.get("detail", "That did not work. Nothing was changed."))
        beside_which = BESIDE.get(str(problem.get("code")), "")
        if not by_field and self._has_input(beside_which):
            by_field[beside_which] = detail
        # Said once, beside the input; and what only says that some are wrong, the form says with how many they are.
        summary = None if by_field and detail in (*by_field.values(), Invalid.detail) else detail
        homeless = [name for name in by_field if self.values and not self._has_input(name)]
        if homeless and summary is None:
            summary = " ".join(f"{in_words(name)}: {by_field[name]}" for name in homeless)
        return replace(self, errors=MappingProxyType(by_field), summary=summary)

    def _has_input(self, name: str) -> bool:
        """Whether the form came with an input of that name. A box that is not ticked sends nothing but the name."""
        return name in self.values or name in self.uploads or name in self.all(BOXED_FIELD)

    def wrong(self, **errors: str) -> Form:
        """The same with what is wrong by the name of the input, dots as two underscores."""
        named = {name.replace("__", "."): text for name, text in errors.items()}
        return replace(self, errors=MappingProxyType({**self.errors, **named}))


def in_words(name: str) -> str:
    """`legal_name` as `Legal name`, for a field that the page has no input for."""
    words = name.rpartition(".")[2].replace("_", " ")
    return {"npi": "NPI", "tax id": "Tax ID"}.get(words, words[:1].upper() + words[1:])


def in_dollars(detail: str) -> str:
    """The API's word on the bounds of an amount, which is in cents, as people type it: in dollars."""
    return _BOUNDS.sub(
        lambda found: f"{found[1]}n amount from {int(found[2]) / 100:,.2f} to {int(found[3]) / 100:,.2f}.", detail
    )


class Unreadable(ValueError):
    """What was typed cannot be what the input is for; the text says what can."""


@dataclass(frozen=True, slots=True)
class Text:
    """A line or a text. Blank: left out, or null where the stored value is to be emptied."""

    name: str
    blank: str = "omit"  # omit | null | keep

    def read(self, form: Form) -> Any:
        """The text, None for null, or `OMITTED`."""
        typed = form.text(self.name)
        if typed.strip() or self.blank == "keep":
            return typed
        return None if self.blank == "null" else OMITTED


@dataclass(frozen=True, slots=True)
class Lines:
    """A list that is typed into one input, an entry in each line."""

    name: str

    def read(self, form: Form) -> Any:
        """The entries, without the lines that are blank."""
        return [line for line in form.text(self.name).splitlines() if line.strip()]


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number."""

    name: str
    blank: str = "omit"

    def read(self, form: Form) -> Any:
        """The number, None or `OMITTED`; raises `Unreadable`."""
        typed = form.text(self.name).strip()
        if not typed:
            return None if self.blank == "null" else OMITTED
        if not _WHOLE.fullmatch(typed):
            raise Unreadable("Enter a whole number, such as 50.")
        return int(typed)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in dollars, which the API takes in cents: `rate_cents`."""

    name: str
    blank: str = "omit"

    def read(self, form: Form) -> Any:
        """The cents, None or `OMITTED`; raises `Unreadable`."""
        typed = form.text(self.name).strip().removeprefix("$").replace(",", "").strip()
        if not typed:
            return None if self.blank == "null" else OMITTED
        if not _DOLLARS.fullmatch(typed):
            raise Unreadable("Enter an amount, such as 120.00.")
        cents = Decimal(typed) * 100
        if cents != cents.to_integral_value() or len(typed) > _CENTS_MAX_DIGITS:
            raise Unreadable("Enter an amount in dollars and cents, such as 120.00.")
        return int(cents)


@dataclass(frozen=True, slots=True)
class Tick:
    """A box that is ticked or not."""

    name: str

    def read(self, form: Form) -> Any:
        """Whether it is ticked."""
        return form.ticked(self.name)


@dataclass(frozen=True, slots=True)
class Many:
    """Boxes of one name: those that are ticked."""

    name: str

    def read(self, form: Form) -> Any:
        """Their values."""
        return list(form.all(self.name))


@dataclass(frozen=True, slots=True)
class Json:
    """What a script of ours puts into a hidden field: an object in JSON."""

    name: str

    def read(self, form: Form) -> Any:
        """The object, or `OMITTED`; raises `Unreadable`."""
        written = form.text(self.name)
        if not written:
            return OMITTED
        try:
            return orjson.loads(written)
        except orjson.JSONDecodeError:
            raise Unreadable("That could not be read. Try again.") from None


Input = Json | Lines | Text | Whole | Money | Tick | Many
OMITTED: Final = object()


def body_of(form: Form, inputs: Sequence[Input]) -> tuple[dict[str, Any], Form]:
    """The JSON of what was typed, nested by dots, and the form with what could not be read.

    A nested object of which nothing was filled in is left out as a whole.
    """
    body: dict[str, Any] = {}
    for wanted in inputs:
        try:
            value = wanted.read(form)
        except Unreadable as error:
            form = form.wrong(**{wanted.name.replace(".", "__"): str(error)})
            continue
        if value is not OMITTED:
            _put(body, wanted.name.split("."), value)
    return body, form


def _put(body: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for part in path[:-1]:
        body = body.setdefault(part, {})
    body[path[-1]] = value


def _flat(record: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in record.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{before}{name}.")
        else:
            found.append((before + name, value))
    return found


def _shown(value: Any) -> tuple[str, ...]:
    if value is None or value is False:
        return ()
    if isinstance(value, list | tuple):
        return tuple(str(item) for item in value)
    return ("on",) if value is True else (str(value),)
