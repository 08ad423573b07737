"""What levels and grants would come to for a member of staff, and how they came to be what they are."""
