"""When the practice is open: what is booked outside of that is booked in spite of it, by somebody who may."""
