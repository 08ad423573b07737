"""Which clients stand in a report, and what it says of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, literal_column, select

from services.clients.client_reports.rules import Item, OwnColumn, said_of, with_own
from services.clients.copies.models import StaffCopy
from services.clients.own_fields.queries import fields_called
from services.clients.profiles.models import Client
from services.clients.profiles.queries import visible
from shared import clock
from shared.actor import Caller
from shared.database.session import Session
from shared.web.paging import Key
from shared.web.reports import Report

ACTION_NO_CONSENT: Final = "no_consent_report.read"
ACTION_WAITING: Final = "waiting_report.read"
ACTION_BIRTHDAYS: Final = "birthdays_report.read"
BY_NAME: Final[Sequence[Key]] = (Client.sort_key, Client.id)
BY_WAIT: Final[Sequence[Key]] = (Client.waiting_since, Client.id)
BY_BIRTHDAY: Final[Sequence[Key]] = (Client.birthday, Client.sort_key, Client.id)
# By channel: where the first way to reach a client stands, and what they said to it.
COLUMNS: Final = {"phone": (Client.phone, Client.phone_consent), "email": (Client.email, Client.email_consent)}


def own_columns(session: Session, actor: Caller, slugs: Collection[str] | None) -> list[OwnColumn]:
    """These own fields as columns, in that order. Raises `Invalid` that names `custom` where there is no such field."""
    return [
        OwnColumn(field.slug, field.name, field.type, {each["slug"]: each["name"] for each in field.choices})
        for field in fields_called(session, actor, slugs or (), "custom")
    ]


def no_consent(actor: Caller, channel: str, own: Sequence[OwnColumn] = ()) -> Report:
    """Clients who have this way to be reached and did not agree to it. Archived ones are left out."""

    def item(_session: Session, client: Client) -> dict[str, Any]:
        value, consent = COLUMNS[channel]
        return {"value": getattr(client, value.key), "consent": getattr(client, consent.key)}

    columns = {**_WHO, "Contact": _value, "Consent": _consent}
    statement = without_consent(actor, channel)
    return _report("no-consent", ACTION_NO_CONSENT, statement, BY_NAME, item, columns, own)


def waiting(actor: Caller, own: Sequence[OwnColumn] = ()) -> Report:
    """Prospective clients on the waiting list."""

    def item(session: Session, client: Client) -> dict[str, Any]:
        waiting = client.waiting
        wished = waiting.staff_id if waiting else None
        # Many wish for the same people: each of them is read once.
        staff = session.get(StaffCopy, (actor.organization_id, wished)) if wished else None
        return {"phone": client.phone, "waiting": waiting, "clinician": staff.display_name if staff else None}

    columns = {
        **_WHO,
        "Waiting since": _since,
        "Days": _weekdays,
        "Time of day": _part_of_day,
        "Clinician": _clinician,
        "Wish": _wish,
        "Phone": _phone,
    }
    statement = select(Client).where(visible(actor), Client.waiting_since.is_not(None))
    return _report("waiting", ACTION_WAITING, statement, BY_WAIT, item, columns, own)


def birthdays(actor: Caller, month: int, year: int, own: Sequence[OwnColumn] = ()) -> Report:
    """Whose birthday is in that month (1 to 12), by day, with the age that they reach that year.

    Archived clients are left out.
    """

    def item(_session: Session, client: Client) -> dict[str, Any]:
        return {"date_of_birth": client.date_of_birth, "turns": year - client.date_of_birth.year}

    columns = {**_WHO, "Date of birth": _date_of_birth, "Turns": _turns}
    return _report("birthdays", ACTION_BIRTHDAYS, born_in(actor, month), BY_BIRTHDAY, item, columns, own)


def born_in(actor: Caller, month: int) -> Select[*tuple[Any, ...]]:
    """The clients of the report, in no order yet."""
    in_month = Client.birthday.between(month * 100, month * 100 + 31)
    return select(Client).where(visible(actor), in_month, _not_archived())


def without_consent(actor: Caller, channel: str) -> Select[*tuple[Any, ...]]:
    """The clients of the report, in no order yet."""
    value, consent = COLUMNS[channel]
    return select(Client).where(visible(actor), value.is_not(None), _is_not(consent, "given"), _not_archived())


def _not_archived() -> ColumnElement[bool]:
    return _is_not(Client.status, "archived")


def _is_not(column: Any, slug: str) -> ColumnElement[bool]:
    """Written out as the partial indexes have it: a parameter would miss them."""
    different: ColumnElement[bool] = column != literal_column(f"'{slug}'")
    return different


def _report(
    name: str,
    action: str,
    statement: Select[*tuple[Any, ...]],
    keys: Sequence[Key],
    item: Callable[[Session, Client], dict[str, Any]],
    columns: Mapping[str, Callable[[Item], Any]],
    own: Sequence[OwnColumn],
) -> Report:
    def items(session: Session, clients: Sequence[Client]) -> list[dict[str, Any]]:
        return [
            {
                "client_id": client.id,
                "number": client.number,
                "display_name": client.display_name,
                "custom": said_of(client.custom, own),
                **item(session, client),
            }
            for client in clients
        ]

    return Report(
        name=name,
        action=action,
        as_of=clock.now(),
        statement=statement,
        keys=keys,
        items=items,
        columns=with_own(columns, own),
    )


def _number(item: Item) -> Any:
    return item["number"]


def _name(item: Item) -> Any:
    return item["display_name"]


def _value(item: Item) -> Any:
    return item["value"]


def _consent(item: Item) -> Any:
    return {"refused": "Do not use", "not_asked": "Not asked yet"}[item["consent"]]


def _since(item: Item) -> Any:
    return item["waiting"].since


def _weekdays(item: Item) -> Any:
    return ", ".join(day.capitalize() for day in item["waiting"].weekdays) or "Any day"


def _part_of_day(item: Item) -> Any:
    return (item["waiting"].part_of_day or "any time").capitalize()


def _wish(item: Item) -> Any:
    return item["waiting"].note


def _clinician(item: Item) -> Any:
    return item["clinician"] or "Anybody"


def _phone(item: Item) -> Any:
    return item["phone"]


def _date_of_birth(item: Item) -> Any:
    return item["date_of_birth"]


def _turns(item: Item) -> Any:
    return item["turns"]


_WHO: Final[Mapping[str, Callable[[Item], Any]]] = {"Number": _number, "Client": _name}
