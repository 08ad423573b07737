"""A practice and its people, as the tests of identity meet them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from werkzeug.test import TestResponse

from shared.actor_slugs import caller_of
from shared.ids import new_id
from shared.testing.databases import ServiceDatabase
from shared.testing.web import ServiceClient

PASSWORD = "heron lantern quarry 41"


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff: their API client, and how they sign in."""

    web: ServiceClient
    id: UUID
    email: str
    invitation: str | None = None

    @property
    def path(self) -> str:
        """Where they are found."""
        return f"/staff/{self.id}"


class Practice:
    """An organization that just signed up, with the owner who did it."""

    def __init__(self, public: ServiceClient, email: str | None = None) -> None:
        self.public = public
        email = email or fresh_email()
        self.signed_up = sign_up(public, email)
        assert self.signed_up.status_code == 201, self.signed_up.json
        self.id = UUID(self.signed_up.json["organization"]["id"])
        self.owner = self._person(self.signed_up.json["staff"], ("organization_administration",))

    def _person(self, shown: dict[str, Any], levels: Any, invitation: str | None = None) -> Person:
        web = self.public.as_actor(*levels, organization_id=self.id, staff_id=UUID(shown["id"]))
        return Person(web, UUID(shown["id"]), shown["email"], invitation)

    def invite(self, *levels: str, **facts: Any) -> Person:
        """Somebody whom the owner invites."""
        response = self.owner.web.post("/staff", new_member(*levels, **facts))
        assert response.status_code == 201, response.json
        return self._person(response.json, levels, response.json["invitation"]["token"])

    def member(self, *levels: str, **facts: Any) -> Person:
        """Somebody who was invited and joined."""
        person = self.invite(*levels, **facts)
        assert self.accept(person.invitation).status_code == 200
        return person

    def accept(self, token: Any, password: str = PASSWORD) -> TestResponse:
        """The answer to accepting an invitation."""
        return self.public.post("/invitations/accept", {"token": token, "password": password})

    def sign_in(self, person: Person, password: str = PASSWORD, **facts: Any) -> TestResponse:
        """The answer to signing in."""
        return self.public.post("/sessions", {"email": person.email, "password": password, **facts})

    def resolve(self, access_token: str, **facts: Any) -> TestResponse:
        """What the gateway is told about a token."""
        return self.public.send("POST", "/internal/sessions/resolve", {"access_token": access_token, **facts})

    def session_of(self, access_token: str, **facts: Any) -> ServiceClient:
        """The API as the holder of a token."""
        found = self.resolve(access_token, **facts).json
        return replace(
            self.public,
            actor=caller_of(
                UUID(found["organization_id"]),
                UUID(found["staff_id"]),
                found["levels"],
                found["grants"],
                UUID(found["session_id"]),
            ),
        )


def confirmed(database: ServiceDatabase, practice: Practice) -> Practice:
    """The practice, once its founder has opened the link; the link and its mail are gone."""
    database.rows(
        "UPDATE organizations SET unconfirmed_founder_id = NULL WHERE organization_id = %s RETURNING 1", practice.id
    )
    for table in ("mail", "mailed_tokens"):
        database.rows(f"DELETE FROM {table} WHERE organization_id = %s RETURNING 1", practice.id)
    return practice


def fresh_email() -> str:
    """An address that nobody has yet."""
    return f"{new_id().hex}@practice.test"


def founding(email: str) -> dict[str, Any]:
    """The body that signs a practice up."""
    administrator = {"given_name": "Olive", "family_name": "Ames", "email": email, "password": PASSWORD}
    return {"name": "Ames Practice", "time_zone": "America/New_York", "administrator": administrator}


def sign_up(public: ServiceClient, email: str, **facts: Any) -> TestResponse:
    """The answer to a sign-up."""
    return public.post("/organizations", {**founding(email), **facts})


def new_member(*levels: str, **facts: Any) -> dict[str, Any]:
    """The body that invites somebody."""
    return {"given_name": "Thea", "family_name": "One", "email": fresh_email(), "levels": list(levels), **facts}
