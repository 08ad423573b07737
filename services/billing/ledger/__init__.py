"""The journal: balanced, append-only entries, and each client's ledger derived from them."""
