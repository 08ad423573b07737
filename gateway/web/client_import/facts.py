"""What a column of a file may be read as: facts of every client, and the practice's own fields. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from gateway.web.client_import.words import FACTS
from gateway.web.forms import in_words

LEAVE_OUT: Final = ("", "Leave out")
OWN: Final = "custom."  # before the slug of one of the practice's own fields
NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})


def own_names(fields: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The practice's own fields as facts of a file: what each is called, by `custom.<slug>`."""
    return {OWN + field["slug"]: field["name"] for field in fields}


def choices(own: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """What a column may be read as."""
    return [LEAVE_OUT, *FACTS.items(), *own_names(field for field in own if not field["archived"]).items()]


def fact_words(fact: str, own: Mapping[str, str] = NO_NAMES) -> str:
    """`date_of_birth` as `Birth date`, an own field by its name."""
    return FACTS.get(fact) or own.get(fact) or in_words(fact)
