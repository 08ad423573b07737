"""Proof once more within a session: the password or the passkey of a dialog, and the session's next cookie.

A form whose row wants a proof, and has no input for it, is kept on a page that asks for one: sent from there, it does
what it was to do. So no form has to know which rows want a proof. A file that wants one is offered once more after it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

import orjson
from flask import Response

from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.pages import WEB
from gateway.route_table.pages.kinds import AUTHENTICATE
from gateway.web import session as browser_session
from gateway.web.account.proof import refused_proof
from gateway.web.forms import Form, Json, Text, body_of
from gateway.web.local_addresses import is_local, path_of
from gateway.web.page import Page

NEEDED: Final = "reauthentication_needed"
BROUGHT: Final = "with_proof"  # the hidden input of the page that asks for a proof
PROVE: Final = "/prove"
FILE: Final = "file"  # the hidden input that holds the address of a file
NOT_KEPT: Final = frozenset({BROUGHT, "csrf", "username", "password", "credential"})


# What answers with a file that wants a proof: the last part of its path says so.
_FILES: Final = re.compile(
    "|".join(
        re.sub(r"\{\w+\}", "[^/]+", row.path)
        for row in WEB
        if row.method == "GET"
        and row.path.rpartition("/")[2] in ("file", "export")
        and any(api.proves or api.proves_for for api in ROUTE_TABLE if api.name in row.asks)
    )
)


def prove(page: Page) -> tuple[Page, str | None, Form | None]:
    """The page in the session that goes on, its next cookie where there is one, and the form where the proof failed."""
    form = page.form
    if not (form.text("password") or form.text("credential")):
        return page, None, None
    body, form = body_of(form, (Text("password"), Json("credential")))
    reply = page.ask(AUTHENTICATE, body=body)
    if not reply.ok:
        words = reply.value if reply.code != "bad_credentials" else {**reply.value, "code": "wrong_password"}
        return page, None, refused_proof(form, words)
    sid: str = reply.value["access_token"]
    return page.renewed(sid), sid, None


def brings_proof(page: Page) -> bool:
    """Whether the form was sent from the page that asks for a proof."""
    return BROUGHT in page.form.values


def ask_for_proof(page: Page, form: Form) -> Response:
    """The page that asks who is there; `form`: what was sent, and what is wrong with the proof."""
    kept = [(name, value) for name, values in form.values.items() if name not in NOT_KEPT for value in values]
    at, takes = page.request.path, page.row.path == PROVE
    if page.row.method == "GET":  # a file, which no form is sent for
        at, takes, kept = PROVE, True, [(FILE, page.request.full_path)]
    values = {
        "at": at,
        "back": _page_of(page),
        "takes": takes,
        "kept": kept,
        "brought": BROUGHT,
        "has_file": page.row.file,
        "takes_the_page": page.is_fragment,
    }
    response = page.show("prove.html", 422, form=form, **values)
    if page.is_fragment:  # whatever part of a page the form would have changed
        response.headers.update(
            {"HX-Retarget": "#main", "HX-Reselect": "#main", "HX-Reswap": "outerHTML show:none"},
        )
    return response


def _page_of(page: Page) -> str:
    """Where Cancel leads: the page whose form was sent, as its own browser says, or that of the file; else Home."""
    if page.row.method == "GET":
        return page.request.path.rpartition("/")[0]
    return path_of(page.request.headers.get("HX-Current-URL", "")) or "/home"


def offer_file(page: Page) -> Response:
    """The file for which a proof was wanted, once it was given."""
    address = page.form.text(FILE)
    path, _, query = address.partition("?")
    if not is_file(path) or not is_local(address):
        return page.leave("/home")
    back = f"{path.rpartition('/')[0]}?{query}"
    return page.show("proved.html", file=address, back=back)


def is_file(path: str) -> bool:
    """Whether a page of that path answers with a file that wants a proof."""
    return _FILES.fullmatch(path) is not None


def with_cookie(page: Page, response: Response, sid: str | None) -> Response:
    """The response with the session's next cookie, and the page told what its forms carry from now on."""
    if sid is not None:
        browser_session.go_on(response, page.request, page.trusted_proxies, sid)
        changes = {"signedInAgain": {"csrf": browser_session.csrf_token(sid)}}
        response.headers["HX-Trigger"] = orjson.dumps(changes).decode()
    return response


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {f"POST {PROVE}": offer_file}
