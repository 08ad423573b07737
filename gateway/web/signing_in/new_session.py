"""The browser's next session, in place of the one that it had."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any, Final

from flask import Response

from gateway.web import session as browser_session
from gateway.web.page import Page
from shared.errors import Refusal

END: Final = "DELETE /sessions/current"


def begin(page: Page, response: Response, tokens: Mapping[str, Any]) -> Response:
    """The browser has this session from now on. The one that it had is over, also for somebody who holds a copy of it.

    The page's row asks `END` for that.
    """
    if page.visitor.cookie:
        with contextlib.suppress(Refusal):  # it has ended already
            page.renewed(page.visitor.cookie).ask(END)
        page.door.forget(page.visitor)
    browser_session.begin(response, page.request, page.trusted_proxies, tokens)
    return response
