"""Everything on one machine with one command: PostgreSQL from a wheel, four services with workers, the gateway.

It starts processes and keeps them running; what they are, they are as in production: the same code on the same
PostgreSQL, only the bus is the embedded one.
"""
