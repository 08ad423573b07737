"""Drafts: one per documented appointment and client, kept up to date until somebody issues it."""
