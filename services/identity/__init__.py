"""Identity: who the practice is, who works there, what they may do, who is signed in, and what was done.

Owns organizations with settings, billing profiles and policies, locations, staff with levels, grants and licences,
invitations, passwords, second factors and passkeys, sessions, API clients, mail, and the audit trail of every service.
"""
