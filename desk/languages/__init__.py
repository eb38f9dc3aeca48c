"""In which languages the notices can be read, as a page, a drawing and a table."""
