"""What a practice no longer asks of a client: a part of an issued invoice, written off by an entry, or reversed."""
