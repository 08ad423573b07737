"""Appointments: booking without double booking, status, the agenda."""
