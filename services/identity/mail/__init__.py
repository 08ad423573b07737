"""What identity's mail says, and that it waits until the practice's founder is confirmed."""
