"""The verbs of profiles, each module re-exported here by its owner."""
