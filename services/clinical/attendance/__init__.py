"""Attendance: what becomes of an appointment, from status to status, and its history."""
