"""Lists of invoices by what they wait for, and how many there are."""
