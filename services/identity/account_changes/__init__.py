"""Changing a password, losing one, moving to another e-mail address."""
