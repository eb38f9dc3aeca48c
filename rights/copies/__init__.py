"""The copy of everything that is held about a person: gathered, written, packed."""
