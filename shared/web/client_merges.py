"""What a preview of merging two clients is asked with, and what those of all services answer alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, post_load

from shared.client_merges import Merge
from shared.web.fields import about, choice
from shared.web.strict_fields import Id


class MergePreviewQuery(Schema):
    """Which two clients are one person."""

    client_id = Id(required=True, metadata=about("Id of the client who would end."))
    into_client_id = Id(required=True, metadata=about("Id of the client who would stay, and take over the records."))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Merge:
        return Merge(**data)


class MergePreviewSchema(Schema):
    """What a merge would find in one service. It changes nothing."""

    client_id = Id(metadata=about("Id of the client who would end."))
    into_client_id = Id(metadata=about("Id of the client who would stay."))


def count(of_what: str) -> fields.Integer:
    """How many records of the client who would end the other one would take over."""
    return fields.Integer(metadata=about(of_what))


def collisions(words: Mapping[str, str]) -> fields.List[str]:
    """What both clients have where one person has it once. `words`: what each code means."""
    return fields.List(
        choice(tuple(words), "What collides.", words),
        metadata=about("What stands against a merge, or has to be looked at before; empty: nothing."),
    )
