"""Things that lists sort by name: each row keeps the key by which it is sorted, and nobody can forget to write it."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import Text, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from shared.names import sort_key


class Sorted:
    """Mixin of a table with names. `SORTED_BY` are the columns of the names, the first of them counting first.

    The key is made in Python and compared by code points (collation C), so that every PostgreSQL sorts alike.
    """

    SORTED_BY: ClassVar[tuple[str, ...]]

    sort_key: Mapped[str] = mapped_column(Text(collation="C"), default="", server_default="")

    @property
    def sort_key_of_names(self) -> str:
        """The key that belongs to the names as they are now."""
        return sort_key(*(getattr(self, column) for column in self.SORTED_BY))


@event.listens_for(Sorted, "before_insert", propagate=True)
@event.listens_for(Sorted, "before_update", propagate=True)
def _keep_sort_key(_mapper: Mapper[Sorted], _connection: object, row: Sorted) -> None:
    if row.sort_key != row.sort_key_of_names:
        row.sort_key = row.sort_key_of_names
