"""Tokens that go out by mail: what each is for, how long it lasts, and that it works once."""
