"""What the pages of problems say: what is lacking and who gives it, and what became of what was typed."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from gateway.route_table.pages import WEB
from gateway.web import problems, static_files
from gateway.web.lacking import lacking, lacking_of
from gateway.web.rendering import RELEASE_HEADER
from shared.errors import Conflict, Forbidden
from shared.permissions import ALL

APP = Flask(__name__)


def page_of_refusal(refusal, method="GET", **headers):
    with APP.test_request_context("/somewhere", method=method, headers=headers) as context:
        return problems.page_without_frame_of(context.request, refusal).get_data(as_text=True)


def page_of_fault(method, **headers):
    with APP.test_request_context("/somewhere", method=method, headers=headers) as context:
        return problems.page_without_frame(context.request, 500).get_data(as_text=True)


@pytest.mark.parametrize(
    ("permission", "comes_with", "giver"),
    [
        ("service_types:create", "Administration", "Organization Administration"),
        ("notes:read", "Therapist", "Administration or Organization Administration"),
        ("invoices:read", "Billing", "Administration or Organization Administration"),
        ("clients:delete", "Organization Administration, or is given by itself", "Organization Administration"),
        (
            "assignments:change",
            "Administration, or is given by itself",
            "Administration or Organization Administration",
        ),
        ("organization:secure", "Organization Administration", "Organization Administration"),
    ],
)
def test_who_lacks_a_permission_reads_which_it_is_and_who_gives_it(permission, comes_with, giver):
    words = lacking(permission)
    assert f"which comes with {comes_with}. Somebody with {giver} can give it to you" in words
    assert permission not in words
    assert words in page_of_refusal(Forbidden.without(permission))
    assert words in page_of_refusal(Forbidden.without(permission), HX_Request="true")


def test_every_permission_has_these_words_and_other_refusals_have_none():
    assert {row.permission for row in WEB} - {"public"} <= ALL
    words = re.compile(r"This needs “.+: .+”, which comes with .+\. Somebody")
    assert all(words.match(lacking(permission)) for permission in ALL)
    assert lacking_of([]) == lacking_of([{"field": "", "code": "own_access", "detail": "No.", "value": None}]) == ""
    assert "You are not allowed to do this here." in page_of_refusal(Forbidden())
    assert "This needs" not in page_of_refusal(Conflict())


def test_where_we_are_at_fault_it_says_what_became_of_the_text():
    assert problems.NOT_SAVED not in page_of_fault("GET")
    assert problems.NOT_SAVED in page_of_fault("POST")
    assert problems.STILL_THERE in page_of_fault("POST", HX_Request="true")
    assert problems.STILL_THERE not in page_of_fault("GET", HX_Request="true")


@pytest.mark.parametrize(("of", "shows"), [("of yesterday", True), (static_files.release(), False), (None, False)])
def test_an_open_page_of_an_earlier_release_is_told_that_there_is_a_new_one(of, shows):
    headers = {"HX-Request": "true", **({RELEASE_HEADER: of} if of else {})}
    with APP.test_request_context("/somewhere", headers=headers) as context:
        part = problems.fragment(context.request, 404, "Nothing.").get_data(as_text=True)
    assert ("A new version is ready." in part) is shows
