"""Erasing by hand: who is to be erased, what shows that it was done, and who accepts it."""
