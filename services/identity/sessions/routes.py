"""The endpoints of sessions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.identity.passkeys.commands import ask_for_one
from services.identity.passkeys.schemas import OptionsSchema
from services.identity.sessions import commands, ending, queries
from services.identity.sessions.schemas import (
    EndedSchema,
    MeSchema,
    OwnSessionSchema,
    OwnSessionsSchema,
    PasskeySignIn,
    Refresh,
    Resolve,
    ResolvedSchema,
    SignIn,
    SignOutQuery,
    TokensSchema,
)
from shared.actor import Person
from shared.actor_slugs import slugs_of
from shared.database.session import Session
from shared.web.routes import INTERNAL, PUBLIC, ResponseWith, Route
from shared.web.tags import ACCOUNT


def post_session(session: Session, actor: None, body: commands.SignInAttempt) -> dict[str, Any]:
    """Sign in

    Starts a session and answers its access token and refresh token. An account with a second factor is refused
    with `second_factor_required` first: repeat the request with `totp_code` or `recovery_code`. Wrong passwords
    and codes are counted. A browser asks for `browser`: then there is one token, for its cookie.
    """
    return commands.start_session(session, body)


def post_passkey_sign_in_options(session: Session, actor: None) -> dict[str, Any]:
    """Begin to sign in with a passkey

    Answers what the browser needs to ask for a passkey. It is the same for everybody and tells nothing about
    accounts.
    """
    return {"public_key": ask_for_one(session)}


def post_passkey_sign_in(session: Session, actor: None, body: commands.PasskeyAttempt) -> dict[str, Any]:
    """Sign in with a passkey

    Starts a session with a passkey alone, which counts as two factors. Send what `navigator.credentials.get`
    returned.
    """
    return commands.start_session_with_passkey(session, body)


def post_refresh(session: Session, actor: None, body: dict[str, Any]) -> dict[str, Any]:
    """Renew the tokens of a session

    Exchanges a refresh token for new tokens. A refresh token works once; using it again ends the session.
    """
    return commands.renew_session(session, body["refresh_token"])


def delete_session(session: Session, actor: Person) -> ResponseWith:
    """Sign out

    Ends the session that asks. Its tokens stop working within five seconds.
    """
    ending.end_session(session, actor)
    return ResponseWith(None, status=204)


def get_own_sessions(session: Session, actor: Person) -> dict[str, Any]:
    """List one's own sessions

    Newest first, at most a hundred; the one that asks is marked.
    """
    return {"items": queries.own_sessions(session, actor)}


def get_own_session(session: Session, actor: Person, session_id: UUID) -> dict[str, Any]:
    """Read about one of one's own sessions

    Shows when it began, when it was last used, and from which network.
    """
    return queries.own_session(session, actor, session_id)


def delete_own_session(session: Session, actor: Person, session_id: UUID) -> ResponseWith:
    """Sign one of one's own sessions out

    Ends one session of the signed-in person, on whatever device it is.
    """
    ending.end_one_session(session, actor, session_id)
    return ResponseWith(None, status=204)


def delete_own_sessions(session: Session, actor: Person, query: dict[str, Any]) -> dict[str, Any]:
    """Sign out everywhere

    Ends every session of the signed-in person; with `keep_current` all but the one that asks. A link that was mailed to
    change their address, and waits, stops working.
    """
    return {"ended": ending.sign_out_everywhere(session, actor, keep_current=query["keep_current"])}


def get_me(session: Session, actor: Person) -> dict[str, Any]:
    """Who am I, and what may I do

    Answers the signed-in person, their organization and the permissions that they hold.
    """
    return queries.who_am_i(session, actor)


def post_resolution(session: Session, actor: None, body: queries.PresentedToken) -> dict[str, Any]:
    """Whose access token is this"""
    resolved = queries.resolve_access_token(session, body)
    caller = resolved.caller
    return {
        "session_id": caller.session_id,
        "organization_id": caller.organization_id,
        "staff_id": caller.actor_id,  # also a program's: so the previous release reads it
        **slugs_of(caller)._asdict(),
        "expires_at": resolved.expires_at,
        "browser": resolved.browser,
        "authenticated_at": resolved.authenticated_at,
    }


ROUTES = (
    Route(
        "POST",
        "/api/v1/sessions",
        PUBLIC,
        post_session,
        body=SignIn,
        response=TokensSchema,
        status=201,
        makes="/api/v1/me",
        keyed=False,
        example={"email": "maya@example.org", "password": "{password}"},
    ),
    Route(
        "POST",
        "/api/v1/sessions/passkey-options",
        PUBLIC,
        post_passkey_sign_in_options,
        response=OptionsSchema,
        keyed=False,
    ),
    Route(
        "POST",
        "/api/v1/sessions/passkey",
        PUBLIC,
        post_passkey_sign_in,
        body=PasskeySignIn,
        response=TokensSchema,
        status=201,
        makes="/api/v1/me",
        audit="post_session",
        keyed=False,
        example={
            "credential": {
                "id": "q83vEjRWeJA",
                "rawId": "q83vEjRWeJA",
                "type": "public-key",
                "response": {
                    "clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0",
                    "authenticatorData": "SZYN5YgOjGh0NBcP",
                    "signature": "MEUCIQDrlGWk",
                    "userHandle": "AZpQ0n1c",
                },
            }
        },
    ),
    Route(
        "POST",
        "/api/v1/sessions/refresh",
        PUBLIC,
        post_refresh,
        body=Refresh,
        response=TokensSchema,
        status=201,
        makes="/api/v1/me",
        keyed=False,
        example={"refresh_token": "the-refresh-token-last-given"},
    ),
    Route("DELETE", "/api/v1/sessions/current", "sessions:end", delete_session, status=204),
    Route("GET", "/api/v1/me", "self:read", get_me, response=MeSchema, tag=ACCOUNT),
    Route("GET", "/api/v1/me/sessions", "sessions:manage", get_own_sessions, response=OwnSessionsSchema, tag=ACCOUNT),
    Route(
        "GET",
        "/api/v1/me/sessions/{session_id}",
        "sessions:manage",
        get_own_session,
        response=OwnSessionSchema,
        audit="own_session.read",
    ),
    Route("DELETE", "/api/v1/me/sessions/{session_id}", "sessions:manage", delete_own_session, status=204, tag=ACCOUNT),
    Route(
        "DELETE",
        "/api/v1/me/sessions",
        "sessions:manage",
        delete_own_sessions,
        query=SignOutQuery,
        response=EndedSchema,
        tag=ACCOUNT,
    ),
    Route("POST", "/internal/sessions/resolve", INTERNAL, post_resolution, body=Resolve, response=ResolvedSchema),
)
