"""Second factors: an authenticator app (TOTP, RFC 6238), passkeys, and recovery codes that stand in for either."""
