"""Reading the addresses of a client, and adding one from a day on."""
