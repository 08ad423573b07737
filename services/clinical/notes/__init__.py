"""Drafts of notes: writing, editing and taking over; and reading notes, signed or not."""
