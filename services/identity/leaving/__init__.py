"""How somebody leaves the staff, who carries on their work, and how they come back."""
