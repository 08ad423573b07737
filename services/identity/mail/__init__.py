"""Mail: written down in the transaction that causes it, sent by the worker; by SMTP or into a local mailbox."""
