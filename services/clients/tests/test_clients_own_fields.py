"""Fields of a practice's own: adding, changing and archiving them, and what they say of clients."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from services.clients.own_fields import rules
from services.clients.own_fields.models import ClientField
from services.clients.own_fields.rules import Choice, Definition
from services.clients.tests.conftest import Desk
from shared.errors import Invalid
from shared.testing.plans import plan_of

PETS = [{"name": "Dog"}, {"name": "Cat"}]


def field(desk: Desk, name: str, type_: str = "text", **more: Any) -> dict[str, Any]:
    """A field that the administrator adds."""
    response = desk.administrator.post("/client-fields", {"name": name, "type": type_, **more})
    assert response.status_code == 201, response.text
    return dict(response.json)


def test_a_field_is_added_changed_archived_and_listed(desk: Desk) -> None:
    school = field(desk, "School / employer")
    pets = field(desk, "Pets", "choice", choices=PETS, on_new_client=True, position=1)
    assert (school["slug"], school["choices"], school["position"], school["version"]) == ("school_employer", [], 1, 1)
    assert [choice["slug"] for choice in pets["choices"]] == ["dog", "cat"]
    path = f"/client-fields/{pets['id']}"
    wanted = [{"slug": "cat", "name": "Cats"}, {"name": "Bird"}]
    changed = desk.administrator.patch(path, {"name": "Animals", "choices": wanted}).json
    assert (changed["slug"], changed["type"], changed["version"]) == ("pets", "choice", 2), "slug and type stay"
    assert [(choice["slug"], choice["name"], choice["archived"]) for choice in changed["choices"]] == [
        ("cat", "Cats", False),
        ("bird", "Bird", False),
        ("dog", "Dog", True),
    ]
    assert desk.administrator.patch(path, {"name": "Animals"}).json["version"] == 2, "the same changes nothing"
    assert desk.administrator.patch(path, {"archived": True, "position": 3}).json["archived"]
    listed = desk.desk.get("/client-fields").json["items"]
    assert [item["name"] for item in listed] == ["School / employer", "Animals"]
    assert [item["name"] for item in desk.desk.get("/client-fields", archived="false").json["items"]] == [
        "School / employer"
    ]
    assert desk.desk.get(path).json == listed[1]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": " ", "type": "text"}, "name"),
    ({"name": "x" * 61, "type": "text"}, "name"),
    ({"name": "A", "type": "money"}, "type"),
    ({"name": "A", "type": "choice"}, "choices"),
    ({"name": "A", "type": "choice", "choices": [{"name": "B", "archived": True}]}, "choices"),
    ({"name": "A", "type": "choice", "choices": [{"name": "B"}, {"name": "b"}]}, "choices.1.name"),
    ({"name": "A", "type": "choice", "choices": [{"name": "B", "slug": "b"}]}, "choices.0.slug"),
    ({"name": "A", "type": "choice", "choices": [{"name": f"B{n}"} for n in range(31)]}, "choices"),
    ({"name": "A", "type": "text", "choices": PETS}, "choices"),
    ({"name": "A", "type": "text", "position": 0}, "position"),
    ({"name": "A", "type": "text", "slug": "a"}, "slug"),
]


@pytest.mark.parametrize(("wrong", "named"), WRONG, ids=lambda value: str(value)[-40:])
def test_a_wrong_field_is_named(desk: Desk, wrong: dict[str, Any], named: str) -> None:
    refused = desk.administrator.post("/client-fields", wrong)
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, named)
    assert desk.desk.get("/client-fields").json["items"] == []


def test_only_administrators_change_fields_and_nobody_another_practices(desk: Desk) -> None:
    pets = field(desk, "Pets")
    path = f"/client-fields/{pets['id']}"
    for level in ("default", "billing", "therapist"):
        colleague = desk.web.as_actor(level, organization_id=desk.organization_id)
        assert colleague.post("/client-fields", {"name": "A", "type": "text"}).status_code == 403
        assert colleague.patch(path, {"name": "A"}).status_code == 403
    other = Desk(desk.web, desk.database, desk.worker)
    assert other.administrator.get(path).status_code == other.administrator.patch(path, {}).status_code == 404
    assert other.administrator.get("/client-fields").json["items"] == []
    body = {"custom": {"pets": "Dog"}}
    refused = other.desk.patch(f"/clients/{other.add()['id']}", body)
    assert refused.json["errors"][0]["field"] == "custom.pets"
    stale = desk.administrator.patch(path, {"name": "A"}, If_Match='"7"')
    assert (stale.status_code, stale.json["code"]) == (412, "stale")


def test_names_differ_and_there_are_fifty_at_most(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "FIELDS_MAX", 2)
    pets, school = field(desk, "Pets"), field(desk, "School")
    add, change = desk.administrator.post, desk.administrator.patch
    assert add("/client-fields", {"name": "More", "type": "text"}).json["code"] == "too_many_client_fields"
    assert change(f"/client-fields/{school['id']}", {"name": "PETS "}).json["code"] == "client_field_exists"
    assert change(f"/client-fields/{pets['id']}", {"archived": True}).status_code == 200
    assert add("/client-fields", {"name": "pets", "type": "text"}).json["code"] == "client_field_exists"
    field(desk, "More")
    assert change(f"/client-fields/{pets['id']}", {"archived": False}).json["code"] == "too_many_client_fields"
    monkeypatch.setattr(rules, "FIELDS_EVER_MAX", 3)
    assert change(f"/client-fields/{school['id']}", {"archived": True}).status_code == 200
    assert add("/client-fields", {"name": "Last", "type": "text"}).json["code"] == "too_many_client_fields"


def test_values_are_kept_merged_and_emptied(desk: Desk) -> None:
    for name, type_, more in (
        ("School", "text", {}),
        ("Siblings", "number", {}),
        ("Seen on", "date", {}),
        ("Pets", "choice", {"choices": PETS}),
        ("Smokes", "yes_no", {}),
    ):
        field(desk, name, type_, **more)
    every = {"school": "Mill Lane", "siblings": 2.5, "seen_on": "2026-10-06", "pets": "dog", "smokes": False}
    ada = desk.add(custom=every)
    assert ada["custom"] == every
    path = f"/clients/{ada['id']}"
    changed = desk.desk.patch(path, {"custom": {"school": None, "siblings": 3, "smokes": False}}).json
    assert changed["custom"] == {"siblings": 3, "seen_on": "2026-10-06", "pets": "dog", "smokes": False}
    assert desk.desk.patch(path, {"custom": {"siblings": 3, "school": None}}).json["version"] == changed["version"]
    assert desk.desk.get(path).json == changed
    assert desk.desk.get("/clients").json["items"][0]["custom"] == changed["custom"]
    details = desk.database.rows(
        "SELECT details FROM audit_entries WHERE action = 'patch_client' AND client_id = %s ORDER BY id", ada["id"]
    )
    assert details[0][0] == {"fields": ["custom"]}, "names of fields and no value"


def test_what_is_archived_stays_and_is_read_alone(desk: Desk) -> None:
    pets = field(desk, "Pets", "choice", choices=PETS)
    path, ada = f"/client-fields/{pets['id']}", desk.add(custom={"pets": "dog"})
    client = f"/clients/{ada['id']}"
    desk.administrator.patch(path, {"choices": [{"slug": "cat", "name": "Cat"}]})
    assert desk.desk.patch(client, {"custom": {"pets": "dog"}}).json["version"] == ada["version"], "it stays chosen"
    assert desk.desk.post("/clients", {**NEW, "custom": {"pets": "dog"}}).status_code == 422, "nobody chooses it anew"
    desk.administrator.patch(path, {"archived": True})
    for wrong in ("cat", None):
        refused = desk.desk.patch(client, {"custom": {"pets": wrong}})
        assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "archived")
    assert desk.desk.patch(client, {"custom": {"pets": "dog"}}).status_code == 200
    assert desk.desk.get(client).json["custom"] == {"pets": "dog"}


NEW = {"given_name": "Bea", "family_name": "Noether", "date_of_birth": "1991-02-03"}


def test_wrong_values_are_named_each_and_change_nothing(desk: Desk) -> None:
    for name, type_ in (("School", "text"), ("Siblings", "number"), ("Born here", "yes_no")):
        field(desk, name, type_)
    client = f"/clients/{desk.add()['id']}"
    wrong = {"school": 7, "siblings": "2", "born_here": "yes", "nothing": "x"}
    refused = desk.desk.patch(client, {"custom": {**wrong}, "pronouns": "she"})
    assert refused.status_code == 422
    assert {error["field"] for error in refused.json["errors"]} == {f"custom.{slug}" for slug in wrong}
    assert (desk.desk.get(client).json["custom"], desk.desk.get(client).json["pronouns"]) == ({}, None)
    for custom in (None, [], {"School": "x"}, {"a b": 1}):
        assert desk.desk.patch(client, {"custom": custom}).status_code == 422, custom


def test_lists_of_fields_come_from_an_index(desk: Desk) -> None:
    own = ClientField.organization_id == desk.organization_id
    ordered = select(ClientField.id).where(own).order_by(ClientField.position, ClientField.id).limit(51)
    assert "ix_client_fields_position" in plan_of(desk.database, desk.organization_id, ordered)


ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=600), st.dates().map(str), st.just(["x"])
)
PLAIN = {"text": str, "number": (int, float), "date": str, "choice": str, "yes_no": bool}


@given(st.sampled_from(rules.TYPES), ANYTHING | st.sampled_from(["dog", "cat"]), st.booleans())
def test_a_value_is_kept_as_its_type_has_it_or_refused_by_name(type_: str, value: Any, archived: bool) -> None:
    definition = Definition("x", type_, (Choice("dog", "Dog"), Choice("cat", "Cat", archived=True)), archived)
    try:
        kept = rules.merged_values([definition], {}, {"x": value})
    except Invalid as refused:
        assert [error.field for error in refused.errors] == ["custom.x"]
        return
    if value is None:
        assert kept == {}
        return
    assert isinstance(kept["x"], PLAIN[type_]) and isinstance(kept["x"], bool) == (type_ == "yes_no")
    assert not archived and (type_ != "choice" or kept["x"] == "dog")
    assert rules.merged_values([definition], kept, {"x": kept["x"]}) == kept, "what was kept is taken again"


@given(st.text(max_size=80), st.sets(st.text(max_size=5), max_size=3))
def test_a_slug_is_one_and_is_not_taken(name: str, others: set[str]) -> None:
    taken = {rules.slug_of(other, ()) for other in others}
    slug = rules.slug_of(name, taken)
    assert rules.SLUG_CHARACTERS_MAX >= len(slug) > 0 and slug not in taken
    assert slug.isascii() and slug[0].isalpha() and slug.replace("_", "").isalnum() and slug == slug.lower()
