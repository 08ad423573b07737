"""Which files are taken: decided by what is in them, never by a name or by the type that came with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import puremagic

from shared.errors import Invalid

HEAD_BYTES: Final = 4096  # as much of a file as is looked at


class WrongKind(Invalid):
    """Not one of the kinds of file that belong here."""

    code = "wrong_kind_of_file"
    detail = "This kind of file cannot be kept here."


@dataclass(frozen=True, slots=True)
class Kind:
    """What files of one purpose may be: their media types, and how many bytes at most."""

    name: str
    media_types: frozenset[str]
    bytes_max: int


def media_type_of(head: bytes, kind: Kind) -> str:
    """The media type of a file by its first bytes; raises `WrongKind` for what the kind does not take."""
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError) as error:  # ValueError: an empty file
        raise WrongKind() from error
    surest: set[str] = {
        match.mime_type for match in found if match.confidence == found[0].confidence
    } & kind.media_types
    if len(surest) != 1:
        raise WrongKind()
    return surest.pop()
