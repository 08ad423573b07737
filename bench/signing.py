"""`POST /notes/{id}/sign` until the draft invoice can be read, through the gateway, and the parts of it."""

from __future__ import annotations

import itertools
import time
from functools import partial

from bench.measuring import Missed, Sample, head, row, timed
from bench.profiles import processes, where_it_goes
from bench.sizes import SIZES
from embedded.stack import Stack
from tests.practice import Practice

LOOK_SECONDS = 0.001  # a look each millisecond: as close as the draft's arrival is told
GIVE_UP_SECONDS = 20.0


REMEDY = (
    "the looks themselves share two cores with what they wait for, so first the same on four; then the GET of a draft "
    "as one statement. (The profile has booking and note in it, without which there is nothing to sign.)"
)


def measure(stack: Stack, practice: Practice, bus: str, honest_p50: float | None) -> None:
    """Print the whole and its three parts, each measured in this run: sign's answer, the event path, one GET."""
    client_id, _ = practice.new_client()
    days = itertools.count()
    appointment_id, answers, whole = "", [], []
    for _ in range(SIZES.signs):
        appointment_id, answered_after, readable_after = _sign(practice, client_id, next(days))
        answers.append(answered_after)
        whole.append(readable_after)
    read = timed(lambda: practice.invoices(appointment_id), SIZES.signs)
    answer_p50, sample = Sample(tuple(answers)).p50, Sample(tuple(whole))
    head(f"Signature → draft invoice readable over {bus}, through the gateway, a look each millisecond: p50")
    row("sign's response", f"{answer_p50 * 1000:.1f} ms", ms=answer_p50 * 1000)
    if honest_p50 is not None:
        row("the honest floor's event path", f"{honest_p50 * 1000:.1f} ms", ms=honest_p50 * 1000)
    row("one GET of the invoice", f"{read.p50 * 1000:.1f} ms", ms=read.p50 * 1000)
    look = partial(where_it_goes, processes(stack), lambda: _sign(practice, client_id, next(days)))
    parts = answer_p50 + honest_p50 + read.p50 if honest_p50 is not None else None
    row(
        "the whole chain",
        f"{sample.p50 * 1000:.1f} ms",
        f"{sample.p50 / parts:.2f} × the three" if parts else "",
        "≤ 1.3 × the three",
        met=sample.p50 <= 1.3 * parts if parts else None,
        missed=Missed(REMEDY, look),
        ms=sample.p50 * 1000,
    )
    row("the whole chain, p99", f"{sample.p99 * 1000:.1f} ms")


def _sign(practice: Practice, client_id: str, day: int) -> tuple[str, float, float]:
    """The appointment of a note, and seconds until its signature was answered and its draft could be read."""
    start = f"{2020 + day // 336}-{1 + day // 28 % 12:02}-{1 + day % 28:02}T09:00"
    appointment_id = practice.book(client_id, start)
    note_id = practice.draft_note(appointment_id, client_id)
    started = time.monotonic()
    practice.people["therapist"].post(f"/notes/{note_id}/sign", expect=200)
    answered = time.monotonic() - started
    while not practice.invoices(appointment_id):
        if time.monotonic() - started > GIVE_UP_SECONDS:
            raise TimeoutError("a signed note led to no draft")
        time.sleep(LOOK_SECONDS)  # the look each millisecond that the measure is defined by
    return appointment_id, answered, time.monotonic() - started
