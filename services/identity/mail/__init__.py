"""Mail: written down in the transaction that causes it, sent by the jobs process; by SMTP or into a local mailbox."""
