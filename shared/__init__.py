"""What every service and the gateway share: errors, money, time, permissions, database, web edge, messaging.

Nothing here knows a service. Nothing here reads the environment at import.
"""
