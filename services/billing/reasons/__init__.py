"""Who did something that needs a reason, when and why: kept with what was done, and shown there."""
