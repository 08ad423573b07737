"""Second factors: what an account has beside the password, and proof with it. An app, passkeys, recovery codes."""
