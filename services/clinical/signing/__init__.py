"""The signed record: signing a note, adding to it, amending it."""
