"""A client that a public generator makes of the API document plays the first day of a practice."""

from __future__ import annotations

import importlib
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import pytest

from embedded.stack import Stack
from gateway.api.page import DOCUMENT
from shared.testing.waiting import wait_until

PACKAGE = "caseload_client"
# Pictures are bytes to the generator, and nobody reads its code, so nobody formats it.
CONFIGURATION = """post_hooks: []
content_type_overrides:
  image/png: application/octet-stream
  image/jpeg: application/octet-stream
"""
PASSWORD = "correct-horse-battery-" + secrets.token_hex(4)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the generated package, which can be imported meanwhile."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "configuration.yaml").write_text(CONFIGURATION, encoding="utf-8")
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(DOCUMENT), "--meta", "none"]
    command += ["--output-path", str(folder / PACKAGE), "--config", str(folder / "configuration.yaml")]
    done = subprocess.run([*command, "--fail-on-warning"], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield folder / PACKAGE
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


class Program:
    """The generated client, signed in as somebody or as nobody."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url
        self.models = importlib.import_module(f"{PACKAGE}.models")
        clients = importlib.import_module(f"{PACKAGE}.client")
        options: dict[str, Any] = {"base_url": url, "httpx_args": {"trust_env": False}}
        self.client = clients.AuthenticatedClient(token=token, **options) if token else clients.Client(**options)

    def __call__(self, task: str, operation: str, *ids: str, body: dict[str, Any] | None = None, **query: Any) -> Any:
        """What one operation answers, as the model that the document promises; a refusal fails."""
        module: ModuleType = importlib.import_module(f"{PACKAGE}.api.{task}.{operation}")
        if body is not None:
            query["body"] = get_type_hints(module.sync)["body"].from_dict(body)
        response = module.sync(*ids, client=self.client, **query)
        assert response is not None and not isinstance(response, self.models.ProblemDocument), response
        return response

    def signed_in(self, email: str) -> Program:
        """The client of somebody who signs in."""
        tokens = self("sign_in", "post_session", body={"email": email, "password": PASSWORD})
        return Program(self.url, tokens.access_token)


@pytest.mark.timeout(400)
def test_a_generated_client_plays_the_first_day(embedded_stack: Stack, generated: Path) -> None:
    nobody = Program(embedded_stack.url)
    suffix = secrets.token_hex(5)
    mails = {name: f"{name}.{suffix}@example.test" for name in ("owner", "therapist")}
    administrator = {"given_name": "Olga", "family_name": "Admin", "email": mails["owner"], "password": PASSWORD}
    practice = {"name": "Practice", "time_zone": "America/New_York", "administrator": administrator}
    nobody("sign_in", "post_organization", body=practice)
    owner = nobody.signed_in(mails["owner"])
    service = {"name": "Psychotherapy 60", "kind": "cpt", "code": "90837", "rate_cents": 18_000, "duration_minutes": 60}
    service_id = owner("services_and_rates", "post_service_type", body=service).id
    licence = {"number": "L-1", "state": "NY", "expires_on": "2035-12-31"}
    member = {"given_name": "Tess", "family_name": "Ray", "email": mails["therapist"], "levels": ["therapist"]}
    invited = owner("staff", "post_staff", body={**member, "licence": licence})
    accepted = {"token": invited.invitation.token, "password": PASSWORD}
    nobody("sign_in", "post_acceptance", body=accepted)
    therapist = nobody.signed_in(mails["therapist"])
    assert therapist("my_account", "get_me").staff.family_name == "Ray"

    person = {"given_name": "Ada", "family_name": "Byron", "date_of_birth": "1990-01-02"}
    client_id = owner("clients", "post_client", body=person).id
    owner("clients", "put_client_staff", client_id, invited.id)
    case_id = therapist("documentation", "post_case", body={"client_id": str(client_id), "name": "Individual"}).id
    therapist(
        "documentation", "post_diagnosis", case_id, body={"code": "F41.1", "rank": 1, "effective_from": "2026-10-01"}
    )
    booking = {
        "client_ids": [str(client_id)],
        "staff_id": str(invited.id),
        "service_type_id": str(service_id),
        "starts_at_local": "2026-10-06T16:00",
    }
    appointment = owner("agenda", "post_appointment", body=booking)
    content = {"subjective": "s", "objective": "o", "assessment": "a", "plan": "p"}
    draft = {"client_id": str(client_id), "template": "soap", "content": content, "minutes": 55}
    note = therapist("documentation", "post_note", appointment.id, body=draft)
    assert therapist("documentation", "post_note_signature", note.id).status == "signed"

    found = wait_until(
        lambda: owner("billing", "get_invoices", appointment_id=appointment.id).items, 20, "the draft invoice"
    )
    invoice = owner("billing", "post_invoice_issue", found[0].id)
    assert (invoice.status, invoice.total_cents) == ("open", 18_000)
    payment = {"client_id": str(client_id), "amount_cents": 18_000, "method": "card", "received_on": "2026-10-06"}
    owner("billing", "post_payment", body=payment)
    assert owner("billing", "get_invoice", invoice.id).status == "paid"
    assert owner("billing", "get_ledger", client_id).balance_cents == 0


@pytest.mark.timeout(400)
def test_a_refusal_is_a_model_too(embedded_stack: Stack, generated: Path) -> None:
    nobody = Program(embedded_stack.url)
    sign_in = importlib.import_module(f"{PACKAGE}.api.sign_in.post_session")
    wrong = nobody.models.SignIn.from_dict({"email": "nobody@example.test", "password": "wrong"})
    refused = sign_in.sync(client=nobody.client, body=wrong)
    assert (refused.status, refused.code) == (401, "bad_credentials")


@pytest.mark.timeout(400)
def test_the_generated_code_has_no_made_up_names(generated: Path) -> None:
    """`status_type_2_type_1` is what a generator calls something that the document says in a roundabout way."""
    assert not [path.name for path in (generated / "models").iterdir() if path.stem.count("_type_") > 1]
