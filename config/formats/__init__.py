"""How times are written: with their zone, in every language of the pages (FORMAT_MODULE_PATH)."""
