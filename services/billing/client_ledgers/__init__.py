"""A client's ledger as it is read: their totals and their entries, with those of clients who were merged into them."""
