"""What a documented service costs at its date, who is to pay it, and what holds it back."""
