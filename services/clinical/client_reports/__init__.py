"""Reports about visits of clients."""
