"""What a browser is shown when a page cannot be: what happened, why, and what to do now."""

from __future__ import annotations

import json
from typing import Final

from flask import Request, Response

from gateway.edge.limits import OverLimit
from gateway.web import rendering
from gateway.web.lacking import NEEDED, lacking, lacking_of
from gateway.web.own_name import OtherName
from gateway.web.page import ApiResponse, Page
from gateway.web.session import OVERTAKEN_HEADER, NeedsHttps, NotFromOurPage, OldToken
from shared import logs
from shared.errors import Refusal
from shared.web.errors import status_of

# Refusals of the pages themselves, whose sentence says more than their status.
OWN_WORDS: Final = {
    NotFromOurPage.code: ("This page is not current", NotFromOurPage.detail),
    NeedsHttps.code: ("Signing in needs HTTPS", NeedsHttps.detail),
    OtherName.code: ("This is not the address of Caseload", OtherName.detail),
}
SWAPPED: Final = (409, 412, 422)
# Status -> title and sentence. One text for what does not exist and what somebody may not know of.
SENTENCES: Final = {
    400: ("That could not be read", "Load the page again and repeat what you did."),
    403: ("You cannot do this", "You are not allowed to do this here."),
    404: ("This page does not exist", "It does not exist, or you cannot open it."),
    405: ("This page does not exist", "It does not exist, or you cannot open it."),
    409: ("That no longer fits", "Something changed meanwhile. Load the page again."),
    412: ("Somebody changed this meanwhile", "Nothing of yours was saved. Load the page again and repeat it."),
    413: ("That is too large", "Send something smaller."),
    429: ("Too much at once", "Wait a moment, then load the page again."),
    500: (
        "Something went wrong on our side",
        "Nothing was changed. Try again, and tell us the reference below if it stays.",
    ),
    503: ("This part is not answering", "Nothing was changed. Try again in a moment."),
}
# What became of what somebody had typed, where we were at fault or a service is away. Only a browser without scripts
# leaves the page with a form.
FAILED: Final = (500, 503)
STILL_THERE: Final = "What you typed is still on this page."
NOT_SAVED: Final = (
    "What you had entered in the form is not saved. What a note or a plan said was saved before is still there."
)


def page_of(page: Page, reply: ApiResponse) -> Response:
    """The page for what a row answered, in the person's own frame; a part of a page gets a sentence."""
    if page.is_fragment:
        response = fragment(page.request, reply.status, lacking_of(reply.value["errors"]) or reply.detail)
        # Statuses that pages are swapped for: there is no page in this answer, so what is open stays and says it.
        if reply.status in SWAPPED:
            response.headers["HX-Reswap"] = "none"
            response.headers["HX-Trigger"] = json.dumps({"toast": reply.detail})
        return response
    if (
        page.session is not None and not page.me
    ):  # identity is away, and was when this session began here: there is no frame to stand in
        return page_without_frame(page.request, reply.status)
    title, sentence = _words(reply.status)
    shown = reply.detail if reply.status in (403, 409, 422, 429, 503) else sentence
    values = {"title": title, "sentence": lacking_of(reply.value["errors"]) or shown, "reference": _reference()}
    response = page.show("problem.html", reply.status, typed=_typed(page.request, reply.status), **values)
    return _retry(response)


def page_without_frame(
    request: Request, status: int, words: tuple[str, str] | None = None, address: str = ""
) -> Response:
    """The page for somebody of whom nothing is known yet; `words`: title and sentence, where the status says less.

    It leads to Home, or to the `address` that Caseload has elsewhere.
    """
    title, sentence = words or _words(status)
    if request.headers.get("HX-Request"):
        return fragment(request, status, sentence)
    theme = rendering.theme_of(request, None)
    values = {"title": title, "sentence": sentence, "reference": _reference(), "theme": theme}
    values["typed"] = _typed(request, status)
    values["address"] = address
    return _retry(rendering.respond(request, "problem_alone.html", status, **values))


def page_under_another_name(request: Request, address: str) -> Response:
    """The page for a request under a name that is not ours; it leads to `address`, which is."""
    return page_without_frame(request, status_of(OtherName()), OWN_WORDS[OtherName.code], address)


def page_without_frame_of(request: Request, refusal: Refusal) -> Response:
    """The same for a refusal before the page began."""
    status = status_of(refusal)
    lacks = next((lacking(error.value) for error in refusal.errors if error.code == NEEDED and error.value), "")
    if request.headers.get("HX-Request"):
        response = fragment(request, status, lacks or refusal.detail)
        if isinstance(refusal, OldToken):
            response.headers[OVERTAKEN_HEADER] = "yes"
        return response
    words = (SENTENCES[status][0], lacks) if lacks else OWN_WORDS.get(refusal.code)
    response = page_without_frame(request, status, words)
    if isinstance(refusal, OverLimit):
        response.headers.update(refusal.quota.headers())
    return response


def fragment(request: Request, status: int, sentence: str) -> Response:
    """A sentence for the page that asked. Where we are at fault it says where the typed text is, and the reference."""
    if status in FAILED and request.method != "GET":
        sentence = f"{sentence} {STILL_THERE}"
    if status == 500 and (reference := _reference()):
        sentence = f"{sentence} Reference {reference}."
    return _retry(rendering.respond(request, "_problem.html", status, sentence=sentence))


def _typed(request: Request, status: int) -> str:
    """What became of what was typed in the form that led to this page; empty where it sent none."""
    return NOT_SAVED if status in FAILED and request.method != "GET" else ""


def _words(status: int) -> tuple[str, str]:
    return SENTENCES.get(status, SENTENCES[400 if status < 500 else 500])


def _reference() -> str:
    return logs.request_id.get() or ""


def _retry(response: Response) -> Response:
    if response.status_code in (429, 503):
        response.headers.setdefault("Retry-After", "1")
    return response
