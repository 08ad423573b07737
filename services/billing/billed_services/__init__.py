"""The business key: each service of an appointment is billed to a client by one line at most."""
