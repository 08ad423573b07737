"""Mail of one service: written down in the transaction that causes it, sent by the service's jobs process."""
