"""Authenticator apps (TOTP, RFC 6238): the sealed secret, and which codes an app shows."""
