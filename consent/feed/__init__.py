"""The feed of changes: numbered, handed out, sent signed, confirmed; and read by those who ask."""
