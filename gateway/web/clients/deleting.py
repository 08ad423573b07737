"""Deleting a client who was added in error: why, how far it has come, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Response

from gateway.web.clients.chart import chart_of
from gateway.web.forms import Form
from gateway.web.page import Page
from gateway.web.rendering import url
from shared.texts import whole_number

DELETE: Final = "DELETE /clients/{client_id}"
CLIENT: Final = "GET /clients/{client_id}"
KIND: Final = "delete_client"  # of the job
REASONS: Final = (
    ("mistake", "Added by mistake"),
    ("duplicate", "The same person is here twice"),
    ("test", "An entry to try something out"),
)
REFUSED: Final = (403, 409, 422)
OPEN: Final = ("queued", "running")
NOT_DELETED: Final = ("failed", "cancelled")
HEADINGS: Final[Mapping[str, str]] = {
    "queued": "The client is being deleted",
    "running": "The client is being deleted",
    "done": "The client is deleted",
    "failed": "The client was not deleted",
    "cancelled": "The client was not deleted",
}
SECONDS: Final = 1  # until the page looks again; a deletion takes up to half a minute
LOOKS_DIGITS_MAX: Final = 5


def show_deleting(page: Page) -> Response:
    """What it means, and why."""
    return _deleting(page, Form.of({"reason": REASONS[0][0]}))


def delete(page: Page) -> Response:
    """Start the job that deletes the client, and show how far it has come."""
    form, client_id = page.form, page.ids["client_id"]
    reply = page.ask(DELETE, client_id=client_id, body={"reason": form.text("reason")}, headers=form.sent)
    if reply.ok:
        return page.leave(f"/jobs/clients/{reply.value['id']}", client=client_id)
    if reply.status not in REFUSED:
        page.problem(reply)
    return _deleting(page, form.refused(reply.value), 422)


def show_deletion(page: Page, job: Mapping[str, Any]) -> Response:
    """How far a deletion has come. Who waits for it is led back to the clients once it is done.

    Jobs that began before they told which client they are about are followed by the client in the address.
    """
    waited = whole_number(page.query.get("looks", ""), digits_max=LOOKS_DIGITS_MAX)
    if job["state"] == "done" and waited:
        return page.leave("/clients", "client_deleted")
    is_open = job["state"] in OPEN
    client_id = next(iter(job["result"].get("client_ids", ())), page.query.get("client", ""))
    stays = client_id and job["state"] in NOT_DELETED
    client = page.ask(CLIENT, client_id=client_id) if stays else None
    path = f"/jobs/clients/{job['id']}"
    return page.show(
        "clients/deletion.html",
        job=job,
        path=path,
        again=url(path, client=client_id or None, looks=(waited or 0) + 1),
        seconds=SECONDS,
        is_open=is_open,
        heading=HEADINGS[job["state"]],
        name=client.value["display_name"] if client is not None and client.ok else "",
        chart_path=f"/clients/{client.value['id']}" if client is not None and client.ok else "",
        archives=page.can("clients:update"),
    )


def _deleting(page: Page, form: Form, status: int = 200) -> Response:
    chart = chart_of(page, page.ids["client_id"])
    return page.show("clients/delete.html", status, chart=chart, form=form, reasons=REASONS)


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /clients/{client_id}/details/delete": show_deleting,
    "POST /clients/{client_id}/details/delete": delete,
}
