"""Several ways to reach a client, and several people to call: the first of each stays what it was."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from services.clients.contacts import rules as contacts
from services.clients.contacts.rules import Contact, Ways
from services.clients.profiles import search
from services.clients.profiles.models import Client
from services.clients.profiles.rules import Digits
from services.clients.tests.conftest import Desk
from shared.testing.plans import plan_of
from shared.testing.web import ServiceClient

MOBILE = {"channel": "phone", "value": "+15185550142", "label": "mobile", "consent": "given"}
WORK = {"channel": "phone", "value": "+1 518-555-0177 ext. 9", "label": "work", "consent": "refused"}
MAIL = {"channel": "email", "value": "ada@example.org", "label": None, "consent": "not_asked"}
SIGNAL = {"channel": "other", "value": "Signal, @ada", "label": None, "consent": "given"}
ALL = [MOBILE, WORK, MAIL, SIGNAL]
ANNE = {"name": "Anne Byron", "relationship": "mother", "phone": "+15185550101"}
BO = {"name": "Bo Byron", "relationship": None, "phone": "+15185550102"}


def found(asker: ServiceClient, query: str) -> list[str]:
    """Given names of the clients that a search finds."""
    return [client["given_name"] for client in asker.post("/clients/search", {"query": query}).json["items"]]


def test_contacts_stand_by_channel_and_the_first_of_each_is_phone_and_email(desk: Desk) -> None:
    client = desk.add(contacts=[MAIL, MOBILE, SIGNAL, WORK])
    assert client["contacts"] == ALL
    assert (client["phone"], client["email"]) == (MOBILE["value"], MAIL["value"])
    path = f"/clients/{client['id']}"
    changed = desk.desk.patch(path, {"phone": "518 555 0199"}).json
    assert changed["contacts"][0] == {**MOBILE, "value": "+15185550199", "consent": "not_asked"}
    assert changed["contacts"][1:] == ALL[1:]
    assert desk.desk.patch(path, {"phone": None, "email": None}).json["contacts"] == [WORK, SIGNAL]
    gone = desk.desk.patch(path, {"contacts": []}).json
    assert (gone["contacts"], gone["phone"], gone["email"]) == ([], None, None)


def test_what_is_as_given_already_changes_nothing(desk: Desk) -> None:
    client = desk.add(contacts=ALL, emergency_contacts=[ANNE, BO])
    same = {"contacts": ALL, "emergency_contacts": [ANNE, BO]}
    for body in (same, {"phone": MOBILE["value"], "emergency_contact": ANNE}):
        assert desk.desk.patch(f"/clients/{client['id']}", body).json["version"] == 1


def test_a_client_is_found_by_every_phone_and_by_none_that_is_gone(desk: Desk) -> None:
    client = desk.add(contacts=ALL)
    narrowed = desk.staff("therapist", grants=("assigned_only",))
    for query in ("5185550142", "0142", "518 555 0177", "+1518555", "0177", "ada 0177"):
        assert (found(desk.desk, query), found(narrowed, query)) == (["Ada"], []), query
    assert found(desk.desk, "8555") == []
    desk.desk.patch(f"/clients/{client['id']}", {"contacts": [MOBILE]})
    assert found(desk.desk, "0177") == []


def test_further_phones_come_from_an_index_at_either_end(desk: Desk) -> None:
    condition = search.found_by_digits(desk.organization_id, Digits("5185"))
    plan = plan_of(desk.database, desk.organization_id, select(Client.id).where(condition))
    assert "ix_client_phones_digits" in plan and "ix_client_phones_backwards" in plan, plan
    assert "Seq Scan" not in plan, plan


def test_the_first_emergency_contact_stays_the_first(desk: Desk) -> None:
    client = desk.add(emergency_contacts=[ANNE, BO])
    path = f"/clients/{client['id']}"
    assert (client["emergency_contact"], client["emergency_contacts"]) == (ANNE, [ANNE, BO])
    other = {**ANNE, "name": "Una Byron"}
    assert desk.desk.patch(path, {"emergency_contact": other}).json["emergency_contacts"] == [other, BO]
    promoted = desk.desk.patch(path, {"emergency_contact": None}).json
    assert (promoted["emergency_contact"], promoted["emergency_contacts"]) == (BO, [BO])


def test_what_the_previous_release_writes_is_the_first_contact(desk: Desk) -> None:
    client = desk.add(contacts=ALL, emergency_contacts=[ANNE, BO])
    desk.database.rows(
        "UPDATE clients SET phone = '+12125550100', email = NULL, emergency_contact = NULL WHERE id = %s RETURNING 1",
        client["id"],
    )
    read = desk.desk.get(f"/clients/{client['id']}").json
    assert [contact["value"] for contact in read["contacts"]] == ["+12125550100", WORK["value"], SIGNAL["value"]]
    assert read["emergency_contacts"] == [BO]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"contacts": [MOBILE, {**MOBILE, "value": "call me"}]}, "contacts.1.value"),
    ({"contacts": [{**MAIL, "value": "nobody"}]}, "contacts.0.value"),
    ({"contacts": [{**SIGNAL, "value": " "}]}, "contacts.0.value"),
    ({"contacts": [{**SIGNAL, "channel": "pigeon"}]}, "contacts.0.channel"),
    ({"contacts": [{**SIGNAL, "consent": "perhaps"}]}, "contacts.0.consent"),
    ({"contacts": [{**SIGNAL, "label": "x" * 41}]}, "contacts.0.label"),
    ({"contacts": [SIGNAL] * 21}, "contacts"),
    ({"contacts": ALL, "phone": MOBILE["value"]}, "contacts"),
    ({"emergency_contacts": [{"name": "Anne"}]}, "emergency_contacts.0.phone"),
    ({"emergency_contacts": [ANNE] * 6}, "emergency_contacts"),
    ({"emergency_contacts": [], "emergency_contact": ANNE}, "emergency_contacts"),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG, ids=lambda value: str(value)[:60])
def test_wrong_contacts_are_named_and_nothing_is_changed(desk: Desk, wrong: dict[str, Any], field: str) -> None:
    client = desk.add(contacts=ALL)
    refused = desk.desk.patch(f"/clients/{client['id']}", wrong)
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, field)
    assert desk.desk.get(f"/clients/{client['id']}").json["contacts"] == ALL


some = st.lists(
    st.builds(
        lambda channel, value: Contact(channel=channel, value=value),
        st.sampled_from(contacts.CHANNELS),
        st.sampled_from("abc"),
    ),
    max_size=6,
)


@given(some, st.sampled_from(["phone", "email"]), st.sampled_from(["a", "z", None]))
def test_the_first_is_changed_and_no_other(before: list[Contact], channel: str, value: str | None) -> None:
    ways = Ways.of(before)
    assert Ways.of(ways.all) == ways and sorted(map(str, ways.all)) == sorted(map(str, before))
    after = Ways.of(contacts.with_first(ways.all, channel, value))
    of_channel = [contact for contact in ways.all if contact.channel == channel]
    now = [contact for contact in after.all if contact.channel == channel]
    assert now[(value is not None) :] == of_channel[1:] and (value is None or now[0].value == value)
    assert [c for c in after.all if c.channel != channel] == [c for c in ways.all if c.channel != channel]
