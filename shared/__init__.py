"""What every service and the gateway share: errors, money, time, permissions, database, web edge, messaging.

Nothing here imports a service. What is known of them: their names (`services`), the events between them (`contracts`),
that identity keeps the audit trail (`contracts.audit`) and has a role for sign-in (`database.roles`), and who may do
what (`permissions`). Nothing here reads the environment at import.
"""
