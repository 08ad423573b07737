"""The practice itself: sign-up and settings."""
