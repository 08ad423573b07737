"""Times that are still free: what can be offered to somebody who waits."""
