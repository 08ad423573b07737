"""What the sign-in shows next. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.route_table.pages import WEB
from gateway.web.local_addresses import is_local
from shared.permissions import PUBLIC

SENTENCES: Final = {
    "second_factor_required": "Enter the code that your authenticator app shows now.",
    "bad_second_factor": "That code is wrong, or was used before. Enter another one.",
    "recovery_code_required": "This account has a passkey. Use it below, or enter a recovery code.",
    "choose_organization": "You work at more than one practice. Choose where to sign in.",
}

# What answers a GET of somebody signed in without a page of its own: a script asks it, or it is a file.
_NO_PAGE: Final = frozenset(
    {"/session", "/session/token", "/bell", "/activity/export", "/settings/logo", "/clients/import/{import_id}/errors"}
    | {row.path for row in WEB if row.path.endswith("/file")}
)
_PAGES: Final = frozenset(row.path for row in WEB if row.method == "GET" and row.permission != PUBLIC) - _NO_PAGE
# Paths that are none of those, though a placeholder of one would take them in: `/notes/new` is no note.
_OTHERS: Final = frozenset(row.path for row in WEB) - _PAGES
_SHOWN: Final = re.compile("|".join(re.sub(r"{\w+}", "[A-Za-z0-9._-]+", path) for path in sorted(_PAGES)))


@dataclass(frozen=True, slots=True)
class SignInStep:
    """What the sign-in page asks for beyond address and password. `organizations`: pairs of id and name."""

    asks_code: bool = False
    asks_app: bool = False  # for the app's code; otherwise a recovery code is all that does beside a passkey
    organizations: Sequence[tuple[str, str]] = ()
    sentence: str | None = None
    wrong: bool = False  # the sentence refuses what was entered

    @property
    def asks_more(self) -> bool:
        """Whether there is a second step."""
        return self.asks_code or bool(self.organizations)

    @classmethod
    def of(cls, problem: Mapping[str, Any], sent: Collection[str] = ()) -> SignInStep:
        """By the problem document of a sign-in that did not succeed yet. `sent`: the inputs that the form had."""
        code = problem["code"]
        wanted = [error["field"] for error in problem["errors"]]
        asks_app = "totp_code" in (wanted if code == "second_factor_required" else sent)
        asks_code = code in ("second_factor_required", "bad_second_factor")
        if code == "second_factor_required" and not asks_app:
            code = "recovery_code_required"
        fitting = [
            (error["value"], error["detail"]) for error in problem["errors"] if error["field"] == "organization_id"
        ]
        return cls(
            asks_code=asks_code,
            asks_app=asks_code and asks_app,
            organizations=fitting if code == "choose_organization" else (),
            sentence=SENTENCES.get(code),
            wrong=code == "bad_second_factor",
        )


def local_path(text: str) -> str | None:
    """A page of ours to go to after signing in; None for anything that leads elsewhere, acts, or shows no page."""
    return text if is_local(text) and _SHOWN.fullmatch(text) and text not in _OTHERS else None


@dataclass(frozen=True, slots=True)
class MailedLink:
    """A page that a mail links to: what the link is for, how long it holds, and where a new one comes from.

    `new`: the field in which the API takes the new password; empty where the link asks for none.
    """

    path: str
    title: str
    words: str
    holds: str
    verb: str
    again: str
    new: str = ""
    done: tuple[str, str] = ("", "")  # title and sentence, once it worked


CONFIRM: Final = MailedLink(
    "/confirm",
    "Confirm your e-mail address",
    "You signed a practice up with this address. Once you confirm it, the practice’s invitations and mail go out.",
    "The link works once, within 24 hours.",
    "Confirm address",
    "Have you confirmed it already? Then sign in. If not, sign in as well: Home mails you a new link.",
    done=("Your address is confirmed", "Invitations and other mail of your practice go out from now on."),
)
EMAIL_CHANGE: Final = MailedLink(
    "/email-change",
    "Confirm your new e-mail address",
    "From then on you sign in with this address, and mail goes here.",
    "The link works once, within 24 hours.",
    "Use this address",
    "Have you confirmed it already? Then sign in with the new address. If not, ask again under My account.",
    done=("Your address is changed", "Sign in with the new address from now on."),
)
JOIN: Final = MailedLink(
    "/join",
    "Join your practice",
    "Choose the password that you will sign in with.",
    "The invitation works once, within 72 hours.",
    "Join the practice",
    "Ask the person who invited you for a new invitation. If you have joined already, sign in.",
    new="password",
)
RESET: Final = MailedLink(
    "/password-reset",
    "Set a new password",
    "This signs you out everywhere. Your second factor, where you have one, stays on.",
    "The link works once, within 30 minutes.",
    "Set password",
    "",
    new="new_password",
)
# Codes of a link that no longer works; everything else can be put right on the form.
SPENT: Final = frozenset({"token_not_usable", "invitation_not_usable", "link_used", "link_expired"})
