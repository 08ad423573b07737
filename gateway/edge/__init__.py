"""The one way in. Nothing here knows Flask: the JSON proxy and the pages are callers of `door.Door`."""
