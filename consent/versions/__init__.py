"""The versions of purposes and notices: their words, what they change, what they lack."""
