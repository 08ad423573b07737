"""What clinical keeps of other services' facts."""
