"""The audit trail of an organization: the entries of all services in one chain that shows every alteration."""
