"""The next cookie of a session, whose person proves who they are in another way from now on."""

from __future__ import annotations

from flask import Response

from gateway.web import session as browser_session
from gateway.web.page import ApiResponse, Page


def after_change(page: Page, reply: ApiResponse) -> Page:
    """The page in the session that goes on. The cookie that it came with is not believed from here on."""
    page.door.forget(page.visitor)
    sid = reply.value["access_token"]
    return page.renewed(sid) if sid else page


def with_next(page: Page, response: Response) -> Response:
    """The response with the cookie of a page that `after_change` has returned."""
    if page.visitor.cookie:
        browser_session.go_on(response, page.request, page.trusted_proxies, page.visitor.cookie)
    return response
