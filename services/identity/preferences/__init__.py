"""How somebody likes the web app: what they look at first, and how it looks and listens."""
