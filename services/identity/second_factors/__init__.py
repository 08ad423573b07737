"""The second factor: an authenticator app (TOTP, RFC 6238) with recovery codes."""
