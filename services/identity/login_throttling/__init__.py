"""Login throttling: how many sign-ins of an address may fail, and where its owner is let in all the same."""
