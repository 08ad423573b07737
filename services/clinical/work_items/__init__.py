"""The work items of clinical: their kinds, and who may have them."""
