"""How somebody turns an authenticator app on for their account, and off again."""
