"""Evidence packs: what proves one person's choices about one purpose, to be checked by anybody."""
