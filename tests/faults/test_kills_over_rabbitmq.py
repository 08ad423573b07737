"""The same kills of workers where RabbitMQ carries the events: it has what was sent, or handed out, when they die."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from shared.testing.rabbitmq import PrivateRabbitMQ
from shared.testing.waiting import wait_until
from tests.faults.oracles import everything_holds
from tests.faults.test_kills import CONSUMER, RELAY, SETTLING, gone, next_start, sign, signs
from tests.practice import Practice
from tests.running import TestStack, running_stack

OVER_RABBITMQ = (
    [("clinical worker", point) for point in (*RELAY, "rabbit.after_send")]
    + [("billing worker", point) for point in CONSUMER]
    + [("clinical worker", point) for point in SETTLING]
)
NAMES = [f"{process}-{point}-rabbitmq" for process, point in OVER_RABBITMQ]

pytestmark = [pytest.mark.rabbitmq, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def rabbitmq_stack_to_break() -> Iterator[TestStack]:
    """A stack on a node of its own: another stack on the same one would take its messages."""
    with PrivateRabbitMQ() as broker, running_stack(broker.url) as running:
        yield running


@pytest.fixture(scope="module")
def there(rabbitmq_stack_to_break: TestStack) -> Practice:
    made = Practice(rabbitmq_stack_to_break.url)
    made.add_everyone()
    return made


@pytest.fixture(scope="module")
def client_id(there: Practice) -> str:
    return there.new_client()[0]


@pytest.mark.parametrize(
    ("process", "point"), OVER_RABBITMQ, ids=[f"{process}-{point}-rabbitmq" for process, point in OVER_RABBITMQ]
)
def test_killed_there_nothing_is_lost_or_doubled_over_rabbitmq(
    rabbitmq_stack_to_break: TestStack, there: Practice, client_id: str, process: str, point: str
) -> None:
    appointment_id = there.book(client_id, next_start())
    note_id = there.draft_note(appointment_id, client_id)
    armed = rabbitmq_stack_to_break.arm(process, point)
    response = sign(there, note_id)
    wait_until(partial(gone, armed), 30, f"the kill at {point}")
    if response.status_code != 200:
        wait_until(partial(signs, there, note_id), 30, "the repeated signature")
    everything_holds(rabbitmq_stack_to_break, {appointment_id})
