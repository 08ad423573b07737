"""Refusals in the API document: what a problem document looks like, and which operation answers which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shared.errors import Refusal
from shared.web.errors import PROBLEM_TYPE, status_of_kind

PROBLEM = {
    "type": "object",
    "description": "A refusal (RFC 9457). A program switches on `code`, a person reads `detail`.",
    "required": ["type", "title", "status", "detail", "code", "errors", "request_id"],
    "properties": {
        "type": {"type": "string", "description": "Always `about:blank`: the status says what kind it is."},
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What happened and what to do, for people."},
        "code": {"type": "string", "description": "A stable slug that a program may switch on."},
        "errors": {
            "type": "array",
            "description": "Each wrong field, or each thing that is in the way.",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {
                    "field": {"type": "string", "description": "Its path, for example `address.postal_code`."},
                    "code": {"type": "string", "description": "A stable slug."},
                    "detail": {"type": "string", "description": "What is wrong with it, for people."},
                    "value": {
                        "type": "string",
                        "description": "What a program needs of the sentence: an id, a limit, a status.",
                    },
                },
            },
        },
        "request_id": {"type": ["string", "null"], "description": "What to name when asking us about it."},
    },
    "examples": [
        {
            "type": "about:blank",
            "title": "Invalid values",
            "status": 422,
            "detail": "Some values are not valid.",
            "code": "invalid",
            "errors": [{"field": "given_name", "code": "required", "detail": "Fill this in."}],
            "request_id": "019a2090-0000-7000-8000-0000000000aa",
        }
    ],
}


@dataclass(frozen=True, slots=True, order=True)
class Refused:
    """One way in which an operation may be refused."""

    status: int
    code: str
    detail: str

    @classmethod
    def of(cls, kind: type[Refusal]) -> Refused:
        """As the class says it."""
        return cls(status_of_kind(kind), kind.code, kind.detail)


def refuse(operation: dict[str, Any], refusals: Iterable[Refused]) -> None:
    """Name these refusals among an operation's responses, each code once."""
    for refused in sorted(refusals):
        response = operation["responses"].setdefault(
            str(refused.status),
            {
                "description": "",
                "x-codes": [],
                "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
            },
        )
        if refused.code not in response["x-codes"]:
            response["x-codes"].append(refused.code)
            response["description"] = f"{response['description']}\n- `{refused.code}`: {refused.detail}".strip()
