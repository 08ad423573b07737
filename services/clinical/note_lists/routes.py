"""The endpoints of lists of notes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clinical.note_lists import queries
from services.clinical.note_lists.schemas import CaseNotesPage, NotesFound, NotesPage, NotesQuery, WordsWanted
from shared.actor import Caller
from shared.database.session import Session
from shared.web.paging import PageQuery
from shared.web.routes import Route


def get_notes(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """List notes by their sessions

    Of cases that the person works in, the last session first, each with its first line. Discarded notes are listed only
    where that is the state asked for.
    """
    return queries.list_notes(session, actor, **query)


def get_case_notes(session: Session, actor: Caller, case_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """List a case's notes

    The last begun first, each with its session, its state and its first line.
    """
    return queries.notes_of_case(session, actor, case_id, **query)


def post_case_note_search(session: Session, actor: Caller, case_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Find words in the notes of a case

    Looks through the latest text and the addenda of the last notes of the case. A POST, so that the words stand in no
    address; they are kept nowhere, and it changes nothing.
    """
    return queries.find_in_case(session, actor, case_id, body["words"])


ROUTES = (
    Route("GET", "/api/v1/notes", "notes:read", get_notes, query=NotesQuery, response=NotesPage, audit="notes.list"),
    Route(
        "GET",
        "/api/v1/cases/{case_id}/notes",
        "notes:read",
        get_case_notes,
        response=CaseNotesPage,
        query=PageQuery,
        audit="case_notes.list",
    ),
    Route(
        "POST",
        "/api/v1/cases/{case_id}/notes/search",
        "notes:read",
        post_case_note_search,
        body=WordsWanted,
        response=NotesFound,
        audit="case_notes.search",
        reads=True,
        example={"words": "grounding"},
    ),
)
