"""What Caseload says no to, by kind.

A refusal is an exception with a stable slug (`code`) that a client may switch on. Features define
one class per thing the business refuses, derived from one of the kinds below; `shared.web.errors`
maps each kind to its HTTP status in one dict. Pure: rules import this module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.audit_facts import AuditFacts
from shared.sizes import size_in_words

SLUG: Final = re.compile(r"[a-z][a-z0-9_]*")


class NoSlug(ValueError):
    """A programming error: a code that no program can switch on."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: its path (`address.postal_code`), a slug, and a sentence for people.

    `value`: what a program needs of the sentence, an id, a limit, a status; None where the slug says it all.
    """

    field: str
    code: str
    detail: str
    value: str | None = None

    def __post_init__(self) -> None:
        _ensure_slug(self.code)


class Refusal(Exception):
    """A request that is answered with a problem document and changes nothing."""

    code = "refused"
    detail = "The request was refused."
    # True where the refusal itself must leave a trace (a wrong password is counted): what was written is committed.
    keeps_changes = False
    # True where somebody is refused sight or action because of who they are, and not merely told that the request does
    # not fit: it is on record.
    denies = False
    # What was known when it was raised: whose record was asked for, for the audit entry of the denial.
    audit_facts: AuditFacts | None = None

    def __init__(
        self, detail: str | None = None, *, code: str | None = None, errors: Sequence[FieldError] = ()
    ) -> None:
        self.code = code or type(self).code
        _ensure_slug(self.code)
        self.detail = detail or type(self).detail
        self.errors = tuple(errors)
        super().__init__(self.detail)

    @property
    def rule(self) -> str:
        """The rule by which somebody was refused, as the audit trail names it: the code."""
        return self.code


def _ensure_slug(code: str) -> None:
    if not SLUG.fullmatch(code):
        raise NoSlug(f"{code!r} is not a slug: ids and values go into `value`")


class Unparsable(Refusal):
    """The bytes are not what the content type promises."""

    code = "unparsable"
    detail = "The body could not be read."


class Unauthenticated(Refusal):
    """Nobody, or nobody who can be recognised, asked."""

    code = "unauthenticated"
    detail = "Sign in first."


class Forbidden(Refusal):
    """The actor is known and may see the thing, but not do this."""

    denies = True
    code = "forbidden"
    detail = "You are not allowed to do this."

    @classmethod
    def without(cls, permission: str) -> Forbidden:
        """A refusal because of a permission that the actor does not hold."""
        detail = f"This needs the permission {permission}."
        return cls(detail, errors=[FieldError("", "permission_needed", detail, permission)])


class NotFound(Refusal):
    """There is no such thing, or none that this actor may know of."""

    denies = True
    code = "not_found"
    detail = "There is nothing here under this id."


class Moved(Refusal):
    """What the address names is found at another one; the answer carries `Location`.

    `ids`: the ids in the address, and those that stand in their place at the other one.
    """

    code = "moved"
    detail = "This is found at another address."

    def __init__(self, ids: Mapping[str, str], *, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(errors=errors)
        self.ids = ids

    def address(self, address: str) -> str:
        """Where to go from `address`."""
        for old, new in self.ids.items():
            address = address.replace(old, new)
        return address


class Conflict(Refusal):
    """The request is well formed but contradicts the present state; `code` says which rule."""

    code = "conflict"
    detail = "The present state does not allow this."


class Stale(Refusal):
    """`If-Match` named a version that is no longer the current one."""

    code = "stale"
    detail = "Somebody changed this meanwhile. Load it again and repeat your change."


class TooSlow(Refusal):
    """The body did not arrive in time."""

    code = "request_timeout"
    detail = "The body took too long to arrive. Send it again."


class TooLarge(Refusal):
    """The body is larger than this endpoint takes."""

    code = "too_large"
    detail = "The body is larger than this endpoint takes."

    @classmethod
    def for_more_than(cls, bytes_max: int) -> TooLarge:
        """A refusal of a body of more bytes than that."""
        detail = f"Send at most {size_in_words(bytes_max)}."
        return cls(detail, errors=[FieldError("", cls.code, detail, str(bytes_max))])


class UnsupportedMedia(Refusal):
    """The content type is not one that this endpoint reads."""

    code = "unsupported_media_type"
    detail = "Send application/json."


class Invalid(Refusal):
    """Values are wrong; `errors` names each field."""

    code = "invalid"
    detail = "Some values are not valid."

    @classmethod
    def field(cls, field: str, code: str, detail: str, value: str | None = None) -> Invalid:
        """A refusal because of one field."""
        return cls(detail, errors=[FieldError(field, code, detail, value)])

    @property
    def rule(self) -> str:
        """The code of the first field, which says more than that some value is wrong."""
        return self.errors[0].code if self.errors else self.code


class Hidden(Invalid):
    """A field names what this actor may not know of: answered like any unknown id, and on record like a denial."""

    denies = True

    @property
    def rule(self) -> str:
        """One for all: what the field is answered says nothing."""
        return "hidden"


class TooMany(Refusal):
    """A limit was reached; the answer carries `Retry-After`."""

    code = "too_many_requests"
    detail = "Too many requests. Wait and try again."

    def __init__(self, detail: str | None = None, *, retry_after_seconds: int = 1) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(Refusal):
    """A part that this request needs is away; the answer carries `Retry-After`."""

    code = "unavailable"
    detail = "A part of the system is not reachable just now. Try again shortly."

    def __init__(self, detail: str | None = None, *, code: str | None = None, retry_after_seconds: int = 1) -> None:
        super().__init__(detail, code=code)
        self.retry_after_seconds = retry_after_seconds
