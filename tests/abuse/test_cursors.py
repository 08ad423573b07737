"""Every list's cursors: nobody reads a name or a day in one, and none is taken anywhere else or changed."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from embedded.stack import Stack
from gateway.route_table.row import PREFIX
from shared.web.examples import filled
from shared.web.routes import PLACEHOLDER, Route
from tests.access.specimens import ROUTES, SPECIMENS
from tests.access.worlds import ASSIGNED, Worlds

FORGED = base64.urlsafe_b64encode(b"x" * 120).decode()
WORD_CHARACTERS_MIN = 6  # shorter ones stand in random letters by chance


def _paged(route: Route) -> bool:
    return any("cursor" in part().fields for part in (route.query, route.body) if part is not None)


LISTS = {name: route for name, route in ROUTES.items() if _paged(route)}


def ask(worlds: Worlds, name: str, cursor: str | None = None) -> requests.Response:
    """One item of the list of that name as the owner sees it, behind the cursor."""
    route, records = LISTS[name], worlds.of(ASSIGNED)
    path = PLACEHOLDER.sub(lambda found: str(records[found.group(1)]), route.path.removeprefix(PREFIX))
    place: dict[str, Any] = {"limit": 1, **({"cursor": cursor} if cursor is not None else {})}
    specimen = SPECIMENS[name]
    sent = {**(filled(specimen.query if route.body is None else specimen.body, records) or {}), **place}
    return worlds.home.owner.call(route.method, path, **{"params" if route.body is None else "json": sent})


@pytest.fixture(scope="module")
def worlds(besieged: Stack) -> Worlds:
    built = Worlds.build(besieged, principals=False)
    built.of(ASSIGNED)["import_id"] = _imported(built)
    return built


def _imported(worlds: Worlds) -> str:
    """The id of an import with more than one row."""
    table = b"first name,last name,birth date\nAda,Lovelace,1990-01-02\nBea,Noether,1991-02-03\n"
    response = worlds.home.owner.call("POST", "/client-imports", files={"file": ("clients.csv", table)})
    assert response.status_code == 202, response.text
    return str(response.json()["id"])


@pytest.fixture(scope="module")
def first_pages(worlds: Worlds) -> dict[str, dict[str, Any]]:
    """The first page of every list that has a second one."""
    for given in ("Ada", "Bea"):
        worlds.home.owner.post(
            "/clients", {"given_name": given, "family_name": "Adamantopoulou", "date_of_birth": "1990-01-02"}
        )
    pages = {name: ask(worlds, name) for name in LISTS}
    assert {name: page.text for name, page in pages.items() if page.status_code != 200} == {}
    return {name: page.json() for name, page in pages.items() if page.json()["next_cursor"]}


def words_in(value: Any) -> Iterator[str]:
    """The words and days of a thing that somebody might recognize."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from words_in(item)
    elif isinstance(value, str):
        yield from (word for word in value.split() if len(word) >= WORD_CHARACTERS_MIN)


@pytest.mark.abuse("A-IDOR-cursor-values")
def test_no_cursor_shows_a_value_of_its_list(first_pages: dict[str, dict[str, Any]]) -> None:
    assert len(first_pages) >= 6, sorted(first_pages)
    for name, page in first_pages.items():
        cursor = page["next_cursor"]
        seen = cursor + base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("latin-1")
        assert not [word for word in words_in(page) if word != cursor and word.lower() in seen.lower()], name


@pytest.mark.abuse("A-INJ-cursor-tampered")
def test_every_list_refuses_a_cursor_that_was_changed_or_is_of_another_list(
    worlds: Worlds, first_pages: dict[str, dict[str, Any]]
) -> None:
    assert len(LISTS) > 15
    cursors = {name: page["next_cursor"] for name, page in first_pages.items()}
    for name in LISTS:
        theirs = next(cursor for other, cursor in cursors.items() if other != name)
        own = cursors.get(name)
        tampered = [own[:-2] + ("AA" if own[-2:] != "AA" else "BB"), own[1:], "A" + own] if own else []
        for wrong in (FORGED, theirs, *tampered):
            refused = ask(worlds, name, wrong)
            assert refused.status_code == 422, (name, wrong, refused.text)
            assert [error["code"] for error in refused.json()["errors"]] == ["wrong_cursor"], name
        assert own is None or ask(worlds, name, own).status_code == 200, name
