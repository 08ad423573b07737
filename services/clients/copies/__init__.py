"""What clients keeps of other services' facts."""
