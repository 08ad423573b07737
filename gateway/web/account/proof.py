"""The proof that a change is one's own: the password, and a second factor where there is one. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gateway.web.account.views import PROOF
from gateway.web.forms import Form, Json, Text

# What stands for the second factor; the password has its own name in each form.
PROOF_INPUTS: Final = (Text("totp_code"), Text("recovery_code"), Json("credential"))


def refused_proof(form: Form, problem: Mapping[str, Any], beside: str = "password") -> Form:
    """The form with what the API says of it; a wrong password stands at the input `beside`."""
    refused = form.refused(problem)
    if problem.get("code") not in PROOF:
        return refused
    name, words = PROOF[problem["code"]]
    at = beside if name == "password" else name
    return Form(refused.values, refused.uploads, {**refused.errors, at: words}, words, refused.once)
