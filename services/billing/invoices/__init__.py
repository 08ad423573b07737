"""The invoice as a document: its lines, its amendments, and the status that its postings give it."""
