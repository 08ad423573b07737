"""The money of clients in the browser: invoices, ledgers, payments."""
