"""The plain job with procrastinate: PostgreSQL is the queue, its worker is woken by NOTIFY."""

from __future__ import annotations

import asyncio
import logging

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector

from bench.peers.plain import DATABASE_URL, Invoices, play, produce

logging.disable(logging.CRITICAL)


def producer() -> None:
    """Its tables first, then a job for each note."""
    app = App(connector=SyncPsycopgConnector(conninfo=DATABASE_URL))
    app.open()
    app.schema_manager.apply_schema()
    job = app.configure_task("note_committed")
    produce(lambda note: job.defer(note=note))


def worker() -> None:
    """One job at a time; what is done is deleted, as a queue would."""
    app = App(connector=PsycopgConnector(conninfo=DATABASE_URL))
    invoices = Invoices()

    @app.task(name="note_committed")
    async def note_committed(note: str) -> None:
        invoices.commit(note)

    async def work() -> None:
        async with app.open_async():
            await app.run_worker_async(concurrency=1, delete_jobs="successful", install_signal_handlers=False)

    asyncio.run(work())


if __name__ == "__main__":
    play(producer=producer, worker=worker)
