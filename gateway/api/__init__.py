"""The JSON API: a thin caller of the door, and the page that describes it."""
