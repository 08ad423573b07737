"""An organization begins to want a second factor while people work."""

from __future__ import annotations

import pyotp

from shared.testing.waiting import wait_until
from tests.practice import PASSWORD, Practice


def test_who_has_none_is_told_what_to_do_and_goes_on_in_the_same_session(practice: Practice) -> None:
    clerk = practice.people["desk"]
    practice.owner.patch("/organization", {"requires_second_factor": True})

    def said() -> object:
        response = clerk.call("GET", "/clients")
        return response.status_code == 403 and response.json()["code"]

    wait_until(lambda: said() == "second_factor_setup_required", 6, "the wall")
    secret = clerk.post("/me/totp", {"password": PASSWORD}, expect=200)["secret"]
    clerk.post("/me/totp/confirm", {"code": pyotp.TOTP(secret).now()}, expect=200)
    wait_until(lambda: clerk.call("GET", "/clients").status_code == 200, 6, "the clerk's way in")
