"""Processes of ours killed, stopped and cut off at random while they erase."""
