"""The service catalogue: what can be booked and billed, and what it costs from which day on."""
