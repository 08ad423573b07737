"""Invoices: drafted once per documented appointment and client, then issued under a gapless number."""
