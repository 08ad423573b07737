"""Migrations: one Alembic history per service, run by `python -m services.<service> migrate`.

A history is forward only. Revisions import the words that they say (`protect_tenant_table`, `fill_in` …) from here. A
landed revision is never edited, so a word keeps its place and its meaning; new needs get new words.
"""

from __future__ import annotations

from shared.database.migration.back_fills import (
    build_index,
    drop_index,
    earlier_rows,
    fill_in,
    fill_in_sort_keys,
    queue_earlier_entries,
)
from shared.database.migration.runner import drift, upgrade
from shared.database.migration.vocabulary import (
    feed_audit_trail,
    keep_unsettled_events,
    let_worker_count_tables,
    let_worker_purge,
    protect_common_tables,
    protect_files,
    protect_jobs,
    protect_tenant_table,
    protect_work_items,
    protect_worker_table,
    share_code_set,
    wake_when_written,
)

__all__ = [
    "build_index",
    "drift",
    "drop_index",
    "earlier_rows",
    "feed_audit_trail",
    "fill_in",
    "fill_in_sort_keys",
    "keep_unsettled_events",
    "let_worker_count_tables",
    "let_worker_purge",
    "protect_common_tables",
    "protect_files",
    "protect_jobs",
    "protect_tenant_table",
    "protect_work_items",
    "protect_worker_table",
    "queue_earlier_entries",
    "share_code_set",
    "upgrade",
    "wake_when_written",
]
