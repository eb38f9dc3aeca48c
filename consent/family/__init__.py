"""Who decides for whom: parents who were named, guardians who were appointed."""
