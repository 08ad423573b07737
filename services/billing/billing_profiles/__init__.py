"""What invoices print of the practice, its locations and its staff: the profile in force on a day."""
