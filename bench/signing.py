"""`POST /notes/{id}/sign` until the draft invoice can be read, through the gateway, and the parts of it."""

from __future__ import annotations

import time

from bench.measuring import Sample, head, row, timed
from bench.sizes import SIZES
from tests.practice import Practice

LOOK_SECONDS = 0.001  # a look each millisecond: as close as the draft's arrival is told
GIVE_UP_SECONDS = 20.0


def measure(practice: Practice, bus: str, honest_p50: float | None) -> None:
    """Print the whole and its three parts, each measured in this run: sign's answer, the event path, one GET."""
    client_id, _ = practice.new_client()
    therapist = practice.people["therapist"]
    answers, whole = [], []
    appointment_id = ""
    for day in range(SIZES.signs):
        start = f"{2024 + day // 336}-{1 + day // 28 % 12:02}-{1 + day % 28:02}T09:00"
        appointment_id = practice.book(client_id, start)
        note_id = practice.draft_note(appointment_id, client_id)
        started = time.monotonic()
        therapist.post(f"/notes/{note_id}/sign", expect=200)
        answers.append(time.monotonic() - started)
        while not practice.invoices(appointment_id):
            if time.monotonic() - started > GIVE_UP_SECONDS:
                raise TimeoutError("a signed note led to no draft")
            time.sleep(LOOK_SECONDS)
        whole.append(time.monotonic() - started)
    read = timed(lambda: practice.invoices(appointment_id), SIZES.signs)
    answer_p50, sample = Sample(tuple(answers)).p50, Sample(tuple(whole))
    head(f"Signature → draft invoice readable over {bus}, through the gateway, a look each millisecond: p50")
    row("sign's response", f"{answer_p50 * 1000:.1f} ms", ms=answer_p50 * 1000)
    if honest_p50 is not None:
        row("the honest floor's event path", f"{honest_p50 * 1000:.1f} ms", ms=honest_p50 * 1000)
    row("one GET of the invoice", f"{read.p50 * 1000:.1f} ms", ms=read.p50 * 1000)
    parts = answer_p50 + honest_p50 + read.p50 if honest_p50 is not None else None
    row(
        "the whole chain",
        f"{sample.p50 * 1000:.1f} ms",
        f"{sample.p50 / parts:.2f} × the three" if parts else "",
        "≤ 1.3 × the three",
        met=sample.p50 <= 1.3 * parts if parts else None,
        ms=sample.p50 * 1000,
    )
    row("the whole chain, p99", f"{sample.p99 * 1000:.1f} ms")
