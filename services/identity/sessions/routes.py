"""The endpoints of sessions."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from services.identity.sessions import commands, queries
from services.identity.sessions.schemas import (
    MeSchema,
    Refresh,
    Resolve,
    ResolvedSchema,
    SignIn,
    TokensSchema,
)
from shared.actor import Actor
from shared.web.routes import INTERNAL, PUBLIC, Answer, Route


def post_session(session: Session, actor: None, body: dict[str, Any]) -> dict[str, Any]:
    """Sign in"""
    return commands.start_session(session, body["email"], body["password"], body["organization_id"])


def post_refresh(session: Session, actor: None, body: dict[str, Any]) -> dict[str, Any]:
    """Renew the tokens of a session"""
    return commands.renew_session(session, body["refresh_token"])


def delete_session(session: Session, actor: Actor) -> Answer:
    """Sign out"""
    commands.end_session(session, actor)
    return Answer(None, status=204)


def get_me(session: Session, actor: Actor) -> dict[str, Any]:
    """Who am I, and what may I do"""
    return queries.who_am_i(session, actor)


def post_resolution(session: Session, actor: None, body: dict[str, Any]) -> dict[str, Any]:
    """Whose access token is this"""
    return queries.resolve_access_token(session, body["access_token"])


ROUTES = (
    Route("POST", "/api/v1/sessions", PUBLIC, post_session, body=SignIn, answer=TokensSchema, status=201),
    Route(
        "POST",
        "/api/v1/sessions/refresh",
        PUBLIC,
        post_refresh,
        body=Refresh,
        answer=TokensSchema,
        status=201,
    ),
    Route("DELETE", "/api/v1/sessions/current", "sessions:end", delete_session, status=204),
    Route("GET", "/api/v1/me", "self:read", get_me, answer=MeSchema),
    Route("POST", "/internal/sessions/resolve", INTERNAL, post_resolution, body=Resolve, answer=ResolvedSchema),
)
