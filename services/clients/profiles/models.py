"""Clients and the words by which they are found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    FetchedValue,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from services.clients.contacts import rules as contacts
from services.clients.contacts.rules import Contact, Ways
from services.clients.profiles import rules
from services.clients.tables import Base
from services.clients.waiting.rules import WAITS, Waiting
from shared import clock
from shared.client_families import Mergeable, merged_index
from shared.database.session import Tenant
from shared.database.sort_keys import Sorted

ARCHIVED = "archived"
NOBODY_ASSIGNED = text("staff_count = 0")
# Written out as its index has it.
BIRTHDAY = "(EXTRACT(month FROM date_of_birth)::integer * 100 + EXTRACT(day FROM date_of_birth)::integer)"


class Client(Tenant, Sorted, Mergeable, Base):
    """A client's basic data. The row of one who was merged into another is left as it was, and shown nowhere."""

    __tablename__ = "clients"
    __table_args__ = (
        Index("ix_clients_sort_key", "organization_id", "sort_key", "id"),  # the list
        Index("ix_clients_status_sort_key", "organization_id", "status", "sort_key", "id"),  # by status
        Index("ix_clients_status_number", "organization_id", "status", "number"),  # by status, sorted by number
        # Clients whom nobody is assigned to, and those of one status.
        Index("ix_clients_unassigned", "organization_id", "sort_key", "id", postgresql_where=NOBODY_ASSIGNED),
        Index(
            "ix_clients_unassigned_status",
            *("organization_id", "status", "sort_key", "id"),
            postgresql_where=NOBODY_ASSIGNED,
        ),
        Index("ix_clients_date_of_birth", "organization_id", "date_of_birth"),  # search, and likely duplicates
        Index("ix_clients_phone", "organization_id", "phone"),
        Index("ix_clients_phone_digits", "organization_id", "phone_digits"),  # found by the beginning of a phone
        Index("ix_clients_phone_reversed", "organization_id", "phone_reversed"),  # by its end
        Index("ix_clients_email_key", "organization_id", "email_key"),
        Index(  # the waiting list
            "ix_clients_waiting",
            *("organization_id", "waiting_since", "id"),
            postgresql_where=text("waiting_since IS NOT NULL"),
        ),
        *(  # those who did not agree to it, by name
            Index(
                f"ix_clients_no_{channel}_consent",
                *("organization_id", "sort_key", "id"),
                postgresql_where=text(
                    f"{channel} IS NOT NULL AND {channel}_consent <> 'given' AND status <> 'archived'"
                ),
            )
            for channel in ("phone", "email")
        ),
        Index(  # whose birthday it is
            "ix_clients_birthday",
            *("organization_id", text(BIRTHDAY), "sort_key", "id"),
            postgresql_where=text("status <> 'archived'"),
        ),
        Index("uq_clients_number", "organization_id", "number", unique=True),
        merged_index("clients"),
        CheckConstraint("status IN ('prospective', 'active', 'archived')", name="status"),
        CheckConstraint("archived_from IN ('prospective', 'active')", name="archived_from"),
        CheckConstraint("client_type IN ('adult', 'minor', 'couple', 'family')", name="client_type"),
        CheckConstraint("phone_consent IN ('given', 'refused', 'not_asked')", name="phone_consent"),
        CheckConstraint("email_consent IN ('given', 'refused', 'not_asked')", name="email_consent"),
    )

    SORTED_BY = ("family_name", "given_name")

    version: Mapped[int] = mapped_column(default=1)
    staff_count: Mapped[int] = mapped_column(server_default=text("0"))  # members assigned; triggers keep it
    number: Mapped[int] = mapped_column(server_default=FetchedValue())  # a trigger gives it, by the counter
    given_name: Mapped[str] = mapped_column(Text)
    family_name: Mapped[str] = mapped_column(Text)
    middle_name: Mapped[str | None] = mapped_column(Text)
    name_suffix: Mapped[str | None] = mapped_column(Text)
    preferred_name: Mapped[str | None] = mapped_column(Text)
    former_names: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    pronouns: Mapped[str | None] = mapped_column(Text)
    date_of_birth: Mapped[date]
    sex: Mapped[str] = mapped_column(Text, default="unknown")
    gender_identity: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(Text)
    client_type: Mapped[str] = mapped_column(Text, server_default="adult")
    referral_source: Mapped[str | None] = mapped_column(Text)
    intake_date: Mapped[date | None]
    email: Mapped[str | None] = mapped_column(Text)  # the first one, like the phone: see `ways`
    email_label: Mapped[str | None] = mapped_column(Text)
    email_consent: Mapped[str] = mapped_column(Text, server_default=contacts.NOT_ASKED)
    email_key: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    phone_label: Mapped[str | None] = mapped_column(Text)
    phone_consent: Mapped[str] = mapped_column(Text, server_default=contacts.NOT_ASKED)
    further_contacts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    # Its digits without the extension, and these from the last one on: a trigger keeps both.
    phone_digits: Mapped[str | None] = mapped_column(Text(collation="C"), FetchedValue(), deferred=True)
    phone_reversed: Mapped[str | None] = mapped_column(Text(collation="C"), FetchedValue(), deferred=True)
    written_address: Mapped[dict[str, Any] | None] = mapped_column("address", JSONB(none_as_null=True))  # see `address`
    # {"at": instant, "address": address} in the order of their instants. Kept apart so that a list needs no join.
    coming_addresses: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    emergency_contact: Mapped[dict[str, Any] | None] = mapped_column(JSONB)  # the first one
    further_emergency_contacts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    time_zone: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default="active")
    tags: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    custom: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))  # own fields, by slug
    archived_from: Mapped[str | None] = mapped_column(Text)  # the status before; of archived clients alone
    waiting_since: Mapped[date | None]  # of those on the waiting list alone
    waiting_for: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[datetime]

    @hybrid_property
    def birthday(self) -> int:
        """Month and day in one number: 704 is July 4."""
        return self.date_of_birth.month * 100 + self.date_of_birth.day

    @birthday.inplace.expression
    @classmethod
    def _birthday(cls) -> ColumnElement[int]:
        return literal_column(BIRTHDAY, Integer)

    @property
    def display_name(self) -> str:
        """As colleagues see them."""
        return rules.display_name(self.given_name, self.family_name, self.preferred_name)

    @property
    def ways(self) -> Ways:
        """All ways to reach them."""
        phone, email = (
            Contact(channel=channel, value=value, label=label, consent=consent) if value else None
            for channel, value, label, consent in (
                ("phone", self.phone, self.phone_label, self.phone_consent),
                ("email", self.email, self.email_label, self.email_consent),
            )
        )
        return Ways(phone, email, tuple(Contact(**contact) for contact in self.further_contacts))

    @property
    def address(self) -> dict[str, Any] | None:
        """Where they live now: the last of the coming addresses that has begun, else what was written last."""
        if not self.coming_addresses:
            return self.written_address
        now = clock.now()
        begun = [each["address"] for each in self.coming_addresses if datetime.fromisoformat(each["at"]) <= now]
        return begun[-1] if begun else self.written_address

    @property
    def contacts(self) -> list[dict[str, Any]]:
        """All ways to reach them, as documents: phones, e-mails, others."""
        return contacts.stored(self.ways.all)

    @property
    def emergency_contacts(self) -> list[dict[str, Any]]:
        """Whom to call in an emergency, the first one first."""
        return [*([self.emergency_contact] if self.emergency_contact else []), *self.further_emergency_contacts]

    def reach_by(self, all_contacts: Iterable[Contact]) -> None:
        """These are all ways to reach them from now on."""
        ways = Ways.of(all_contacts)
        for channel, first in (("phone", ways.phone), ("email", ways.email)):
            setattr(self, channel, first.value if first else None)
            setattr(self, f"{channel}_label", first.label if first else None)
            setattr(self, f"{channel}_consent", first.consent if first else contacts.NOT_ASKED)
        self.further_contacts = contacts.stored(ways.further)

    @property
    def waiting(self) -> Waiting | None:
        """Their place on the waiting list."""
        if self.waiting_since is None:
            return None
        return Waiting.of(self.waiting_since, self.waiting_for or {})

    def wait(self, waiting: Waiting) -> None:
        """They are on the waiting list, with this wish."""
        self.waiting_since = waiting.since
        self.waiting_for = waiting.wish

    def was(self, status: str) -> None:
        """They had this status until now. Archived, they keep it and their place on the waiting list for their return.

        The day since when they waited goes with the wish meanwhile: who has `waiting_since` is on the list.
        """
        wish = self.waiting_for or {}
        if status != ARCHIVED and self.status == ARCHIVED:
            self.archived_from = status
            self.waiting_for = {**wish, "since": self.waiting_since.isoformat() if self.waiting_since else None}
        elif status == ARCHIVED and self.status != ARCHIVED:
            self.archived_from = None
            if wish.get("since") and self.status == WAITS:
                self.waiting_since = date.fromisoformat(wish["since"])

    @property
    def known_as(self) -> rules.KnownAs:
        """By what they are found, and taken for somebody else."""
        return known_as_of(self)


# The columns of clients that say by what they are known.
KNOWN_BY: Final = (
    Client.given_name,
    Client.family_name,
    Client.preferred_name,
    Client.middle_name,
    Client.former_names,
    Client.date_of_birth,
    Client.phone,
    Client.email_key,
)


def known_as_of(profile: Any) -> rules.KnownAs:
    """By what a client is found, and taken for somebody else. `profile`: a client, or a row with `KNOWN_BY`."""
    return rules.known_as(
        (profile.given_name, profile.family_name, profile.preferred_name or ""),
        profile.date_of_birth,
        (profile.phone, profile.email_key),
        once_named=(profile.middle_name or "", *profile.former_names),
    )


class ClientCounter(Base):
    """The number that an organization gave last. It only rises, so no number is given twice."""

    __tablename__ = "client_counters"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    last_number: Mapped[int]


class ClientPhone(Base):
    """The digits of a further phone, and these from the last one on. Those of the first stand with the client."""

    __tablename__ = "client_phones"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "client_id"], ["clients.organization_id", "clients.id"], ondelete="CASCADE"
        ),
        Index("ix_client_phones_digits", "organization_id", "digits", "client_id"),
        Index("ix_client_phones_backwards", "organization_id", "backwards", "client_id"),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    digits: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    backwards: Mapped[str] = mapped_column(Text(collation="C"))


class ClientToken(Base):
    """One word of a client's name. Searching by prefix is a range of this table's index, at any size.

    Collation C: the index is in the order of characters, so that what begins with a word stands together.
    """

    __tablename__ = "client_tokens"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "client_id"], ["clients.organization_id", "clients.id"], ondelete="CASCADE"
        ),
        Index(
            "ix_client_tokens_prefix",
            "organization_id",
            "token",
            "name",
            "client_id",
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    name: Mapped[str] = mapped_column(Text(collation="C"))  # the client's sort key: it orders those with the same word
