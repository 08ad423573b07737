"""`make screenshots`: the pictures of the documentation, taken of the demo on a day that is always the same."""
