"""Documentation: notes from the draft to the signed record, and the list of what waits for somebody."""
