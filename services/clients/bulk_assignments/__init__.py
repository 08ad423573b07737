"""Assigning a member of staff to many clients at once, as a job."""
