"""docs/events.md from the contracts. `python -m tests.architecture.events_page` writes it."""

from __future__ import annotations

import dataclasses
import inspect
import typing
from pathlib import Path

from shared import contracts  # noqa: F401 - registers every event
from shared.contracts.envelope import CONTRACTS, sealed_fields
from shared.services import SERVICES

PAGE = Path(__file__).parents[2] / "docs" / "events.md"
HEAD = """# Events

Made from `shared/contracts`. An event is CloudEvents 1.0 JSON, signed by its producer. Its type is its routing key,
in the past tense and versioned; a version is frozen once landed: new fields have defaults, anything else is a new
version. Consumers ignore fields that they do not know and keep the highest version they saw of an aggregate.
What is sealed is encrypted under the bus key and bound to its event
([ADR 23](adr/0023-what-identifies-a-client-travels-sealed.md)).

## Who sends and takes what

| service | sends | takes |
|---|---|---|
"""


def write() -> str:
    """The page's text."""
    parts = [HEAD, *(_line(service) for service in SERVICES)]
    for type_name, contract in sorted(CONTRACTS.items()):
        parts.append(f"\n## `{type_name}`\n\n{inspect.getdoc(contract.cls)}\n")
        parts.append(f"\nConsumed by {', '.join(contract.consumers)}.\n\n| field | type | |\n|---|---|---|\n")
        hints = typing.get_type_hints(contract.cls)
        for member in dataclasses.fields(contract.cls):
            kind = str(hints[member.name]).replace("<class '", "").replace("'>", "")
            kind = (
                kind.replace("datetime.", "")
                .replace("uuid.", "")
                .replace("typing.", "")
                .rsplit("shared.contracts.")[-1]
            )
            notes = ["sealed"] if member.name in sealed_fields(contract.cls) else []
            notes += ["optional"] if member.default is not dataclasses.MISSING else []
            parts.append(f"| `{member.name}` | {kind.replace('|', 'or')} | {', '.join(notes)} |\n")
    return "".join(parts)


def _line(service: str) -> str:
    # Of an event with a later version the earlier ones are still taken, and never sent.
    newest = {name.rpartition(".")[0]: name for name in sorted(CONTRACTS)}
    sends = (f"`{name}`" for name in sorted(newest.values()) if CONTRACTS[name].producer == service)
    takes = (f"`{name}`" for name, contract in sorted(CONTRACTS.items()) if service in contract.consumers)
    return f"| {service} | {' '.join(sends)} | {' '.join(takes)} |\n"


if __name__ == "__main__":
    PAGE.write_text(write(), encoding="utf-8")
