"""Legal tables that change without the law itself changing: lists of countries and of data.

Each line names its source, who checked it and from when it counts. Lines are added or ended, never
changed or removed: what was decided under a line must still be decided so when it is replayed.
"""
