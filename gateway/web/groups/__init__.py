"""Therapy groups: the list, each with its members, and what happened to it."""
