"""What corrects a payment: it is void or bounced by further entries; nothing that was recorded is ever changed."""
