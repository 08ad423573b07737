"""`make bench`: the stack on RabbitMQ, then on the embedded bus; about seven minutes."""

from __future__ import annotations

import time

from bench import diagnosis_codes, event_path, flows, gateway, pages, round_trips, web_app
from bench.measuring import machine
from shared import logs
from shared.testing.rabbitmq import rabbitmq
from tests.practice import Practice
from tests.running import running_stack


def main() -> None:
    """Measure and print."""
    logs.configure("bench", "CRITICAL")
    print(f"Caseload's measures on {machine()}")
    with rabbitmq() as broker:
        for bus, url in (("RabbitMQ", broker.url), ("the embedded bus", None)):
            started = time.monotonic()
            with running_stack(url, settle_age=120) as stack:
                print(f"\n== {bus}: ready after {time.monotonic() - started:.1f} s")
                practice = Practice(stack.url)
                practice.add_everyone()
                floor_p50 = event_path.measure(stack, practice, stack.postgres.admin_url, broker.url, bus)
                gateway.measure_signing(practice, floor_p50)
                if url is None:
                    gateway.measure(stack, practice)
                    flows.measure(stack, practice)
                    round_trips.measure(stack, practice)
                    diagnosis_codes.measure(practice)
                    pages.measure(practice)
                    web_app.measure(practice)


if __name__ == "__main__":
    main()
