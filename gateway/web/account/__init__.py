"""One's own account: profile, password, second factors, sessions, preferences."""
