"""What the sign-in shows next. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

SENTENCES: Final = {
    "second_factor_required": "Enter the code that your authenticator app shows now.",
    "bad_second_factor": "That code is wrong, or was used before. Enter the one that the app shows now.",
    "choose_organization": "You work at more than one practice. Choose where to sign in.",
}


@dataclass(frozen=True, slots=True)
class SignInStep:
    """What is asked besides address and password. `organizations`: pairs of id and name."""

    asks_code: bool = False
    organizations: Sequence[tuple[str, str]] = ()
    sentence: str | None = None

    @property
    def asks_more(self) -> bool:
        """Whether there is a second step."""
        return self.asks_code or bool(self.organizations)

    @classmethod
    def of(cls, problem: Mapping[str, Any]) -> SignInStep:
        """By the problem document of a sign-in that did not succeed yet."""
        code = problem["code"]
        fitting = [(one["value"], one["detail"]) for one in problem["errors"] if one["field"] == "organization_id"]
        return cls(
            asks_code=code in ("second_factor_required", "bad_second_factor"),
            organizations=fitting if code == "choose_organization" else (),
            sentence=SENTENCES.get(code),
        )


def local_path(text: str) -> str | None:
    """A page of ours to go to after signing in; None for anything that could lead elsewhere."""
    plain = text.startswith("/") and not text.startswith("//") and not set(text) & set("\\:?#%\r\n\t ")
    return text if plain and text not in ("/", "/sign-in") else None
