"""The waiting list of prospective clients."""
