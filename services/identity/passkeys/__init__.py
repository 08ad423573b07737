"""Passkeys (WebAuthn level 3): signing in with a device or a security key instead of a password."""
